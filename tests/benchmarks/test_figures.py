"""The stable figures (bytes, cells, memory, wake-ups) meet their limits; the benchmark's own functions work."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.__main__ import QUICK, as_json, missed, run, selected_rows, table
from tests.benchmarks.goals import GOALS, Figure, verdict
from tests.support.stock import StockUnavailable


@pytest.mark.benchmark
@pytest.mark.pty
@pytest.mark.stock
def test_stable_figures_meet_their_limits() -> None:
    rows = selected_rows(QUICK)
    try:
        figures = run(rows, 1, fast=True)
    except StockUnavailable as error:
        pytest.skip(str(error))
    assert missed(rows, figures) == [], table(rows, figures)
    assert {row for row, figure in figures.items() if figure.value is not None} >= {"start.bytes", "keys.page"}


def test_verdict_compares_figure_and_goal() -> None:
    goal = GOALS["start.bytes"]
    results = {value: verdict(goal, Figure(value)) for value in (6_000, 6_001, 7_000, 7_001)}
    assert list(results.values()) == ["stretch", "must", "must", "MISSED"]
    assert verdict(goal, Figure(None, why="no terminal")) == "-"


def test_only_stable_figures_fail_a_run() -> None:
    rows = selected_rows(["start"])
    slow = {"start.120x40": Figure(5.0), "start.bytes": Figure(100.0)}
    assert missed(rows, slow) == []
    assert missed(rows, slow | {"start.bytes": Figure(1e6)}) == ["start.bytes"]


def test_rows_are_selected_by_group_or_name() -> None:
    assert set(selected_rows(["keys.page", "exit"])) == {"keys.page", "exit.time", "exit.modes"}


def test_table_and_json_contain_every_row() -> None:
    rows = selected_rows(["cli"])
    figures = {
        "cli.backends": Figure(1 / 20, "200 ms", "4,000 ms", (0.04, 0.06)),
        "cli.doctor": Figure(None, why="none"),
    }
    lines = table(rows, figures).splitlines()[2:]
    assert lines[0].endswith("| 1/12 | 1/30 | 1/20 | must | 200 ms / 4,000 ms (pipelex show backends); 0.04 to 0.06 |")
    assert lines[1].endswith("| - | - | none |")
    written = json.loads(json.dumps(as_json(rows, figures, 3)))
    assert written["rows"]["cli.backends"]["value"] == 1 / 20
