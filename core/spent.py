"""The spending of past runs: calls, tokens and cost by pipe, model, backend or day, at recorded and present prices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from core.api import Report
from core.diagnostics.history_codes import TRACE_UNPRICED, TRACE_UNREAD
from core.entities import ModelSpec
from core.formatting import counted
from core.past_runs import ReadTraces
from core.problems import Problem
from core.records import dataclass
from core.repricing import Cost, Pricing, Replacement
from core.rules.context import problem
from core.traces.events import Unit
from core.traces.summary import Row, Summary, Totals, added_up

UNKNOWN: Final = "?"
_UNIT_TOKENS: Final = 1_000_000


class By(StrEnum):
    """The grouping of spending."""

    PIPE = "pipe"
    MODEL = "model"
    BACKEND = "backend"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Spending:
    """The spending of a pipe, model, backend or day. Tokens are those of calls that are billed by tokens.

    `units`: requests and pages of the other calls. `recorded`: by the prices of the runs; `file`: by those of the tree;
    `listed`: by those of the index. `instead`: from and to, in USD, with the models of `--as`; None without any.
    """

    name: str
    calls: int
    errors: int
    input: int
    output: int
    cached: int
    units: int
    recorded: Cost
    file: Cost
    listed: Cost
    instead: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """The spending from a day to another one. `by_routes`: calls without a recorded
    backend, which have that of the routes now."""

    since: str
    until: str
    by: By
    groups: tuple[Spending, ...]
    total: Spending
    days: tuple[Spending, ...]
    by_routes: int


def first_day(text: str, today: str) -> str:
    """The first day of a period: `30d`, `4w`, or a day itself. Raises ValueError for another text."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text).isoformat()
    found = re.fullmatch(r"(\d{1,4})([dw])", text)
    if found is None or not int(found[1]):
        raise ValueError(text)
    days = int(found[1]) * (7 if found[2] == "w" else 1)
    return (date.fromisoformat(today) - timedelta(days=days - 1)).isoformat()


def spent(
    report: Report, summary: Summary, *, since: str, until: str, by: By, replacements: Sequence[Replacement] = ()
) -> Spent:
    """The spending of a period, the most expensive first; by day the newest first. A later call extends it."""
    rows = {row: totals for row, totals in summary.rows.items() if row.day >= since}
    pricing = Pricing(report, replacements)
    names: Mapping[By, Callable[[Row], str]] = {
        By.PIPE: lambda row: row.pipe,
        By.MODEL: lambda row: row.model or _handle(pricing.spec(row)) or row.reference or UNKNOWN,
        By.BACKEND: lambda row: row.backend or _backend(pricing.spec(row)) or UNKNOWN,
        By.DAY: lambda row: row.day,
    }
    priced = bool(replacements)
    groups = _grouped(rows, names[by], pricing, priced)
    days = _grouped(rows, names[By.DAY], pricing, priced)
    days.sort(key=lambda group: group.name)
    if by is By.DAY:
        groups = list(reversed(days))
    else:
        groups.sort(key=lambda group: (-group.recorded.usd, -group.calls, group.name))
    total = _spending("", rows, pricing, priced)
    unnamed = sum(totals.calls for row, totals in rows.items() if not row.backend and pricing.spec(row) is not None)
    last = max([until, *(day.name for day in days)])
    return Spent(since, last, by, tuple(groups), total, tuple(days), unnamed)


def spent_problems(report: Report, traces: ReadTraces, since: str) -> Iterator[Problem]:
    """A problem for each model whose calls since a day have no price in the tree, and for traces that are not read."""
    pricing = Pricing(report)
    unpriced: Counter[tuple[str, str]] = Counter()
    specs: dict[tuple[str, str], ModelSpec | None] = {}
    for row, totals in traces.summary.rows.items():
        if row.day >= since and totals.calls and pricing.by_file(row, totals).unrated:
            spec = pricing.spec(row)
            key = (row.model or _handle(spec) or row.reference or UNKNOWN, row.backend or _backend(spec))
            unpriced[key] += totals.calls
            specs[key] = spec
    for (model, backend), calls in sorted(unpriced.items()):
        spec = specs[model, backend]
        have = "has" if calls == 1 else "have"
        yield problem(
            TRACE_UNPRICED,
            f"{counted(calls, 'call')} of `{model}`{f' of {backend}' if backend else ''} since {since} {have} no price"
            f" in the tree{'' if spec is not None else ', which does not declare the model'}",
            spec.place if spec is not None else None,
            fix="write its costs" if spec is not None else None,
            subject=model,
        )
    if traces.updated.unread:
        yield problem(TRACE_UNREAD, f"{counted(traces.updated.unread, 'file')} of traces cannot be read", None)


def _handle(spec: ModelSpec | None) -> str:
    return spec.handle if spec is not None else ""


def _backend(spec: ModelSpec | None) -> str:
    return spec.backend if spec is not None else ""


def _grouped(rows: Mapping[Row, Totals], name: Callable[[Row], str], pricing: Pricing, priced: bool) -> list[Spending]:
    groups: dict[str, dict[Row, Totals]] = {}
    for row, totals in rows.items():
        groups.setdefault(name(row), {})[row] = totals
    return [_spending(key, items, pricing, priced) for key, items in groups.items()]


def _spending(name: str, rows: Mapping[Row, Totals], pricing: Pricing, priced: bool) -> Spending:
    whole = added_up(rows.values())
    by_tokens = added_up(totals for row, totals in rows.items() if row.unit is Unit.TOKEN)
    file, listed, low, high = Cost(), Cost(), 0.0, 0.0
    for row, totals in rows.items():
        if totals.calls:
            file += pricing.by_file(row, totals)
            listed += pricing.by_index(row, totals)
            if priced:
                least, most = pricing.instead(row, totals)
                low, high = low + least, high + most
    return Spending(
        name,
        whole.calls,
        whole.errors,
        by_tokens.input,
        by_tokens.output,
        by_tokens.cached,
        (whole.output - by_tokens.output) // _UNIT_TOKENS,
        Cost(whole.cost, whole.unrated),
        file,
        listed,
        (low, high) if priced else None,
    )
