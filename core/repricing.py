"""The cost of past runs at other prices: those of the tree, of the index, of other models, of an edited tree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from core.api import Report
from core.entities import ModelSpec
from core.errors import PipedeckError
from core.formatting import counted, usd_range
from core.prices import CACHED, Price, price_of
from core.records import dataclass
from core.resolution import Resolution, find_references
from core.suggest import choose_among
from core.traces import RECENT_DAYS
from core.traces.events import Unit, cost_as_recorded
from core.traces.run_index import RowModels
from core.traces.summary import Row, Totals

if TYPE_CHECKING:
    from core.pipes import PipeAnswer

_OTHER_TOKENIZER: Final = (0.8, 1.25)
"""The counts of tokens that another tokenizer may make of the same text, as factors: assumed, not measured."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost in USD, of all but `unrated` calls."""

    usd: float = 0.0
    unrated: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.usd + other.usd, self.unrated + other.unrated)


@dataclass(frozen=True, slots=True)
class Replacement:
    """A model in place of another one."""

    old: ModelSpec
    new: ModelSpec


def replacement(report: Report, text: str) -> Replacement:
    """The models of `REF=MODEL`. Raises PipedeckError where one of them ends nowhere."""
    old, separator, new = text.partition("=")
    if not separator or not old or not new:
        raise PipedeckError(f"--as {text}: write it as REF=MODEL, such as '@cheap=gpt-4o-mini'")
    ends = []
    for name in (old, new):
        resolutions = find_references(report.resolver, report.resolutions, name)
        spec = next((item.spec for item in resolutions if item.spec is not None), None)
        if spec is None:
            names = dict.fromkeys(handle for _, handle in report.serving.served)
            raise PipedeckError(f"--as {text}: {name!r} ends at no model: {choose_among(name, names)}")
        ends.append(spec)
    if ends[0].model_type != ends[1].model_type:
        types = " and ".join(f"{spec.handle} is of type {spec.model_type}" for spec in ends)
        raise PipedeckError(f"--as {text}: {types}")
    return Replacement(ends[0], ends[1])


class Pricing:
    """The models of rows, and the cost of rows at present prices and with other models."""

    def __init__(self, report: Report, replacements: Sequence[Replacement] = ()) -> None:
        self.report = report
        self.models = RowModels(report.catalog, report.serving, report.resolver, report.resolutions)
        self._new = {id(item.old): item.new for item in replacements}

    def spec(self, row: Row) -> ModelSpec | None:
        """The model of a row in the tree; None if it is gone."""
        return self.models.spec(row)

    def by_file(self, row: Row, totals: Totals) -> Cost:
        """The cost by the prices of the tree."""
        spec = self.spec(row)
        price = price_of(spec) if spec is not None else Price()
        return _cost(_as_recorded(price, totals, totals.output), totals)

    def by_index(self, row: Row, totals: Totals) -> Cost:
        """The cost by the prices of the index."""
        spec, lives = self.spec(row), self.report.lives
        price = lives.listed_price(spec) if lives is not None and spec is not None and row.unit is Unit.TOKEN else None
        return _cost(price.cost(totals.input, totals.output, totals.cached) if price is not None else None, totals)

    def spent(self, row: Row, totals: Totals) -> float:
        """The cost as recorded; by the file where a call was unrated."""
        return totals.cost if not totals.unrated else self.by_file(row, totals).usd

    def instead(self, row: Row, totals: Totals) -> tuple[float, float]:
        """The cost from and to with the replaced models."""
        spec = self.spec(row)
        new = self._new.get(id(spec)) if spec is not None else None
        if spec is None or new is None:
            cost = self.spent(row, totals)
            return cost, cost
        return self.with_model(spec, new, row, totals) or (0.0, 0.0)

    def with_model(self, old: ModelSpec, new: ModelSpec, row: Row, totals: Totals) -> tuple[float, float] | None:
        """The cost from and to with another model; None without a price.

        A range where the two count tokens differently, or where the new one may cut an output at its limit.
        """
        price = price_of(new)
        if not price.is_known and self.report.lives is not None:
            price = self.report.lives.listed_price(new) or price
        by_tokens = row.unit is Unit.TOKEN
        factors = (1.0, 1.0) if _maker(old) == _maker(new) or not by_tokens else _OTHER_TOKENIZER
        limit, shortest = new.max_tokens, float(totals.output)
        if by_tokens and limit is not None and totals.max_output > limit:
            shortest *= limit / totals.max_output  # no output is cut by more
        low, high = (_as_recorded(price, totals, output) for output in (shortest, totals.output))
        return (factors[0] * low, factors[1] * high) if low is not None and high is not None else None


