"""Every problem of a generated tree has a location and a fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import inspect_tree
from core.problems import Problem, Severity
from tests.support.stock import stock_tree_or_skip

from .generate import build
from .generate.case import write_case

TREES = 60
SAY_IT_THEMSELVES = ("syntax", "file-bom", "file-encoding")
"""Faults of a file's text: their message ends with what to do, at the very place."""
ABOUT_A_WHOLE = (
    "deck-missing",
    "dotenv-line",
    "dotenv-not-read",
    "file-ignored",
    "file-misplaced",
    "first-start",
    "first-start-unknown",
    "override-ignored",
    "toml-1-1",
)
"""About a file, a line of `.env` or a folder as such, which the message names."""

pytestmark = pytest.mark.stock


@pytest.mark.parametrize("release", ["0.10.2", "0.17.6", "0.92.2"])
def test_every_problem_has_a_location_and_a_fix(release: str, tmp_path: Path) -> None:
    stock = stock_tree_or_skip(release)
    silent: list[str] = []
    for seed in range(TREES):
        case = build(release, seed, stock)
        project, home = write_case(case, tmp_path / str(seed))
        environ = {"HOME": str(home or tmp_path / "home"), **case.env}
        report = inspect_tree(str(project), release=release, environ=environ)
        silent += [
            f"seed {seed}: {problem.code}: {problem.message}" for problem in report.problems if not tells(problem)
        ]
    assert silent == []


def tells(problem: Problem) -> bool:
    placed = problem.location is not None or problem.code in ABOUT_A_WHOLE
    helps = bool(problem.fix) or problem.code in SAY_IT_THEMSELVES or problem.severity is Severity.INFO
    return placed and helps
