"""The runs of the last days: how often each model, name and pipe was called, what that cost, and whether it failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from core.catalog import Catalog
from core.entities import GLOBAL, ModelSpec
from core.formatting import age, counted, duration, usd
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution, Resolver, Status, find_references
from core.serving import Serving
from core.traces import RECENT_DAYS
from core.traces.summary import DAY_S, NOTHING, Row, Summary, Totals, added_up, day_of

_TYPES: Final = {"extract": "text_extractor"}
"""Model types of traces that model specs name otherwise."""


@dataclass(frozen=True, slots=True)
class RecentRuns:
    """The totals of the last 30 days by row, whose day is empty, and `now`: the unix time of their reading."""

    totals: Mapping[Row, Totals]
    now: float


def recent_runs(summary: Summary, now: float) -> RecentRuns | None:
    """The recent runs of a summary; None without any."""
    first = day_of(now - (RECENT_DAYS - 1) * DAY_S)
    totals: dict[Row, Totals] = {}
    for row, item in summary.rows.items():
        if row.day >= first:
            row = row._replace(day="")
            totals[row] = totals.get(row, NOTHING) + item
    return RecentRuns(totals, now) if totals else None


def with_models_of_errors(index: RunIndex, changed: float) -> RecentRuns:
    """The runs of an index, each error with the model that its pipe names in the tree as it is on the disk.

    A trace does not name the model of an error: one from before the tree `changed` (unix time) has none, and is not
    held against the tree as it is now.
    """
    totals: dict[Row, Totals] = {}
    for row, item in index.runs.totals.items():
        if not row.model:
            is_old = item.last_error < changed
            spec = index.row_models.spec(row) if not is_old else None
            if is_old:
                item, row = replace(item, last_error=0.0), row._replace(reference="")
            if spec is not None:
                row = row._replace(model=spec.handle, backend=spec.backend, model_type=spec.model_type)
        totals[row] = totals.get(row, NOTHING) + item
    return RecentRuns(totals, index.runs.now)


@dataclass(frozen=True, slots=True)
class Ran:
    """The calls and errors of a name in the last 30 days. `by_name`: by itself, not by other names of its model."""

    totals: Totals
    now: float
    by_name: bool

    @property
    def failed_last(self) -> bool:
        """Whether the last run failed."""
        return self.totals.last_error > self.totals.last

    @property
    def age(self) -> str:
        """The age of the last run, failed or not: `2 h ago`."""
        return age(max(0.0, self.now - max(self.totals.last, self.totals.last_error)))

    @property
    def text(self) -> str:
        """`ran 2 h ago, 1.50 s, $0.0004; 312 times in 30 days, 4 errors`."""
        totals = self.totals
        whose = "" if self.by_name else "its model "
        errors = counted(totals.errors, "error")
        if not totals.calls:
            return f"{whose}failed {self.age}; {errors} in {RECENT_DAYS} days"
        parts = [f"{whose}ran {age(max(0.0, self.now - totals.last))}"]
        parts += [duration(totals.last_seconds)] if totals.last_seconds is not None else []
        parts += [usd(totals.last_cost)] if totals.last_cost is not None else []
        text = f"{', '.join(parts)}; {counted(totals.calls, 'time')} in {RECENT_DAYS} days"
        text += f", {errors}" if totals.errors else ""
        return f"{text}, the last run failed {self.age}" if self.failed_last else text


_Name = tuple[str, str, str]
"""The kind, family and name of a reference."""


class RowModels:
    """The models of rows in one tree."""

    def __init__(
        self, catalog: Catalog, serving: Serving, resolver: Resolver, resolutions: Sequence[Resolution]
    ) -> None:
        self._catalog = catalog
        self._serving = serving
        self._resolver = resolver
        self._resolutions = resolutions
        self._named: dict[str, Sequence[Resolution]] = {}
        self._specs: dict[tuple[str, ...], ModelSpec | None] = {}

    def ends(self, reference: str) -> Sequence[Resolution]:
        """The resolutions of a pipe's reference, in every family."""
        if reference not in self._named:
            self._named[reference] = find_references(self._resolver, self._resolutions, reference)
        return self._named[reference]

    def spec(self, row: Row) -> ModelSpec | None:
        """The model of a row: of the recorded backend, else as the routes are now; None if it is gone.

        That of a row without a model, as of an error, is the one that its reference ends at now.
        """
        key = (row.model, row.backend, row.model_type, "" if row.model else row.reference)
        if key not in self._specs:
            self._specs[key] = self._find(row)
        return self._specs[key]

    def _find(self, row: Row) -> ModelSpec | None:
        if not row.model:
            ends = self.ends(row.reference) if row.reference else ()
            return next((item.spec for item in ends if item.spec is not None), None)
        kind = _TYPES.get(row.model_type, row.model_type)
        if not row.backend:
            return self.served(row)
        declared = self._catalog.declared.get(row.model, ())
        return next((spec for spec in declared if spec.backend == row.backend and spec.model_type == kind), None)

    def served(self, row: Row) -> ModelSpec | None:
        """The model that the routes give for the handle of a row."""
        return self._serving.spec(_TYPES.get(row.model_type, row.model_type), row.model)


