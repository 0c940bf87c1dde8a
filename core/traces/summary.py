"""The summary of traces: calls, errors, tokens, time and cost for each day, pipe, model and backend."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from core.records import dataclass
from core.traces.events import UNNAMED, Call, Start, Unit

DAY_S: Final = 86_400
MAX_DAYS: Final = 400
"""The days that a summary keeps."""
MAX_ROWS: Final = 50_000
"""More rows are added up under `OTHERS`, a row for each day."""
OTHERS: Final = "(others)"


class Gap(StrEnum):
    """A reason why the summary holds less than the traces, or something else than they say."""

    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_SHAPE = "unknown_shape"
    CLOCK = "clock"
    DRY = "dry"
    REPEATED = "repeated"
    RESTARTED = "restarted"
    TOO_OLD = "too_old"


class Row(NamedTuple):
    """The key of the totals of a summary. `day`: in UTC, as `2026-12-01`.

    `reference`: what the pipe names as its model, if it names one. A row of errors has no model.
    """

    day: str
    pipe: str
    model: str
    model_id: str
    backend: str
    model_type: str
    unit: Unit
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of calls. Tokens are those of the unit of the row; `input` includes `cached`.

    `cost`: USD, of all but `unrated` calls. `seconds`: of the `timed` calls. `last`: the unix time of the last call,
    with its own seconds and cost; 0 without a call. `last_error`: that of the last error. `max_output`: the longest
    output of one call.
    """

    calls: int = 0
    errors: int = 0
    input: int = 0
    output: int = 0
    cached: int = 0
    cost: float = 0.0
    unrated: int = 0
    seconds: float = 0.0
    timed: int = 0
    last: float = 0.0
    last_seconds: float | None = None
    last_cost: float | None = None
    last_error: float = 0.0
    max_output: int = 0

    def __add__(self, other: Totals) -> Totals:
        latest = self if self.last > other.last else other
        return Totals(
            self.calls + other.calls,
            self.errors + other.errors,
            self.input + other.input,
            self.output + other.output,
            self.cached + other.cached,
            self.cost + other.cost,
            self.unrated + other.unrated,
            self.seconds + other.seconds,
            self.timed + other.timed,
            latest.last,
            latest.last_seconds,
            latest.last_cost,
            max(self.last_error, other.last_error),
            max(self.max_output, other.max_output),
        )


NOTHING: Final = Totals()


@dataclass(frozen=True, slots=True)
class Summary:
    """The totals by row, and what was found besides calls, by its kind."""

    rows: Mapping[Row, Totals] = field(default_factory=dict)
    gaps: Mapping[Gap, int] = field(default_factory=dict)

    def since(self, day: str) -> Summary:
        """The rows from a day on."""
        return Summary({row: totals for row, totals in self.rows.items() if row.day >= day}, self.gaps)


def added_up(totals: Iterable[Totals]) -> Totals:
    """The sum of totals."""
    total = NOTHING
    for item in totals:
        total += item
    return total


def day_of(moment: float) -> str:
    """The day of a unix time, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime(moment))


def row_of_call(call: Call, start: Start | None, at: float) -> Row:
    """The row of a call at a time; without the start of its pipe, the reference is not known."""
    reference = start.reference if start is not None else ""
    return Row(day_of(at), call.pipe, call.model, call.model_id, call.backend, call.model_type, call.unit, reference)


def totals_of_call(call: Call, at: float) -> Totals:
    """The totals of one call at a time."""
    return Totals(
        1,
        0,
        call.input,
        call.output,
        call.cached,
        call.cost or 0.0,
        call.cost is None,
        call.seconds or 0.0,
        call.seconds is not None,
        at,
        call.seconds,
        call.cost,
        max_output=call.output,
    )


def row_of_failure(start: Start | None, at: float) -> Row:
    """The row of a failed pipe; without the start of the pipe, its name is not known."""
    pipe, reference = (start.pipe, start.reference) if start is not None else (UNNAMED, "")
    return Row(day_of(at), pipe, "", "", "", "", Unit.TOKEN, reference)


class SummaryBuilder:
    """Adds calls and errors to a summary. The only mutable part of reading traces."""

    def __init__(self, before: Summary, now: float) -> None:
        self._rows = dict(before.rows)
        self._gaps = dict(before.gaps)
        self._oldest = day_of(now - MAX_DAYS * DAY_S)

    def note(self, gap: Gap) -> None:
        """Count a gap."""
        self._gaps[gap] = self._gaps.get(gap, 0) + 1

    def add(self, row: Row, totals: Totals) -> None:
        """Add totals to a row, unless its day is too old."""
        if row.day < self._oldest:
            self.note(Gap.TOO_OLD)
            return
        if row not in self._rows and len(self._rows) >= MAX_ROWS:
            row = Row(row.day, OTHERS, OTHERS, "", "", "", row.unit)
        self._rows[row] = self._rows.get(row, NOTHING) + totals

    def summary(self) -> Summary:
        """The summary so far, without days that are too old."""
        rows = {row: totals for row, totals in self._rows.items() if row.day >= self._oldest}
        return Summary(MappingProxyType(rows), MappingProxyType(dict(self._gaps)))
