"""Spending: sums by pipe, model, backend and day, and their cost at recorded, present, published and other prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.api import Report
from core.errors import PipedeckError
from core.lives.index import packed_index, parse_index
from core.lives.lives import Knowledge
from core.past_runs import ReadTraces, read_traces
from core.repricing import Cost, replacement
from core.spent import By, Spent, first_day, spent, spent_problems
from core.traces.location import trace_folder
from core.traces.summary import Summary
from core.traces.trace_cache import TraceCache
from core.traces.update import update
from tests.support.traces import NOON, pipe_error, pipe_start, usage, write_trace
from tests.support.trees import inspect, minimal, place

DAY = "2020-12-01"
MODELS = """
[defaults]
sdk = "openai"
inputs = ["text"]
outputs = ["text"]
[dear]
model_id = "gpt-5.1"
costs = { input = 4.0, output = 8.0 }
[cheap]
model_id = "gpt-5-mini"
costs = { input = 1.0, output = 2.0, input_cached = 0.1 }
[other]
model_id = "us.anthropic.claude-5"
costs = { input = 2.0, output = 4.0 }
[unpriced]
model_id = "o9"
[painter]
model_id = "p"
model_type = "img_gen"
sdk = "fal"
"""
INDEX: dict[str, Any] = {
    "format": 1,
    "built": DAY,
    "sources": [["genai-prices", "1", DAY], ["litellm", "2", DAY]],
    "services": {
        "openai": {
            "gpt-5.1": [[["01", "", 3, 6, {"cached": 0.3}]], [], "", []],
            "o9": [[["0", "", 5, 10]], [], "", []],
        }
    },
}


@pytest.fixture
def report(tmp_path: Path) -> Report:
    files = {**minimal("0.92.2"), "backends/openai.toml": MODELS}
    known = Knowledge(parse_index(packed_index(INDEX)), DAY)
    return inspect(tmp_path / "project", files, release="0.92.2").with_knowledge(known)


def summary(folder: Path, events: Iterable[dict[str, Any]]) -> Summary:
    write_trace(folder, events)
    return update(TraceCache(str(folder)), now=NOON).cache.summary


def priced(usd: float) -> Cost:
    """A cost, to the accuracy of sums."""
    return Cost(pytest.approx(usd))  # type: ignore[arg-type]


def answer(report: Report, rows: Summary, by: By = By.MODEL, instead: str = "", since: str = DAY) -> Spent:
    replacements = [replacement(report, instead)] if instead else []
    return spent(report, rows, since=since, until=DAY, by=by, replacements=replacements)


def test_sums_and_prices(report: Report, tmp_path: Path) -> None:
    rows = summary(
        tmp_path / "traces",
        [
            usage(0, model="dear", pipe="a"),
            usage(1, model="dear", pipe="b", at="2020-11-30T10:00:00Z"),
            usage(2, "0.60.0", model="cheap", pipe="b"),
            usage(3, model="unpriced", pipe="c", costs={}),
            usage(4, model="gone", backend="old", pipe="c"),
            usage(5, model="pages", pipe="d", pricing_unit="page", tokens={"input": 2_000_000, "output": 2_000_000}),
            pipe_start(6, "0.92.2", "n1", "e", choices="cheap"),
            pipe_error(7, "0.92.2", "n1"),
            pipe_start(8, "0.92.2", "n2", "f", choices="$nothing"),
            pipe_error(9, "0.92.2", "n2"),
            pipe_error(10, "0.92.2", "n3"),
        ],
    )
    found = answer(report, rows, since="2020-11-01")
    by_name = {group.name: group for group in found.groups}
    assert list(by_name) == ["pages", "dear", "cheap", "gone", "unpriced", "$nothing", "?"]
    dear = by_name["dear"]
    # 800 + 200 cached at half the price + 2 * 100 output, in millionths: of 1 USD, of 4 USD, and by the index.
    assert dear.recorded == priced(0.0022)
    assert dear.file == priced(0.0088)
    assert dear.listed == priced(2 * (800 * 3 + 200 * 0.3 + 100 * 6) / 1e6)
    assert by_name["cheap"].file.usd == pytest.approx((800 + 200 * 0.1 + 200) / 1e6)
    assert (by_name["cheap"].errors, by_name["$nothing"].errors, by_name["?"].errors) == (1, 1, 1)
    assert (by_name["unpriced"].recorded, by_name["unpriced"].file) == (Cost(0.0, 1), Cost(0.0, 1))
    # The index does not state what cached tokens of this model cost.
    assert by_name["unpriced"].listed == Cost(0.0, 1)
    assert (by_name["gone"].file, by_name["pages"].units, by_name["pages"].input) == (Cost(0.0, 1), 2, 0)
    total = found.total
    assert (total.calls, total.errors, total.input, total.cached, total.output) == (6, 3, 5000, 1000, 500)
    assert (found.by_routes, total.recorded.unrated) == (1, 1)
    assert [day.name for day in found.days] == ["2020-11-30", DAY]
    assert answer(report, rows).total.calls == 5
    assert [group.name for group in answer(report, rows, By.DAY, since="2020-11-01").groups] == [DAY, "2020-11-30"]
    assert {group.name for group in answer(report, rows, By.BACKEND).groups} == {"openai", "old", "?"}
    assert [(it.name, it.calls) for it in answer(report, rows, By.PIPE).groups][:3] == [("d", 1), ("c", 2), ("a", 1)]


def test_calls_without_a_price_and_unread_files_are_problems(report: Report, tmp_path: Path) -> None:
    events = [
        usage(0, model="dear"),
        usage(1, model="unpriced"),
        usage(2, model="gone", backend="old"),
        usage(3, model="gone", backend="old"),
        usage(4, model="past", backend="old", at="2020-11-30T10:00:00Z"),
    ]
    write_trace(tmp_path / "traces", events)
    updated = replace(update(TraceCache(str(tmp_path / "traces")), now=NOON), unread=2)
    traces = ReadTraces(trace_folder(report.catalog), updated)
    first, second, third = spent_problems(report, traces, DAY)
    assert first.message == (
        "2 calls of `gone` of old since 2020-12-01 have no price in the tree, which does not declare the model"
    )
    assert (first.location, first.fix) == (None, None)
    assert second.message == "1 call of `unpriced` of openai since 2020-12-01 has no price in the tree"
    assert place(second) == ("backends/openai.toml", 15, "unpriced")
    assert third.message == "2 files of traces cannot be read"
    assert {item.code for item in (first, second, third)} == {"trace-unpriced", "trace-unread"}


def test_another_model_in_place(report: Report, tmp_path: Path) -> None:
    rows = summary(
        tmp_path / "traces",
        [usage(0, model="dear"), usage(1, model="cheap"), usage(2, model="cheap", costs={}, pipe="x")],
    )
    found = answer(report, rows, instead="dear=cheap")
    by_name = {group.name: group.instead for group in found.groups}
    # Models of one family count tokens alike; the unrated call of `cheap` costs what the tree says.
    assert by_name["dear"] == pytest.approx((0.00102, 0.00102))
    assert by_name["cheap"] == pytest.approx((0.0011 + 0.00102, 0.0011 + 0.00102))
    low, high = answer(report, rows, instead="dear=other").groups[1].instead or (0.0, 0.0)
    assert (low, high) == pytest.approx((0.8 * 0.0022, 1.25 * 0.0022))
    # A model without a price in the tree has that of the index.
    low, high = answer(report, rows, instead="dear=unpriced").groups[1].instead or (0.0, 0.0)
    assert low == pytest.approx(0.8 * (800 * 5 + 200 * 2.5 + 100 * 10) / 1e6)
    assert answer(report, rows).total.instead is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dear", "write it as REF=MODEL"),
        ("=x", "write it as REF=MODEL"),
        ("dear=chap", "'chap' ends at no model: did you mean `cheap`"),
        ("dear=painter", "dear is of type llm and painter is of type img_gen"),
    ],
)
def test_wrong_replacements(text: str, message: str, report: Report) -> None:
    with pytest.raises(PipedeckError, match=r".*") as caught:
        replacement(report, text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "day"),
    [("1d", "2020-12-01"), ("30d", "2020-11-02"), ("2w", "2020-11-18"), ("2020-02-29", "2020-02-29")],
)
def test_first_day(text: str, day: str) -> None:
    assert first_day(text, DAY) == day


@pytest.mark.parametrize("text", ["", "30", "0d", "d", "2021-02-29", "99999d", "1y"])
def test_wrong_periods(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        first_day(text, DAY)


def test_reading_keeps_its_sums(report: Report, tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path / "state")}
    nothing = read_traces(report, environ)
    assert (nothing.updated.files, nothing.error, (tmp_path / "state").exists()) == (0, "", False)
    recent = write_trace(Path(nothing.folder.path), [usage(0, at="2020-12-01T10:00:00Z")])
    assert read_traces(report, environ).updated.size == recent.stat().st_size
    assert read_traces(report, environ).updated.size == 0
    (tmp_path / "file").touch()
    assert "could not be stored" in read_traces(report, {"XDG_STATE_HOME": str(tmp_path / "file")}).error
