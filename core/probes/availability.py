"""The declared models compared with the served ones, and the outcome of the last checks by item."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from functools import cached_property

from core import formatting
from core.catalog import Catalog
from core.entities import ModelSpec
from core.probes.check_result import CheckResult, Listing
from core.probes.served_models import ID_MATCHING, IdMatching, Served
from core.probes.server_make import MAKES
from core.providers.provider import GROUP_HEADER, Provider
from core.providers.table import BY_NAME
from core.records import dataclass
from core.resolution import Resolution


class Availability(StrEnum):
    """The availability of a declared model at its provider."""

    SERVED = "served"
    NOT_SERVED = "not_served"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared model with its availability.

    `note` states that it is deprecated or listed under another form of its id. `users` are the references that resolve
    to it, as written.
    """

    spec: ModelSpec
    state: Availability
    served: Served | None = None
    note: str = ""
    users: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The models of a backend by availability; `gap` is the reason why the provider's list is incomplete."""

    backend: str
    served: tuple[Declared, ...] = field(default=(), repr=False)
    not_served: tuple[Declared, ...] = field(default=(), repr=False)
    unknown: tuple[Declared, ...] = field(default=(), repr=False)
    undeclared: tuple[Served, ...] = field(default=(), repr=False)
    gap: str = ""

    @property
    def declared(self) -> tuple[Declared, ...]:
        """Every declared model, unavailable ones first."""
        return (*self.not_served, *self.unknown, *self.served)


def compare(catalog: Catalog, result: CheckResult, resolutions: Iterable[Resolution] = ()) -> Comparison:
    """Compare the declared models of a backend with the served ones."""
    provider = BY_NAME.get(result.provider)
    specs = catalog.specs_by_backend.get(result.backend, ())
    listing = result.listing
    if provider is None:
        unjudged = tuple(Declared(spec, Availability.UNKNOWN) for spec in specs)
        return Comparison(result.backend, unknown=unjudged, gap=listing.gap)
    users = references_by_spec(resolutions, result.backend)
    index = _index(provider, listing)
    declared = [_judge(provider, spec, result, index, users.get(id(spec), ())) for spec in specs]
    served, not_served, unknown = (tuple(item for item in declared if item.state is state) for state in Availability)
    matched = {id(item.served) for item in declared if item.served is not None}
    undeclared = () if listing.declared_only else tuple(model for model in listing.models if id(model) not in matched)
    return Comparison(result.backend, served, not_served, unknown, undeclared, listing.gap)


def references_by_spec(resolutions: Iterable[Resolution], backend: str) -> Mapping[int, tuple[str, ...]]:
    """The references except handles that resolve to each spec of a backend, by the id() of the spec."""
    references: dict[int, list[str]] = {}
    for resolution in resolutions:
        spec = resolution.spec
        if spec is not None and spec.backend == backend and resolution.kind.value != "model":
            references.setdefault(id(spec), []).append(resolution.reference)
    return {key: tuple(names) for key, names in references.items()}


UNLISTED = "not listed, but perhaps served"
"""The note of a model that is not in the whole list of a server that may serve more."""

_Index = Mapping[tuple[str, str], Served]


def _index(provider: Provider, listing: Listing) -> _Index:
    """The served models by group and matching name; the first model of a name wins."""
    index: dict[tuple[str, str], Served] = {}
    for model in listing.models:
        for name in ids_of(provider, listing).served(model):
            index.setdefault((model.group, name), model)
    return index


def ids_of(provider: Provider, listing: Listing) -> IdMatching:
    """The comparison of ids: that of the make of the server, if it is recognized, else that of the provider."""
    make = MAKES.get(listing.make)
    return ID_MATCHING[make.ids if make is not None and not provider.lists_all else provider.ids]


def _proven(result: CheckResult, spec: ModelSpec, *, answered: bool) -> bool | None:
    """Whether a request to the model showed that it is served; None without one."""
    shown = [proof for proof in result.model_proofs if (proof.model_id, proof.answered) == (spec.model_id, answered)]
    return max(shown, key=lambda proof: proof.at).served if shown else None


