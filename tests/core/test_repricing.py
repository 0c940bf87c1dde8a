"""The price of an edit on past runs: by pipe, by name and by handle, with ranges, and what has no price or no model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.api import Report
from core.impact import compare
from core.repricing import CostChange, cost_change
from core.traces.run_index import recent_runs
from core.traces.trace_cache import TraceCache
from core.traces.update import update
from tests.support.traces import NOON, pipe_start, usage, write_trace
from tests.support.trees import edited, inspect, minimal

MODELS = """
[defaults]
sdk = "openai"
inputs = ["text"]
outputs = ["text"]
[gpt-4o-mini]
model_id = "gpt-4o-mini"
costs = { input = 1.0, output = 2.0 }
[small]
model_id = "gpt-4o-nano"
costs = { input = 0.5, output = 1.0 }
max_tokens = 50
[other]
model_id = "mistral-9"
costs = { input = 2.0, output = 4.0 }
[unpriced]
model_id = "gpt-9"
"""
FILES = {**minimal("0.92.2"), "backends/openai.toml": MODELS}
DECK, ROUTES = "deck/base_deck.toml", "routing_profiles.toml"
METHOD = """
domain = "d"
description = "x"
[pipe.sum]
type = "PipeLLM"
description = "x"
output = "Text"
prompt = "x"
"""
EACH = (800 + 200 * 0.5 + 100 * 2) / 1e6
"""What one call cost, in USD."""


def calls(tmp_path: Path, *references: str | None, **fields: Any) -> Report:
    """The report of the tree with a call of `gpt-4o-mini` for each reference."""
    events = []
    for number, reference in enumerate(references):
        events.append(pipe_start(2 * number, "0.92.2", f"n{number}", f"p{number}", choices=reference))
        options = {"pipe": f"p{number}", **fields}
        events.append(usage(2 * number + 1, node=f"n{number}", **options))
    write_trace(tmp_path / "traces", events)
    summary = update(TraceCache(str(tmp_path / "traces")), now=NOON).cache.summary
    return inspect(tmp_path / "before", FILES, release="0.92.2").with_runs(recent_runs(summary, NOON))


def after(tmp_path: Path, files: Mapping[str, str | bytes]) -> Report:
    return inspect(tmp_path / "after", files, release="0.92.2")


def pointed(model: str) -> Mapping[str, str | bytes]:
    """The tree with `$cheap` at another model."""
    return edited(FILES, DECK, 'cheap = { model = "gpt-4o-mini"', f'cheap = {{ model = "{model}"')


def test_calls_by_a_name_go_where_the_name_goes(tmp_path: Path) -> None:
    before = calls(tmp_path, "$cheap", "$cheap", "gpt-4o-mini")
    change = cost_change(before, after(tmp_path, pointed("other")))
    assert change is not None
    # Another tokenizer counts 0.8 to 1.25 times as many tokens; the call by the handle stays.
    assert (change.before, change.low, change.high) == pytest.approx((3 * EACH, (1 + 3.2) * EACH, (1 + 5) * EACH))
    assert (change.moved, change.unpriced, change.dead) == (2, 0, 0)
    assert change.text == "last 30 days: $0.0033 -> $0.00462 to 0.0066"
    assert compare(before, after(tmp_path, pointed("other"))).cost_change == change


def test_a_lower_limit_may_cut_outputs(tmp_path: Path) -> None:
    change = cost_change(calls(tmp_path, "$cheap"), after(tmp_path, pointed("small")))
    assert change is not None
    whole = EACH / 2
    assert (change.low, change.high) == pytest.approx((whole - 50 * 1.0 / 1e6, whole))


def test_what_has_no_price_or_no_model_is_counted(tmp_path: Path) -> None:
    before = calls(tmp_path, "$cheap", "$cheap")
    change = cost_change(before, after(tmp_path, pointed("unpriced")))
    assert change == CostChange(pytest.approx(2 * EACH), 0.0, 0.0, 2, unpriced=2)  # type: ignore[arg-type]
    assert change.text.endswith("-> $0, 2 calls without a price")
    change = cost_change(before, after(tmp_path, pointed("nobody")))
    assert change is not None
    assert (change.dead, change.text[-25:]) == (2, ", 2 calls without a model")


def test_routes_and_prices_move_calls_too(tmp_path: Path) -> None:
    before = calls(tmp_path, None, "$cheap")
    files = {**FILES, "backends/anthropic.toml": f"{FILES['backends/anthropic.toml']}{MODELS[MODELS.index('[gpt') :]}"}
    files["backends/anthropic.toml"] = files["backends/anthropic.toml"].replace(
        "input = 1.0, output = 2.0", "input = 10.0, output = 20.0"
    )
    routed = edited(files, ROUTES, '"claude-*" = "anthropic"', '"claude-*" = "anthropic"\n"gpt-*" = "anthropic"')
    change = cost_change(before, after(tmp_path, routed))
    assert change is not None
    assert (change.low, change.high) == pytest.approx((20 * EACH, 20 * EACH))
    assert change.moved == 2
    cheaper = edited(FILES, "backends/openai.toml", "input = 1.0, output = 2.0", "input = 0.5, output = 1.0")
    change = cost_change(before, after(tmp_path, cheaper))
    assert change is not None
    assert (change.before, change.high) == pytest.approx((2 * EACH, EACH))


def test_calls_of_a_pipe_without_a_name_follow_the_default(tmp_path: Path) -> None:
    before = calls(tmp_path, None, pipe="sum")
    moved = edited(FILES, DECK, 'for_text = "$cheap"', 'for_text = "@best-claude"')
    reports = []
    for name, report in (("before", before), ("after", after(tmp_path, moved))):
        (tmp_path / name / "m.mthds").write_text(METHOD)
        reports.append(report.read_methods())
    change = cost_change(reports[0], reports[1])
    assert change is not None
    assert change.moved == 1
    # Without the methods it is not known which default the pipe took.
    assert cost_change(before, after(tmp_path, moved)) is None


def test_nothing_moves(tmp_path: Path) -> None:
    before = calls(tmp_path, "$cheap")
    assert cost_change(before, before) is None
    assert cost_change(before.with_runs(None), after(tmp_path, pointed("other"))) is None
    gone = calls(tmp_path / "gone", "$cheap", model="gone", backend="old")
    assert cost_change(gone, after(tmp_path / "gone", pointed("other"))) is None
