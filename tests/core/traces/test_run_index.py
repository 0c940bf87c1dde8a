"""Past runs in the report: by name, model and pipe, whose errors they are, and the causes that come first."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.api import Report
from core.lives.index import packed_index, parse_index
from core.lives.lives import Knowledge
from core.past_runs import runs_of
from core.resolution import find_references
from core.traces.run_index import Ran
from core.traces.summary import Totals
from core.traces.trace_cache import TraceCache
from core.traces.update import update
from tests.support.traces import NOON, pipe_error, pipe_start, usage, write_trace
from tests.support.trees import edited, inspect, minimal, with_preset

Events = list[dict[str, Any]]


@pytest.fixture
def with_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Report]:
    """The report of a tree, changed a day before its runs at noon, with these events."""
    monkeypatch.setattr("time.time", lambda: NOON)

    def make(events: Events, files: Any = None, release: str = "0.92.2") -> Report:
        root = tmp_path / "project"
        report = inspect(root, files if files is not None else minimal(release), release=release)
        for path in root.rglob("*"):
            os.utime(path, (NOON - 86_400, NOON - 86_400))
        write_trace(tmp_path / "traces", events)
        summary = update(TraceCache(str(tmp_path / "traces")), now=NOON).cache.summary
        return report.with_runs(runs_of(report, summary))

    return make


def ran(report: Report, name: str) -> Ran | None:
    """The past runs of a name."""
    assert report.runs is not None
    return report.runs.of_name(find_references(report.resolver, report.resolutions, name)[0])


def sonnet(sequence: int, node: str = "n1", **fields: Any) -> dict[str, Any]:
    """A call of the model of `$writing`."""
    return usage(sequence, model="claude-4-sonnet", backend="anthropic", node=node, **fields)


def test_a_name_that_ran_says_so_with_the_names_on_its_way(with_runs: Callable[..., Report]) -> None:
    report = with_runs(
        [
            pipe_start(0, "0.92.2", "n1", "write", choices="$writing"),
            sonnet(1, pipe="write"),
            sonnet(2, pipe="write", at="2020-12-01T11:00:00Z"),
            pipe_start(3, "0.92.2", "n2", "write", choices="preset:writing"),
            pipe_error(4, "0.92.2", "n2", at="2020-12-01T10:30:00Z"),
            pipe_start(5, "0.92.2", "n3", "sum", choices="~chain"),
            usage(6, node="n3", pipe="sum"),
        ]
    )
    said = "ran 1 h ago, 1.50 s, $0.0011; 2 times in 30 days, 1 error"
    for name in ("$writing", "@best-claude", "claude-4-sonnet"):
        assert (item := ran(report, name)) is not None
        assert (item.text, item.by_name, item.failed_last) == (said, True, False)
    for name in ("~chain", "gpt-4o-mini"):
        assert (item := ran(report, name)) is not None
        assert (item.totals.calls, item.by_name) == (1, True)
    # The model of `$cheap` was called by another name; that of `reader` never.
    assert (item := ran(report, "$cheap")) is not None
    assert item.text.startswith("its model ran 1 h ago")
    assert ran(report, "reader") is None
    assert report.runs is not None
    models = [spec for spec in report.catalog.specs if spec.handle == "claude-4-sonnet"]
    assert (piped := report.runs.of_pipe("write", models)) is not None
    assert (piped.totals.calls, piped.totals.errors) == (2, 1)
    # A pipe that calls another model now has not run.
    assert report.runs.of_pipe("write", [None]) is None
    assert report.runs.of_pipe("other", models) is None


def test_before_0_92_the_backend_is_that_of_the_routes(with_runs: Callable[..., Report]) -> None:
    old = with_runs([usage(0, "0.60.0", model="claude-4-sonnet")])
    assert (item := ran(old, "$writing")) is not None
    assert (item.totals.calls, item.by_name) == (1, False)
    assert ran(old, "$cheap") is None


def test_only_the_last_30_days_count(with_runs: Callable[..., Report]) -> None:
    assert with_runs([sonnet(0, at="2020-11-01T12:00:00Z")]).runs is None
    report = with_runs([sonnet(0, at="2020-11-02T12:00:00Z"), sonnet(1, costs={}, completed="x")])
    assert (item := ran(report, "claude-4-sonnet")) is not None
    assert item.totals.calls == 2
    assert Ran(Totals(calls=1, last=NOON), NOON, by_name=True).text == "ran just now; 1 time in 30 days"


def failing(at: str = "2020-12-01T11:00:00Z") -> Events:
    """A good run of `$writing`, then a failed one."""
    return [
        pipe_start(0, "0.92.2", "n1", "write", choices="$writing"),
        sonnet(1, pipe="write"),
        pipe_start(2, "0.92.2", "n2", "write", choices="$writing"),
        pipe_error(3, "0.92.2", "n2", at=at),
    ]


def test_a_model_whose_last_run_failed_comes_first(with_runs: Callable[..., Report]) -> None:
    report = with_runs(failing())
    assert (item := ran(report, "$writing")) is not None
    assert item.text.endswith("1 time in 30 days, 1 error, the last run failed 1 h ago")
    first = report.causes[0]
    assert (first.code, first.calls) == ("model-runs-fail", 2)
    assert first.title == ("runs that call `claude-4-sonnet` fail: the last one 1 h ago, 1 error and 1 call in 30 days")
    assert report.verdict[0].value == "warnings"
    only_errors = with_runs(failing()[2:])
    assert (item := ran(only_errors, "$writing")) is not None
    assert item.text == "failed 1 h ago; 1 error in 30 days"
    # A good run since clears it.
    good = with_runs([*failing(), sonnet(4, at="2020-12-01T11:30:00Z")])
    assert "model-runs-fail" not in {problem.code for problem in good.problems}


def test_an_error_from_before_a_change_of_the_tree_is_no_models(with_runs: Callable[..., Report]) -> None:
    events = failing(at="2020-11-29T11:00:00Z")[2:]
    report = with_runs(events)
    assert "model-runs-fail" not in {problem.code for problem in report.problems}
    assert ran(report, "$writing") is None
    assert report.runs is not None
    assert report.runs.of_pipe("write", []) is None
    # Of an error since the change the pipe says so, also without its model.
    since = with_runs(failing()[3:])
    assert since.runs is not None
    assert (item := since.runs.of_pipe("?", [])) is not None
    assert item.text == "failed 1 h ago; 1 error in 30 days"


def test_an_edit_does_not_move_errors_to_the_new_model(with_runs: Callable[..., Report], tmp_path: Path) -> None:
    runs = with_runs(failing()).recent_runs
    files = edited(
        minimal("0.92.2"), "deck/base_deck.toml", 'best-claude = "claude-4-sonnet"', 'best-claude = "gpt-4o-mini"'
    )
    after = inspect(tmp_path / "after", files, release="0.92.2").with_runs(runs)
    assert [problem.subject for problem in after.problems if problem.code == "model-runs-fail"] == ["claude-4-sonnet"]
    assert ran(after, "$writing") is None
    assert ran(after, "gpt-4o-mini") is None


def test_a_model_with_traffic_that_ends_comes_first_in_a_cause_of_its_own(with_runs: Callable[..., Report]) -> None:
    ends = ["1", "", "2020-12-20"]
    index = {
        "format": 1,
        "built": "2020-12-01",
        "sources": [["genai-prices", "1", "2020-12-01"], ["litellm", "2", "2020-12-01"]],
        "services": {
            "anthropic": {"claude-4-sonnet-id": [[], [], "", [ends]]},
            "openai": {"gpt-4o-mini-id": [[], [], "", [ends]]},
        },
    }
    files = with_preset(minimal("0.92.2"), "dead", "nobody")
    report = with_runs([sonnet(0), sonnet(1), usage(2, model="gone", backend="old")], files)
    report = report.with_knowledge(Knowledge(parse_index(packed_index(index)), "2020-12-01"))
    first, *others = report.causes
    assert (first.code, first.calls) == ("model-ends-soon", 2)
    assert first.title == (
        "`claude-4-sonnet-id` ends on 2020-12-20, says litellm of 2020-12-01:"
        " @best-claude, $writing, llm/default/for_object end there, called 2 times in 30 days"
    )
    ending = [cause for cause in others if cause.code == "model-ends-soon"]
    assert [(cause.calls, "called" in cause.title) for cause in ending] == [(0, False)]
    assert others[0].severity.value == "error"
    horizon = next(problem.cause for problem in report.problems if problem.calls)
    assert horizon == "said 1 model that 3 names use, called 2 times in 30 days, ends within 45 days"