def _judge(provider: Provider, spec: ModelSpec, result: CheckResult, index: _Index, users: tuple[str, ...]) -> Declared:
    listing = result.listing
    # What the model itself answered wins over every list.
    proven = _proven(result, spec, answered=True)
    if proven is None and spec.model_id not in provider.always_served:
        proven = dict(listing.items).get(spec.model_id)
    elif proven is None:
        proven = True
    if proven is not None:
        return Declared(spec, Availability.SERVED if proven else Availability.NOT_SERVED, users=users)
    group = spec.fields.get(GROUP_HEADER)
    groups = (group, "") if isinstance(group, str) and group else ("",)
    note = ""
    for candidate in ids_of(provider, listing).declared(spec.model_id):
        served = next((index[key, candidate.name] for key in groups if (key, candidate.name) in index), None)
        if served is not None and candidate.counts:
            return Declared(spec, Availability.SERVED, served, candidate.note or _lifecycle_note(served), users)
        if served is not None:
            note = candidate.note
    proven = _proven(result, spec, answered=False)
    if proven is not None:
        return Declared(spec, Availability.SERVED if proven else Availability.NOT_SERVED, users=users)
    certain = listing.complete and groups[0] in listing.groups and not spec.model_id.startswith("${")
    if provider.name == "openrouter" and spec.model_type == "img_gen":
        # The list of image models is a separate, optional request.
        certain = certain and any("image" in model.outputs for model in listing.models)
    if not certain and listing.whole and groups[0] in listing.groups and not note:
        note = UNLISTED
    return Declared(spec, Availability.NOT_SERVED if certain else Availability.UNKNOWN, None, note, users)


def _lifecycle_note(served: Served) -> str:
    if not served.retiring:
        return ""
    word = served.lifecycle or "to be retired"
    return f"{word}, {served.until}" if served.until and served.until != word else word


def listed_models(catalog: Catalog, results: Iterable[CheckResult]) -> Mapping[tuple[str, str], float]:
    """The time of the newest list with each model, declared or not, by backend and model id."""
    return {
        key: at
        for result in results
        if result.applicable and result.backend in catalog.backends
        for key, at in listed_in(result, compare(catalog, result))
    }


def listed_in(result: CheckResult, comparison: Comparison) -> Iterator[tuple[tuple[str, str], float]]:
    """The models of one list with its time, by backend and model id: undeclared ones by each form of their id."""
    provider = BY_NAME.get(result.provider)
    for item in comparison.served:
        yield (result.backend, item.spec.model_id), result.at
    if provider is not None:
        forms = ids_of(provider, result.listing)
        for model in comparison.undeclared:
            for name in dict.fromkeys((model.id, *forms.served(model))):
                yield (result.backend, name), result.at


class TriedState(StrEnum):
    """The outcome of the last check for an item."""

    CONFIRMED = "confirmed"
    """The backend responds and accepts the key; a model is also listed."""
    NOT_SERVED = "not_served"
    """The backend responds and does not list the model."""
    FAILED = "failed"
    """The backend is unreachable or rejects the key."""
    UNKNOWN = "unknown"
    """The check does not show it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The outcome of the last check of an item: state, unix time, text, and whether from a previous session."""

    state: TriedState
    at: float
    text: str
    cached: bool = False

    def age(self, now: float | None = None) -> str:
        """The age in words: `just now`, `12 min ago`, `3 h ago`."""
        return formatting.age((time.time() if now is None else now) - self.at)


class TriedIndex:
    """The results of checks by backend, model and reference."""

    def __init__(self, catalog: Catalog, resolutions: Sequence[Resolution], results: Iterable[CheckResult]) -> None:
        self._catalog = catalog
        self._resolutions = resolutions
        self.results: Mapping[str, CheckResult] = {result.backend: result for result in results}

    @cached_property
    def comparisons(self) -> Mapping[str, Comparison]:
        """The comparison of each checked backend."""
        return {
            name: compare(self._catalog, result, self._resolutions)
            for name, result in self.results.items()
            if result.applicable and name in self._catalog.backends
        }

    @cached_property
    def _declared(self) -> Mapping[int, Declared]:
        return {id(item.spec): item for comparison in self.comparisons.values() for item in comparison.declared}

    def prepare(self) -> None:
        """Compute the lazy values now."""
        _ = self._declared

    def backend(self, name: str) -> Tried | None:
        """The outcome for a backend; None if it was never checked."""
        result = self.results.get(name)
        if result is None or not result.applicable:
            return None
        state = TriedState.CONFIRMED if result.good else TriedState.FAILED
        if result.inconclusive:
            state = TriedState.UNKNOWN
        return Tried(state, result.at, result.texts[0], result.cached)

    def spec(self, spec: ModelSpec) -> Tried | None:
        """The outcome for a model."""
        result = self.results.get(spec.backend)
        item = self._declared.get(id(spec))
        if result is None or item is None:
            return None
        if not result.good and not _proven(result, item.spec, answered=True):
            state = TriedState.UNKNOWN if result.inconclusive else TriedState.FAILED
            return Tried(state, result.at, result.texts[0], result.cached)
        if item.state is Availability.SERVED:
            return Tried(TriedState.CONFIRMED, result.at, item.note or "served", result.cached)
        if item.state is Availability.NOT_SERVED:
            return Tried(TriedState.NOT_SERVED, result.at, item.note or "not listed", result.cached)
        return Tried(TriedState.UNKNOWN, result.at, result.listing.gap, result.cached)

    def reference(self, resolution: Resolution) -> Tried | None:
        """The outcome for the model that a reference resolves to."""
        return self.spec(resolution.spec) if resolution.spec is not None else None