def _maker(spec: ModelSpec) -> str:
    """The family of a model by its id: `gpt`, `claude`. Models of one family are assumed to count tokens alike."""
    found = re.match(r"(?:[a-z]+\.)*([a-z]+)", spec.model_id.rpartition("/")[2].lower())
    return found[1] if found is not None else spec.model_id


def _as_recorded(price: Price, totals: Totals, output: float) -> float | None:
    """The cost as Pipelex would record it; None without any price."""
    rates = {"input": price.input, "output": price.output, "input_cached": price.other_costs.get(CACHED)}
    known = {name: amount for name, amount in rates.items() if amount is not None}
    return cost_as_recorded(known, totals.input, output, totals.cached) if known else None


def _cost(amount: float | None, totals: Totals) -> Cost:
    return Cost(0.0, totals.calls) if amount is None else Cost(amount)


# ---- the price of an edit


@dataclass(frozen=True, slots=True)
class CostChange:
    """The cost of the last 30 days, and the same after an edit, from `low` to `high`, in USD.

    `moved`: the calls that would go to another model, or cost something else; `unpriced`: those of them whose new model
    has no price; `dead`: calls whose name ends at no model any more. The last two are not part of the new cost.
    """

    before: float
    low: float
    high: float
    moved: int
    unpriced: int = 0
    dead: int = 0

    @property
    def text(self) -> str:
        """`last 30 days: $3.10 -> $0.70 to 0.95, 12 calls without a price`."""
        text = f"last {RECENT_DAYS} days: {usd_range(self.before, self.before)} -> {usd_range(self.low, self.high)}"
        parts = [text, *([f"{counted(self.unpriced, 'call')} without a price"] if self.unpriced else [])]
        return ", ".join([*parts, *([f"{counted(self.dead, 'call')} without a model"] if self.dead else [])])


def cost_change(before: Report, after: Report) -> CostChange | None:
    """The change of the cost of recent runs by an edit; None without runs, or where it moves no call."""
    runs = before.recent_runs
    moves = _Moves(before, after)
    if runs is None:
        return None
    old, new = Pricing(before), Pricing(after)
    spent, low, high, moved, unpriced, dead = 0.0, 0.0, 0.0, 0, 0, 0
    for row, totals in runs.totals.items():
        cost, spec = old.spent(row, totals), old.spec(row)
        spent += cost
        target = moves.target(row, spec, old.models, new.models) if spec is not None and totals.calls else spec
        if spec is None or target is spec or (target is not None and _is_same(spec, target)):
            low, high = low + cost, high + cost
            continue
        moved += totals.calls
        costs = new.with_model(spec, target, row, totals) if target is not None else (0.0, 0.0)
        dead += totals.calls if target is None else 0
        unpriced += totals.calls if costs is None else 0
        low, high = low + (costs or (0.0, 0.0))[0], high + (costs or (0.0, 0.0))[1]
    return CostChange(spent, low, high, moved, unpriced, dead) if moved else None


def _is_same(old: ModelSpec, new: ModelSpec) -> bool:
    return (old.backend, old.model_id, old.costs) == (new.backend, new.model_id, new.costs)


class _Moves:
    """The targets of the calls of past runs after an edit."""

    def __init__(self, before: Report, after: Report) -> None:
        self._before = before
        self._after = after

    @cached_property
    def _pipes(self) -> tuple[Mapping[str, PipeAnswer], Mapping[str, PipeAnswer]]:
        old, new = ({item.pipe.code: item for item in report.pipes} for report in (self._before, self._after))
        return old, new

    @cached_property
    def _resolutions(self) -> Mapping[tuple[str, str, str], Resolution]:
        return {(item.kind.value, item.family, item.name): item for item in self._after.resolutions}

    def target(self, row: Row, spec: ModelSpec, old: RowModels, new: RowModels) -> ModelSpec | None:
        """The model of a call after the edit: by its pipe, else by the name that the pipe named, else by its handle.

        The model itself where neither leads to it any more; None where it leads nowhere after the edit.
        """
        before, after = (pipes.get(row.pipe) for pipes in self._pipes)
        if before is not None and after is not None:
            for call, same in zip(before.calls, after.calls, strict=False):
                if call.spec is spec:
                    return same.spec
        for item in old.ends(row.reference) if row.reference else ():
            if item.spec is spec:
                moved = self._resolutions.get((item.kind.value, item.family, item.name))
                return moved.spec if moved is not None else None
        if old.served(row) is spec:
            return new.served(row)
        declared = self._after.catalog.declared.get(spec.handle, ())
        same_place = (each for each in declared if (each.backend, each.model_type) == (spec.backend, spec.model_type))
        return next(same_place, spec)