class RunIndex:
    """The recent runs of one tree, by its models, names and pipes; each index is built at its first use."""

    def __init__(self, models: RowModels, runs: RecentRuns) -> None:
        self.row_models = models
        self.runs = runs

    @cached_property
    def _models(self) -> Mapping[int, tuple[ModelSpec, Totals]]:
        """The totals of each model, by its identity."""
        found: dict[int, tuple[ModelSpec, Totals]] = {}
        for row, totals in self.runs.totals.items():
            if (spec := self.row_models.spec(row)) is not None:
                found[id(spec)] = spec, found.get(id(spec), (spec, NOTHING))[1] + totals
        return found

    @cached_property
    def _names(self) -> Mapping[tuple[_Name, int | None], Totals]:
        """The totals of each name that pipes named, or that is on its way to the model, with that model."""
        found: dict[tuple[_Name, int | None], Totals] = {}
        for row, totals in self.runs.totals.items():
            spec = self.row_models.spec(row)
            for item in self.row_models.ends(row.reference) if row.reference else ():
                if item.spec is spec:
                    for name in _way(item):
                        key = name, id(spec) if spec is not None else None
                        found[key] = found.get(key, NOTHING) + totals
        return found

    @cached_property
    def _pipes(self) -> Mapping[str, Mapping[int | None, Totals]]:
        """The totals of each pipe, by the identity of the model; None for errors whose model is not known."""
        found: dict[str, dict[int | None, Totals]] = {}
        for row, totals in self.runs.totals.items():
            spec = self.row_models.spec(row)
            if spec is not None or not totals.calls:
                models = found.setdefault(row.pipe, {})
                key = id(spec) if spec is not None else None
                models[key] = models.get(key, NOTHING) + totals
        return found

    def models(self) -> Iterator[tuple[ModelSpec, Ran]]:
        """The models of the tree that were called, or whose names failed."""
        for spec, totals in self._models.values():
            if (ran := self._ran(totals)) is not None:
                yield spec, ran

    def of_model(self, spec: ModelSpec) -> Ran | None:
        """The calls of a model, under any name."""
        return self._ran(self._models.get(id(spec), (spec, NOTHING))[1])

    def own(self, resolution: Resolution) -> Ran | None:
        """The runs of a name itself, where it can be called: those that lists show."""
        ran = self.of_name(resolution) if resolution.status is Status.CALLABLE else None
        return ran if ran is not None and ran.by_name else None

    def of_name(self, resolution: Resolution) -> Ran | None:
        """The calls of a name that ended at its present model; without any, those of the model under other names."""
        spec = resolution.spec
        if resolution.kind is Kind.MODEL:
            return self.of_model(spec) if spec is not None else None
        key = (resolution.kind.value, resolution.family, resolution.name), id(spec) if spec is not None else None
        own = self._ran(self._names.get(key, NOTHING))
        if own is not None or spec is None:
            return own
        return self._ran(self._models.get(id(spec), (spec, NOTHING))[1], by_name=False)

    def of_pipe(self, code: str, specs: Iterable[ModelSpec | None]) -> Ran | None:
        """The calls that a pipe made of its present models, and its errors."""
        models = self._pipes.get(code, {})
        keys = {None, *(id(spec) for spec in specs if spec is not None)}
        return self._ran(added_up(totals for key, totals in models.items() if key in keys))

    def _ran(self, totals: Totals, *, by_name: bool = True) -> Ran | None:
        return Ran(totals, self.runs.now, by_name) if totals.calls or totals.last_error else None


def _way(resolution: Resolution) -> Iterator[_Name]:
    """A reference and the names of the deck on its way, each in its family and as a name without one."""
    yield resolution.kind.value, resolution.family, resolution.name
    for hop in resolution.hops[1:]:
        if hop.kind is not Kind.MODEL:
            for family in {resolution.family, GLOBAL}:
                yield hop.kind.value, family, hop.name
