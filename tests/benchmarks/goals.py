"""The limits of all figures (must and stretch), one row each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Goal:
    """The upper limits of a figure. `gates`: it is stable, so a miss fails the run; other misses are only printed.

    `unit` "x" is a ratio to `base`, measured in the same run.
    """

    group: str
    name: str
    measure: str
    unit: str
    must: float
    stretch: float
    gates: bool = False
    base: str = ""

    @property
    def row(self) -> str:
        """The name of the row in the table, in the JSON and for `--only`."""
        return f"{self.group}.{self.name}"


_FLOOR = "floor"
_PAGE = "floor's page key"
_GOALS: Final = (
    Goal("start", "80x24", "ready, 80x24", "x", 0.9, 0.75, base=_FLOOR),
    Goal("start", "120x40", "ready, 120x40", "x", 0.9, 0.75, base=_FLOOR),
    Goal("start", "instructions", "ready, 120x40, in instructions", "x", 1.0, 0.75, gates=True, base=_FLOOR),
    Goal("start", "bytes", "bytes at start, 120x40", "B", 7_000, 6_000, gates=True),
    Goal("start", "after", "cells that change after ready", "cells", 0, 0, gates=True),
    Goal("start", "memory", "peak memory", "x", 1.45, 1.1, gates=True, base=_FLOOR),
    Goal("start", "list", "5,000-row list ready", "x", 1.2, 0.8, base=_FLOOR),
    Goal("peers", "posting", "ready, 120x40", "x", 0.4, 0.3, base="posting"),
    Goal("peers", "harlequin", "ready, 120x40", "x", 0.4, 0.3, base="harlequin"),
    Goal("keys", "list", "cursor key, list alone", "B", 500, 330, gates=True),
    Goal("keys", "inspector", "cursor key, list and inspector", "B", 1_000, 500, gates=True),
    Goal("keys", "page", "page key", "B", 5_000, 2_500, gates=True),
    Goal("keys", "filter", "a character typed in the filter", "B", 600, 100, gates=True),
    Goal("keys", "pane", "pane switch", "B", 6_000, 3_000, gates=True),
    Goal("keys", "palette", "palette opened", "B", 10_000, 5_000, gates=True),
    Goal("keys", "writes", "pieces in which a cursor key's picture comes", "", 1, 1, gates=True),
    Goal("keys", "quiet", "cursor key to quiet, list and inspector", "x", 1.0, 0.9, base="floor's cursor key"),
    Goal("keys", "instructions", "the same in instructions", "x", 1.2, 0.9, gates=True, base="floor's cursor key"),
    Goal("idle", "bytes", "idle, bytes", "B", 0, 0, gates=True),
    Goal("idle", "instructions", "idle, millions of instructions a second", "M/s", 0.2, 0.05, gates=True),
    Goal("idle", "cpu", "idle, CPU time", "x", 1.25, 0.5, base=_FLOOR),
    Goal("idle", "wakeups", "idle, wake-ups a second", "/s", 1, 0, gates=True),
    Goal("exit", "time", "exit", "x", 0.5, 0.1, base=_FLOOR),
    Goal("exit", "modes", "terminal modes not reset", "", 0, 0, gates=True),
    Goal("cli", "backends", "validate --json, whole process", "x", 1 / 12, 1 / 30, base="pipelex show backends"),
    Goal("cli", "doctor", "validate --json, whole process", "x", 1 / 36, 1 / 100, base="pipelex doctor"),
    Goal("cli", "installation", "finding the Pipelex in .venv (CPU time)", "ms", 15, 5),
    Goal("core", "large", "10,000 models: load, resolve, validate (CPU time)", "s", 2.0, 0.8),
    Goal("core", "backend", "edit of a model there to its report (CPU time)", "ms", 60, 30),
    Goal("core", "deck", "edit of an alias there to its report (CPU time)", "ms", 60, 30),
    Goal("core", "routes", "edit of a route there to its report (CPU time)", "ms", 200, 30),
    Goal("core", "growth", "from 5,000 to 20,000 models", "x", 4.6, 4.2, base="5,000 models"),
    Goal("core", "methods", "1,000 method files of 200 lines: read and answer (CPU time)", "s", 2.0, 1.0),
    Goal("core", "methods_edit", "edit of a preset that half of their pipes use (CPU time)", "ms", 200, 100),
    Goal("checks", "cancel", "from esc to the end of 12 running checks", "ms", 300, 100),
    Goal("checks", "timeout", "difference of a stated timeout and the real one", "ms", 200, 50),
    Goal("checks", "healthy", "answer of a healthy host behind 12 dead ones", "s", 5, 3),
    Goal("checks", "key", "a key while 12 checks run", "ms", 50, 30),
    Goal("traces", "answer", "1 GB in 106,000 runs, spent from the cached summary (CPU time)", "s", 2.0, 1.0),
    Goal("traces", "memory", "their first reading, peak memory", "MB", 100, 80, gates=True),
    Goal("traces", "key", "the longest key while they are read", "ms", 200, 100),
    Goal("loop", "models", "longest iteration of the event loop, 10,000 models (CPU time)", "x", 5, 2, base=_PAGE),
    Goal("loop", "text", "the same, a file of 8 MiB", "x", 5, 2, base=_PAGE),
    Goal("loop", "files", "the same, 10,000 files", "x", 5, 2, base=_PAGE),
)
GOALS: Final[Mapping[str, Goal]] = {goal.row: goal for goal in _GOALS}
GROUPS: Final = tuple(dict.fromkeys(goal.group for goal in _GOALS))


@dataclass(frozen=True)
class Figure:
    """The result for a goal. `value` is in the goal's unit; `ours` and `base` are the medians behind a ratio."""

    value: float | None
    ours: str = ""
    base: str = ""
    spread: tuple[float, float] | None = None
    why: str = ""
    """Why there is no value, in words."""


def verdict(goal: Goal, figure: Figure) -> str:
    """`stretch`, `must`, `MISSED`, or `-` without a result."""
    if figure.value is None:
        return "-"
    if figure.value <= goal.stretch:
        return "stretch"
    return "must" if figure.value <= goal.must else "MISSED"
