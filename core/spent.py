"""The spending of past runs: calls, tokens and cost by pipe, model, backend or day, at recorded and present prices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from core.api import Report
from core.diagnostics.history_codes import TRACE_UNPRICED, TRACE_UNREAD
from core.entities import ModelSpec
from core.errors import PipedeckError
from core.files.state_folder import state_folder
from core.formatting import counted
from core.prices import CACHED, Price, price_of
from core.problems import Problem
from core.records import dataclass
from core.resolution import Resolution, find_references
from core.rules.context import problem
from core.suggest import choose_among
from core.traces.events import Unit, cost_as_recorded
from core.traces.location import TraceFolder, trace_folder
from core.traces.summary import Row, Summary, Totals, added_up
from core.traces.trace_cache import load_cache, save_cache
from core.traces.trace_file import Progress
from core.traces.update import Updated, update

UNKNOWN: Final = "?"
_UNIT_TOKENS: Final = 1_000_000
_TYPES: Final = {"extract": "text_extractor"}
"""Model types of traces that model specs name otherwise."""
_OTHER_TOKENIZER: Final = (0.8, 1.25)
"""The counts of tokens that another tokenizer may make of the same text, as factors."""


class By(StrEnum):
    """What spending is added up by."""

    PIPE = "pipe"
    MODEL = "model"
    BACKEND = "backend"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost in USD, of all but `unrated` calls."""

    usd: float = 0.0
    unrated: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.usd + other.usd, self.unrated + other.unrated)


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


@dataclass(frozen=True, slots=True)
class Replacement:
    """A model in place of another one."""

    old: ModelSpec
    new: ModelSpec


@dataclass(frozen=True, slots=True)
class ReadTraces:
    """The traces of a project as read now. `error`: why their summary could not be stored, or empty."""

    folder: TraceFolder
    updated: Updated
    error: str = ""


def read_traces(report: Report, environ: Mapping[str, str], progress: Progress = lambda _: True) -> ReadTraces:
    """Update the cached summary of a project, and store it. `progress` may stop the reading, which continues later."""
    folder = trace_folder(report.catalog)
    root, state = report.catalog.tree.paths.inference, state_folder(environ)
    cache = load_cache(root, state, folder.path)
    if not Path(folder.path).is_dir() and not cache.summary.rows:
        return ReadTraces(folder, Updated(cache))
    updated = update(cache, progress=progress)
    return ReadTraces(folder, updated, save_cache(root, state, updated.cache) or "")


def first_day(text: str, today: str) -> str:
    """The first day of a period: `30d`, `4w`, or a day itself. Raises ValueError for another text."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text).isoformat()
    found = re.fullmatch(r"(\d{1,4})([dw])", text)
    if found is None or not int(found[1]):
        raise ValueError(text)
    days = int(found[1]) * (7 if found[2] == "w" else 1)
    return (date.fromisoformat(today) - timedelta(days=days - 1)).isoformat()


def replacement(report: Report, text: str) -> Replacement:
    """The models of `REF=MODEL`. Raises PipedeckError where one of them ends nowhere."""
    old, separator, new = text.partition("=")
    if not separator or not old or not new:
        raise PipedeckError(f"--as {text}: write it as REF=MODEL, such as '@cheap=gpt-4o-mini'")
    ends = []
    for name in (old, new):
        spec = next((item.spec for item in _ends(report, name) if item.spec is not None), None)
        if spec is None:
            names = dict.fromkeys(handle for _, handle in report.serving.served)
            raise PipedeckError(f"--as {text}: {name!r} ends at no model: {choose_among(name, names)}")
        ends.append(spec)
    if ends[0].model_type != ends[1].model_type:
        types = " and ".join(f"{spec.handle} is of type {spec.model_type}" for spec in ends)
        raise PipedeckError(f"--as {text}: {types}")
    return Replacement(ends[0], ends[1])


def _ends(report: Report, name: str) -> Sequence[Resolution]:
    return find_references(report.resolver, report.resolutions, name)


class Pricing:
    """The models of rows, and the cost of rows at present prices and with other models."""

    def __init__(self, report: Report, replacements: Sequence[Replacement] = ()) -> None:
        self.report = report
        self._new = {id(item.old): item.new for item in replacements}
        self._specs: dict[tuple[str, ...], ModelSpec | None] = {}

    def spec(self, row: Row) -> ModelSpec | None:
        """The model of a row in the tree: of the recorded backend, else as the routes are now; None if it is gone."""
        key = (row.model, row.backend, row.model_type, row.reference)
        if key not in self._specs:
            self._specs[key] = self._find(row)
        return self._specs[key]

    def _find(self, row: Row) -> ModelSpec | None:
        if row.reference:
            return next((item.spec for item in _ends(self.report, row.reference) if item.spec is not None), None)
        kind = _TYPES.get(row.model_type, row.model_type)
        if not row.backend:
            return self.report.serving.spec(kind, row.model)
        declared = self.report.catalog.declared.get(row.model, ())
        return next((spec for spec in declared if spec.backend == row.backend and spec.model_type == kind), None)

    def by_file(self, row: Row, totals: Totals) -> Cost:
        """The cost by the prices of the tree."""
        spec = self.spec(row)
        price = price_of(spec) if spec is not None else Price()
        return _cost(_as_recorded(price, totals, 1.0), totals)

    def by_index(self, row: Row, totals: Totals) -> Cost:
        """The cost by the prices of the index."""
        spec, lives = self.spec(row), self.report.lives
        price = lives.listed_price(spec) if lives is not None and spec is not None and row.unit is Unit.TOKEN else None
        return _cost(price.cost(totals.input, totals.output, totals.cached) if price is not None else None, totals)

    def instead(self, row: Row, totals: Totals) -> tuple[float, float]:
        """The cost from and to with the replaced models: that of other rows as recorded, else by the file."""
        spec = self.spec(row)
        new = self._new.get(id(spec)) if spec is not None else None
        if spec is None or new is None:
            cost = totals.cost if not totals.unrated else self.by_file(row, totals).usd
            return cost, cost
        price = price_of(new)
        if not price.is_known and self.report.lives is not None:
            price = self.report.lives.listed_price(new) or price
        factors = (1.0, 1.0) if _maker(spec) == _maker(new) or row.unit is not Unit.TOKEN else _OTHER_TOKENIZER
        low, high = (_as_recorded(price, totals, factor) or 0.0 for factor in factors)
        return low, high


def _maker(spec: ModelSpec) -> str:
    """The family of a model by its id: `gpt`, `claude`. Models of one family count tokens alike."""
    found = re.match(r"(?:[a-z]+\.)*([a-z]+)", spec.model_id.rpartition("/")[2].lower())
    return found[1] if found is not None else spec.model_id


def _as_recorded(price: Price, totals: Totals, factor: float) -> float | None:
    """The cost as Pipelex would record it; None without any price."""
    rates = {"input": price.input, "output": price.output, "input_cached": price.other_costs.get(CACHED)}
    known = {name: amount for name, amount in rates.items() if amount is not None}
    if not known:
        return None
    return factor * cost_as_recorded(known, totals.input, totals.output, totals.cached)


def _cost(amount: float | None, totals: Totals) -> Cost:
    return Cost(0.0, totals.calls) if amount is None else Cost(amount)


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
    for row, totals in traces.updated.cache.summary.rows.items():
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
