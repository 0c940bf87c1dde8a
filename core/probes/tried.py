"""The word *tried*: what the last checks mean for each backend, model and reference, and how long ago that was."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property

from core.catalog import Catalog
from core.entities import ModelSpec
from core.probes.availability import Availability, Comparison, Declared, compare
from core.probes.result import CheckResult
from core.records import dataclass
from core.resolution import Resolution


class TriedState(StrEnum):
    """What trying it said."""

    CONFIRMED = "confirmed"
    """The backend answers and takes the key; a model is listed too."""
    NOT_SERVED = "not_served"
    """The backend answers, and does not list the model."""
    FAILED = "failed"
    """The backend could not be reached, or refuses the key."""
    UNKNOWN = "unknown"
    """It was tried, and that says nothing of this."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that was tried: when (unix time), with what outcome, in words, and whether in an earlier session."""

    state: TriedState
    at: float
    words: str
    cached: bool = False

    def age(self, now: float | None = None) -> str:
        """How long ago, in words: `just now`, `12 min ago`, `3 h ago`."""
        return age_words((time.time() if now is None else now) - self.at)


class TriedIndex:
    """The results of checks, looked at from every thing of a tree."""

    def __init__(self, catalog: Catalog, resolutions: Sequence[Resolution], results: Iterable[CheckResult]) -> None:
        self._catalog = catalog
        self._resolutions = resolutions
        self.results: Mapping[str, CheckResult] = {result.backend: result for result in results}

    @cached_property
    def comparisons(self) -> Mapping[str, Comparison]:
        """The three lists of each backend that was asked."""
        return {
            name: compare(self._catalog, result, self._resolutions)
            for name, result in self.results.items()
            if result.asked and name in self._catalog.backends
        }

    @cached_property
    def _declared(self) -> Mapping[int, Declared]:
        return {id(item.spec): item for found in self.comparisons.values() for item in found.declared}

    def prepare(self) -> None:
        """Work out now what would be worked out when it is first asked for."""
        _ = self._declared

    def backend(self, name: str) -> Tried | None:
        """What trying a backend said; None when it was never tried."""
        result = self.results.get(name)
        if result is None or not result.asked:
            return None
        state = TriedState.CONFIRMED if result.good else TriedState.FAILED
        return Tried(state, result.at, result.words[0], result.cached)

    def spec(self, spec: ModelSpec) -> Tried | None:
        """What trying its backend said of a model."""
        result = self.results.get(spec.backend)
        item = self._declared.get(id(spec))
        if result is None or item is None:
            return None
        if not result.good:
            return Tried(TriedState.FAILED, result.at, result.words[0], result.cached)
        if item.state is Availability.SERVED:
            return Tried(TriedState.CONFIRMED, result.at, item.remark or "served", result.cached)
        if item.state is Availability.NOT_SERVED:
            return Tried(TriedState.NOT_SERVED, result.at, item.remark or "not listed", result.cached)
        return Tried(TriedState.UNKNOWN, result.at, result.listing.why, result.cached)

    def reference(self, resolution: Resolution) -> Tried | None:
        """What was tried of the model at which a reference ends."""
        return self.spec(resolution.spec) if resolution.spec is not None else None


def age_words(seconds: float) -> str:
    """A span of time since then, in words."""
    if seconds < 60:
        return "just now"
    for size, limit, unit in ((60, 3600, "min"), (3600, 86400, "h")):
        if seconds < limit:
            return f"{int(seconds // size)} {unit} ago"
    days = int(seconds // 86400)
    return f"{days} day{'s' if days != 1 else ''} ago"
