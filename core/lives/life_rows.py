"""Rows about the lives of the models of a tree: their end, their users, and the served model that follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from core.entities import ModelSpec
from core.lives.index import normal_id
from core.lives.lives import EndOfLife, LifeState, Lives
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution


@dataclass(frozen=True, slots=True)
class LifeRow:
    """A model that has ended, ends on a day, or is deprecated.

    `names`: the names of the deck, and pipes, that end at it. `follows`: the handle of a served model that succeeds
    it. `listed`: the age of the live check that lists it, or empty.
    """

    spec: ModelSpec
    end: EndOfLife
    state: LifeState
    names: tuple[str, ...]
    follows: str
    listed: str


def life_rows(
    lives: Lives, names: Mapping[int, Sequence[str]], served: Collection[ModelSpec], *, backends: Collection[str]
) -> tuple[LifeRow, ...]:
    """The rows of the models of some backends: used ones first, then by day; those without a day before others.

    `names`: the users of each model, as `names_by_spec` returns them.
    """
    rows = [
        LifeRow(
            spec,
            end,
            lives.state(spec),
            tuple(names.get(id(spec), ())),
            next((one.handle for one in successors_among(lives, spec, served)), ""),
            lives.listed_age(spec),
        )
        for spec in lives.catalog.specs
        if spec.backend in backends and (end := lives.end(spec)) is not None
    ]
    order = (LifeState.ENDED, LifeState.ENDS, LifeState.DEPRECATED, LifeState.LISTED)
    return tuple(sorted(rows, key=lambda row: (not row.names, order.index(row.state), row.end.day)))


def names_by_spec(resolutions: Iterable[Resolution]) -> Mapping[int, list[str]]:
    """The names of the deck that end at each model, by the id() of its spec."""
    names: dict[int, list[str]] = {}
    for item in resolutions:
        if item.spec is not None and item.kind is not Kind.MODEL:
            names.setdefault(id(item.spec), []).append(item.reference)
    return names


def successors_among(lives: Lives, spec: ModelSpec, served: Iterable[ModelSpec]) -> Iterator[ModelSpec]:
    """The models among others that follow a model by the data and live, nearest first."""
    wanted = list(map(normal_id, lives.successors(spec)))
    if not wanted:
        return
    service = lives.service(spec.backend)
    found = [
        (wanted.index(key), other)
        for other in served
        if other.model_type == spec.model_type and lives.service(other.backend) == service and not lives.rank(other)
        for key in (_listed_id(lives, other),)
        if key in wanted
    ]
    yield from (other for _, other in sorted(found, key=lambda pair: pair[0]))


def _listed_id(lives: Lives, spec: ModelSpec) -> str:
    facts = lives.facts(spec)
    return facts.model_id if facts is not None else normal_id(spec.model_id)
