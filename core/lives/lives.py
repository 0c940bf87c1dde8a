"""The lives of the models of one tree: their end by the index on a day, and the living models in their place."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from typing import NamedTuple

from core.catalog import Catalog
from core.entities import ModelSpec
from core.formatting import age, counted
from core.lives.clock import today
from core.lives.index import Index, ModelLife, Origin, days_between, read_index
from core.lives.matching import match, service_of
from core.lives.price_check import PriceCheck, best_price, in_force, price_check
from core.lives.services import BY_NAME
from core.prices import CACHED, Price
from core.records import dataclass
from core.traces import RECENT_DAYS

SOON_DAYS = 45
"""An end within so many days is a problem; a later one is only shown."""
_MAX_SUCCESSORS = 8


class LifeState(StrEnum):
    """The state of a model by the data. `listed`: a live check lists it, whatever the data says."""

    ENDED = "ended"
    ENDS = "ends"
    DEPRECATED = "deprecated"
    LISTED = "listed"
    LIVES = "lives"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EndOfLife:
    """The end of a model by one source. `day`: empty if none is stated. `days`: from today, negative if past."""

    state: LifeState
    day: str
    days: int
    origin: Origin
    successor: str

    def text(self, model_id: str) -> str:
        """`gpt-4o` ends on 2027-01-14, says litellm of 2026-11-20; successor `gpt-6-luna`."""
        verb = {LifeState.ENDED: "ended", LifeState.ENDS: "ends"}.get(self.state, "is deprecated")
        day = f" on {self.day}" if self.day else ""
        successor = f"; successor `{self.successor}`" if self.successor else ""
        return f"`{model_id}` {verb}{day}, says {self.origin}{successor}"

    @property
    def short(self) -> str:
        """For a column: the day, `ended` or `deprecated`."""
        if self.state is LifeState.DEPRECATED:
            return "deprecated"
        return f"{'!' if self.state is LifeState.ENDED else ''}{self.day or 'ended'}"


def end_of(facts: ModelLife, today: str) -> EndOfLife | None:
    """The end of a model: by the newest source that states one, a stated day before a status without one."""
    ends = [life for life in facts.lives if life.ends or life.status == "retired"]
    if ends:
        newest = max(ends, key=lambda life: (life.origin.day, life.ends))
        if not newest.ends:
            newest = max((life for life in ends if life.ends and life.ends <= today), key=_day, default=newest)
        days = days_between(today, newest.ends) if newest.ends else 0
        state = LifeState.ENDS if newest.ends > today else LifeState.ENDED
        successor = newest.successor or next((life.successor for life in ends if life.successor), "")
        return EndOfLife(state, newest.ends, days, newest.origin, successor)
    deprecated = max((life for life in facts.lives if life.status), key=_day, default=None)
    if deprecated is None:
        return None
    return EndOfLife(LifeState.DEPRECATED, "", 0, deprecated.origin, deprecated.successor)


def _day(life: object) -> str:
    return life.origin.day  # type: ignore[attr-defined, no-any-return]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The index that a report uses, the day it is judged by, and when live checks listed a model.

    `listed`: the time of the newest list with a model, by backend and model id; `now`: the present time.
    """

    index: Index
    today: str
    notes: tuple[str, ...] = ()
    listed: Mapping[tuple[str, str], float] = field(default_factory=dict)
    now: float = 0.0


class ContextWindow(NamedTuple):
    """A context window in tokens, and its sources. `others`: the values of as many other sources."""

    size: int
    source: str
    others: tuple[tuple[int, Origin], ...] = ()


