"""A pytest plugin of `.ci/run` that fails the run when the coverage of `core` is below its limits.

Lines and branches have separate limits: together, covered lines would make up for missed branches.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

LEAST: Final = 95.0
"""The minimum coverage of lines, and of branches (percent)."""

_FIGURES = pytest.StashKey[dict[str, float]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Read the report of pytest-cov after the run; too little coverage is a failure."""
    result = yield
    if hasattr(session.config, "workerinput"):
        return result  # a worker process: the main process combines the coverage
    file = Path(session.config.getoption("cov_report")["json"])
    totals = json.loads(file.read_text(encoding="utf-8"))["totals"]
    figures = {
        "lines": 100 * totals["covered_lines"] / totals["num_statements"],
        "branches": 100 * totals["covered_branches"] / totals["num_branches"],
    }
    session.config.stash[_FIGURES] = figures
    session.testsfailed += sum(share < LEAST for share in figures.values())
    return result


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print both figures above pytest's last line."""
    for label, share in config.stash.get(_FIGURES, {}).items():
        less = f", which is less than {LEAST:g} %" if share < LEAST else ""
        terminalreporter.write_line(f"{label} of core reached by the tests: {share:.1f} %{less}", red=bool(less))
