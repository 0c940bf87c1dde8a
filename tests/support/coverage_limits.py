"""How much of `core` the tests reach: a plugin of pytest that `.ci/run` adds, which fails the run below the least.

Of lines and of branches each by itself: together, the many lines that are reached would make up for branches that are
not.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

LEAST: Final = 95.0
"""Of a hundred lines, and of a hundred branches."""

_FIGURES = pytest.StashKey[dict[str, float]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Read what pytest-cov has counted, once it is done, and count too little as a failure."""
    result = yield
    if hasattr(session.config, "workerinput"):
        return result  # one of several processes: who started them puts together what all have counted
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
    """Say both figures below those of the files, above pytest's last line."""
    for what, share in config.stash.get(_FIGURES, {}).items():
        less = f", which is less than {LEAST:g} %" if share < LEAST else ""
        terminalreporter.write_line(f"{what} of core reached by the tests: {share:.1f} %{less}", red=bool(less))
