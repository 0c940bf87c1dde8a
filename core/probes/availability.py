"""Declared against served: which models of a backend its provider serves, which not, and what else it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from core.catalog import Catalog
from core.entities import ModelSpec
from core.probes.asking import GROUP_HEADER
from core.probes.provider import Provider
from core.probes.result import CheckResult, Listing
from core.probes.served import Served
from core.probes.table import PROVIDERS
from core.records import dataclass
from core.resolution import Resolution

_BY_NAME: Mapping[str, Provider] = {provider.name: provider for provider in PROVIDERS}


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
    provider = _BY_NAME.get(result.provider)
    specs = catalog.specs_by_backend.get(result.backend, ())
    listing = result.listing
    if provider is None:
        unknown = tuple(Declared(spec, Availability.UNKNOWN) for spec in specs)
        return Comparison(result.backend, unknown=unknown, why=listing.why)
    users = users_of(resolutions, result.backend)
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


def users_of(resolutions: Iterable[Resolution], backend: str) -> Mapping[int, tuple[str, ...]]:
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
        for name in provider.names.served(model):
            out.setdefault((model.group, name), model)
    return out


def _judged(provider: Provider, spec: ModelSpec, listing: Listing, index: _Index, users: Sequence[str]) -> Declared:
    names = tuple(users)
    if spec.model_id in provider.fixed:
        return Declared(spec, Availability.SERVED, None, "", names)
    asked = dict(listing.items).get(spec.model_id)
    if asked is not None:
        return Declared(spec, Availability.SERVED if asked else Availability.NOT_SERVED, None, "", names)
    group = spec.fields.get(GROUP_HEADER)
    groups = (group, "") if isinstance(group, str) and group else ("",)
    remark = ""
    for wanted in provider.names.declared(spec.model_id):
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
