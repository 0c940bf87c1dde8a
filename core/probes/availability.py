"""The declared models compared with the served ones, and the outcome of the last checks by item."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from functools import cached_property

from core.catalog import Catalog
from core.entities import ModelSpec
from core.probes.check_requests import GROUP_HEADER
from core.probes.check_result import CheckResult, Listing
from core.probes.served_models import ID_MATCHING, Served
from core.providers.provider import Provider
from core.providers.table import BY_NAME
from core.records import dataclass
from core.resolution import Resolution


class Availability(StrEnum):
    """What a provider's answer means for one declared model."""

    SERVED = "served"
    NOT_SERVED = "not_served"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared model and what the provider says of it.

    `remark` is what should be known besides: that it is deprecated, or listed otherwise than it is declared. `users`
    are the references that end at it, as they are written.
    """

    spec: ModelSpec
    state: Availability
    served: Served | None = None
    remark: str = ""
    users: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The three lists of a backend, and `why` the provider's list says nothing of models that are missing from it."""

    backend: str
    served: tuple[Declared, ...] = field(default=(), repr=False)
    not_served: tuple[Declared, ...] = field(default=(), repr=False)
    unknown: tuple[Declared, ...] = field(default=(), repr=False)
    undeclared: tuple[Served, ...] = field(default=(), repr=False)
    why: str = ""

    @property
    def declared(self) -> tuple[Declared, ...]:
        """Every declared model, those first that need somebody's attention."""
        return (*self.not_served, *self.unknown, *self.served)


def compare(catalog: Catalog, result: CheckResult, resolutions: Iterable[Resolution] = ()) -> Comparison:
    """Compare what a backend declares with what its provider said it serves."""
    provider = BY_NAME.get(result.provider)
    specs = catalog.specs_by_backend.get(result.backend, ())
    listing = result.listing
    if provider is None:
        unknown = tuple(Declared(spec, Availability.UNKNOWN) for spec in specs)
        return Comparison(result.backend, unknown=unknown, why=listing.why)
    users = references_by_spec(resolutions, result.backend)
    index = _index(provider, listing)
    found = [_judged(provider, spec, listing, index, users.get(id(spec), ())) for spec in specs]
    by_state = {state: tuple(item for item in found if item.state is state) for state in Availability}
    taken = {id(item.served) for item in found if item.served is not None}
    undeclared = () if listing.only_asked else tuple(model for model in listing.models if id(model) not in taken)
    return Comparison(
        result.backend,
        by_state[Availability.SERVED],
        by_state[Availability.NOT_SERVED],
        by_state[Availability.UNKNOWN],
        undeclared,
        listing.why,
    )


def references_by_spec(resolutions: Iterable[Resolution], backend: str) -> Mapping[int, tuple[str, ...]]:
    """The references besides handles that end at each spec of a backend, by the spec's identity."""
    out: dict[int, list[str]] = {}
    for resolution in resolutions:
        spec = resolution.spec
        if spec is not None and spec.backend == backend and resolution.kind.value != "model":
            out.setdefault(id(spec), []).append(resolution.reference)
    return {key: tuple(names) for key, names in out.items()}


_Index = Mapping[tuple[str, str], Served]


def _index(provider: Provider, listing: Listing) -> _Index:
    """The served models by group and by each name under which they count; the first of a name wins."""
    out: dict[tuple[str, str], Served] = {}
    for model in listing.models:
        for name in ID_MATCHING[provider.ids].served(model):
            out.setdefault((model.group, name), model)
    return out


def _judged(provider: Provider, spec: ModelSpec, listing: Listing, index: _Index, users: Sequence[str]) -> Declared:
    names = tuple(users)
    if spec.model_id in provider.always_served:
        return Declared(spec, Availability.SERVED, None, "", names)
    asked = dict(listing.items).get(spec.model_id)
    if asked is not None:
        return Declared(spec, Availability.SERVED if asked else Availability.NOT_SERVED, None, "", names)
    group = spec.fields.get(GROUP_HEADER)
    groups = (group, "") if isinstance(group, str) and group else ("",)
    remark = ""
    for wanted in ID_MATCHING[provider.ids].declared(spec.model_id):
        served = next((index[at, wanted.name] for at in groups if (at, wanted.name) in index), None)
        if served is not None and wanted.counts:
            return Declared(spec, Availability.SERVED, served, wanted.remark or _remark(served), names)
        if served is not None:
            remark = wanted.remark
    sure = listing.whole and groups[0] in listing.groups and not spec.model_id.startswith("${")
    if provider.name == "openrouter" and spec.model_type == "img_gen":
        # Models that make images are listed elsewhere, in a list that may not have come.
        sure = sure and any("image" in model.outputs for model in listing.models)
    return Declared(spec, Availability.NOT_SERVED if sure else Availability.UNKNOWN, None, remark, names)


def _remark(served: Served) -> str:
    if not served.going:
        return ""
    word = served.lifecycle or "to be taken away"
    return f"{word}, {served.until}" if served.until and served.until != word else word


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