class Lives:
    """The entries of the index for the models of one catalog, looked up lazily."""

    def __init__(self, catalog: Catalog, knowledge: Knowledge) -> None:
        self.catalog = catalog
        self.knowledge = knowledge
        self._services: dict[str, str] = {}
        self._facts: dict[tuple[str, str], ModelLife | None] = {}

    def service(self, backend: str) -> str:
        """The service of the index that a backend calls, or empty."""
        if backend not in self._services:
            self._services[backend] = service_of(self.catalog, backend) if backend in self.catalog.backends else ""
        return self._services[backend]

    def facts(self, spec: ModelSpec) -> ModelLife | None:
        """The facts of a model; None where it is not listed, or not with certainty."""
        key = (spec.backend, spec.model_id)
        if key not in self._facts:
            service = self.service(spec.backend)
            self._facts[key] = match(self.knowledge.index, service, spec.model_id) if service else None
        return self._facts[key]

    def listed_age(self, spec: ModelSpec) -> str:
        """The age of the live check that lists a model, or empty."""
        at = self.knowledge.listed.get((spec.backend, spec.model_id))
        return age(max(0.0, self.knowledge.now - at)) if at is not None else ""

    def end(self, spec: ModelSpec) -> EndOfLife | None:
        """The end of a model by the index, whatever live checks say."""
        facts = self.facts(spec)
        return end_of(facts, self.knowledge.today) if facts is not None else None

    def state(self, spec: ModelSpec) -> LifeState:
        """The state of a model: a live check that lists it wins over an end in the past."""
        end = self.end(spec)
        if end is not None and end.state is LifeState.ENDED and self.listed_age(spec):
            return LifeState.LISTED
        if end is not None:
            return end.state
        return LifeState.LIVES if self.facts(spec) is not None else LifeState.UNKNOWN

    def rank(self, spec: ModelSpec) -> int:
        """The rank of a choice: 0 living or unknown, 1 deprecated or about to end, 2 ended."""
        state = self.state(spec)
        if state is LifeState.ENDED:
            return 2
        end = self.end(spec)
        soon = end is not None and state is LifeState.ENDS and end.days <= SOON_DAYS
        return 1 if soon or state is LifeState.DEPRECATED else 0

    def short(self, spec: ModelSpec) -> str:
        """The life of a model for a column: its last day (`!` before a past one), `deprecated`, `listed` or empty."""
        end = self.end(spec)
        if end is None:
            return ""
        return "listed" if self.state(spec) is LifeState.LISTED else end.short

    def text(self, spec: ModelSpec) -> str:
        """One sentence about the life of a model, with source and day; empty where the index has none."""
        end = self.end(spec)
        if end is None:
            return ""
        listed = self.listed_age(spec)
        return end.text(spec.model_id) + (f"; listed by a live check {listed}" if listed else "")

    def successors(self, spec: ModelSpec) -> Iterator[str]:
        """The ids that follow a model, nearest first, up to one that has no successor."""
        service = self.service(spec.backend)
        facts, seen = self.facts(spec), set[str]()
        while facts is not None and len(seen) < _MAX_SUCCESSORS:
            end = end_of(facts, self.knowledge.today)
            if end is None or not end.successor or end.successor in seen:
                return
            seen.add(end.successor)
            yield end.successor
            facts = match(self.knowledge.index, service, end.successor)

    def price_check(self, spec: ModelSpec) -> PriceCheck | None:
        """The price of a model beside those of the sources; None without a price on both sides."""
        facts = self.facts(spec)
        return price_check(facts, spec, self.knowledge.today) if facts is not None else None

    def price_checks(self) -> Iterator[PriceCheck]:
        """The checks of all models of the tree that have one, in file order."""
        return (check for spec in self.catalog.specs if (check := self.price_check(spec)) is not None)

    def listed_price(self, spec: ModelSpec) -> Price | None:
        """The published price of a language model, for short contexts; None where no source states one."""
        facts = self.facts(spec) if spec.model_type == "llm" else None
        best = best_price(facts, self.knowledge.today) if facts is not None else None
        if best is None:
            return None
        cached = best.other["cached"] if "cached" in best.other else self.cached_price(spec)
        return Price(best.input, best.output, {CACHED: cached} if cached is not None else {})

    def cached_price(self, spec: ModelSpec) -> float | None:
        """The published price of cached input tokens in USD per million, of the newest source that states one."""
        facts = self.facts(spec)
        stated = [one for one in in_force(facts.prices, self.knowledge.today) if "cached" in one.other] if facts else []
        newest = max(stated, key=lambda one: max(origin.day for origin in one.origins), default=None)
        return newest.other["cached"] if newest is not None else None

    def context(self, spec: ModelSpec) -> ContextWindow | None:
        """The context window of a language model; None is unknown.

        By the most sources. Of sizes with equally many the one that the file states, of a service where its
        `max_tokens` is a window, else the smallest: what fits it fits the others too. Without a source by such a file.
        A source with the limits of input and output apart (litellm, of `gpt-5`: 272k and 128k) agrees with their sum.
        """
        facts = self.facts(spec)
        stated = {limits.context for limits in facts.limits if limits.context} if facts is not None else set()
        origins: dict[int, list[Origin]] = {}
        for limits in facts.limits if facts is not None and stated else ():
            both = limits.context + limits.max_output
            origins.setdefault(both if both in stated else limits.context, []).extend(limits.origins)
        origins.pop(0, None)
        service = BY_NAME.get(self.service(spec.backend))
        in_file = spec.max_tokens if service is not None and service.max_tokens_is_context else None
        if origins:
            most = max(map(len, origins.values()))
            tied = {
                size: max(origins[size], key=lambda origin: origin.day)
                for size in sorted(origins)
                if len(origins[size]) == most
            }
            size = in_file if in_file in tied else min(tied)
            others = tuple((other, tied[other]) for other in tied if other != size)
            return ContextWindow(size, str(tied[size]), others)
        if spec.model_type == "llm" and in_file:
            return ContextWindow(in_file, "the file")
        return None

    @property
    def age_text(self) -> str:
        """The day and age of the index."""
        return self.knowledge.index.age_text(self.knowledge.today)


def horizon_text(models: int, names: int, days: int | None, calls: int = 0) -> str:
    """The title of a horizon: `3 models that 9 names use end within 45 days`; `days` is None for those that ended.

    `calls`: those of past runs.
    """
    what = f"{counted(models, 'model')} that {counted(names, 'name uses', 'names use')}"
    what += f", called {counted(calls, 'time')} in {RECENT_DAYS} days," if calls else ""
    if days is None:
        return f"{what} {'has' if models == 1 else 'have'} ended"
    return f"{what} {'ends' if models == 1 else 'end'} within {days} days"


def read_knowledge(
    environ: Mapping[str, str], listed: Mapping[tuple[str, str], float] | None = None
) -> tuple[Knowledge | None, tuple[str, ...]]:
    """The index as of today, with what live checks listed; None where it cannot be read. And notes for the user."""
    day = today()
    index, notes = read_index(environ, day)
    if index is None:
        return None, notes
    return Knowledge(index, day, notes, listed or {}, time.time()), notes
