"""Trails: the ordered steps by which references resolve, with the winning and the losing routes."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog import Catalog
from core.entities import Location, ModelSpec, Place
from core.formatting import counted
from core.prices import price_of
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution, Resolver
from core.routing import DEFAULT, EXACT, FALLBACK, INTERNAL, OPTIONAL, PATTERN, Match
from core.secret_texts import shown_name
from core.variables import State

METHOD_WORDS = {
    EXACT: "exact route",
    PATTERN: "first route that matches",
    OPTIONAL: "optional route",
    DEFAULT: "default of the profile",
    FALLBACK: "first of the fallback order to declare it",
    INTERNAL: "no route or default; declared by the internal backend",
}


CALL_FAILS = "fails: "
"""The first words of the note of a call of which it is known that it fails."""
_ENDS_SHOWN = 64
"""Steps shown at each end of a very long trail."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a trail.

    `kind` is `choice`, `preset`, `alias`, `waterfall`, `model`, `route`, `lost`, `backend`, `candidate`, `spec`,
    `call` (the address that a call uses, empty where unknown), `refused` (a setting that the model refuses) or `more`
    (names left out of a very long way).
    """

    kind: str
    name: str
    location: Location | None
    note: str = ""


def trail(resolver: Resolver, resolution: Resolution) -> tuple[Step, ...]:
    """Every step by which a reference resolves or fails to."""
    return tuple(_steps(resolver, resolution))


def _steps(resolver: Resolver, resolution: Resolution) -> Iterator[Step]:
    catalog = resolver.catalog
    hops = resolution.hops
    left_out = len(hops) - 2 * _ENDS_SHOWN
    for index, hop in enumerate(hops):
        if left_out > 0 and _ENDS_SHOWN <= index < len(hops) - _ENDS_SHOWN:
            if index == _ENDS_SHOWN:
                yield Step("more", counted(left_out, "more name"), None, "")
            continue
        if hop.kind is Kind.MODEL and resolution.spec is not None and hop.place == resolution.spec.place:
            yield Step("model", hop.name, None, "")
        elif hop.kind is Kind.MODEL:
            yield Step("model", hop.name, None, hop.note)
        else:
            yield Step(hop.kind.value, hop.name, _location(hop.place), hop.note)
    spec = resolution.spec
    if spec is not None:
        yield from _served(resolver, spec, resolution)
    elif resolution.unresolved is not None:
        yield from _missing(catalog, resolution)


def _call(resolver: Resolver, spec: ModelSpec) -> Iterator[Step]:
    """The address that a call uses, and the known faults of the call."""
    call = resolver.call(spec)
    if not resolver.catalog.is_installed(spec):
        yield Step("call", call.address, None, f"{CALL_FAILS}no worker of this installation serves its sdk")
    elif call.address or call.faults or call.unknown:
        fatal = [fault.message for fault in call.faults if fault.fatal]
        yield Step("call", call.address, None, f"{CALL_FAILS}{fatal[0]}" if fatal else call.unknown)


def _served(resolver: Resolver, spec: ModelSpec, resolution: Resolution) -> Iterator[Step]:
    catalog = resolver.catalog
    method = resolution.method or DEFAULT
    match = resolution.match
    place = match.place if match is not None else None
    pattern = match.pattern if match is not None and match.pattern is not None else f"({method})"
    yield Step("route", pattern, _location(place), f"-> {spec.backend}: {METHOD_WORDS[method]}")
    yield from _lost(catalog, spec.handle)
    backend = catalog.backends[spec.backend]
    yield Step("backend", backend.name, backend.place.location, backend_note(catalog, backend.name))
    yield Step("spec", spec.model_id, spec.place.location, spec_note(spec))
    yield from _call(resolver, spec)
    if resolution.refusal is not None:
        refusal = resolution.refusal
        said = "with structured output: " if refusal.structured else ""
        yield Step("refused", refusal.key or "every call", _location(refused_place(resolution)), f"{said}{refusal.why}")


def refused_place(resolution: Resolution) -> Place | None:
    """The place of the setting that a model refuses; None where it refuses every call."""
    key = resolution.refusal.key if resolution.refusal is not None else None
    presets = [hop for hop in resolution.hops if hop.kind is Kind.PRESET]
    holder = presets[0].place if presets else resolution.place
    return holder.at(key) if key is not None and holder is not None else None


def _lost(catalog: Catalog, name: str) -> Iterator[Step]:
    table = catalog.routes
    if table is None:
        return
    for lost in table.lost(name):
        yield Step("lost", lost.route.pattern, lost.route.place.location, f"-> {lost.route.backend}: {lost.reason}")


def _missing(catalog: Catalog, resolution: Resolution) -> Iterator[Step]:
    unresolved = resolution.unresolved
    assert unresolved is not None
    table = catalog.routes
    for name in unresolved.names[-1:]:
        match = table.match(name) if table is not None else None
        if match is not None:
            yield Step("route", _pattern(match), match.place.location, _miss_note(catalog, match, name))
            yield from _lost(catalog, name)
        for spec in catalog.declared.get(name, ()):
            state = "on" if spec.backend in catalog.enabled else "off"
            yield Step("candidate", spec.backend, spec.place.location, f"declares {name}; the backend is {state}")


def _pattern(match: Match) -> str:
    return match.pattern if match.pattern is not None else f"({match.method})"


def _miss_note(catalog: Catalog, match: Match, name: str) -> str:
    if match.backend in catalog.remote:
        return f"-> {match.backend}, which gets its models from its server"
    if match.backend not in catalog.backends:
        return f"-> {match.backend}, which does not exist"
    if match.backend not in catalog.enabled:
        return f"-> {match.backend}, which is off"
    return f"-> {match.backend}, which does not declare {name}"


def backend_note(catalog: Catalog, name: str) -> str:
    """A backend's state: on or off, and its variables that are set or missing."""
    backend = catalog.backends[name]
    state = "on" if backend.enabled else "off"
    variables = [catalog.environment.variable(variable) for variable in catalog.variables_of(name)]
    if not variables:
        return f"{state}, needs no variable"
    wanting = catalog.wanting(name)
    missing = [f"{shown_name(item.name)} {item.state.value}" for item in variables if item.name in wanting]
    # An unset alternative of a placeholder does not matter while another is set.
    working = [shown_name(item.name) for item in variables if item.state is State.SET]
    return f"{state}, {', '.join(missing)}" if missing else f"{state}, {', '.join(working)} set"


def spec_note(spec: ModelSpec) -> str:
    """A spec's sdk, price in USD per million tokens, and output limit in tokens."""
    parts = [spec.sdk or "no sdk", price_of(spec).text]
    if spec.max_tokens is not None:
        parts.append(f"max {counted(spec.max_tokens, 'token')}")
    return ", ".join(parts)


def _location(place: Place | None) -> Location | None:
    return place.location if place is not None else None
