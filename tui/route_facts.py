"""The rules of a profile, each with what it takes: what the pane of routes and its details show."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog import Catalog
from core.entities import Place, Route
from core.records import dataclass
from core.routing import DEFAULT, EXACT, FALLBACK, INTERNAL, OPTIONAL, PATTERN, Assignment
from core.serving import Serving
from tui.things import Thing


@dataclass(frozen=True)
class RouteFact:
    """One rule of the profile that is looked at: what it takes, where it sends it, and how much that is."""

    thing: Thing
    pattern: str
    backend: str
    what: str
    live: bool
    place: Place
    caught: tuple[str, ...]
    served: int


_Caught = dict[tuple[str, ...], list[tuple[str, Assignment]]]


def route_facts(catalog: Catalog, serving: Serving) -> Iterator[RouteFact]:
    """The rules in the order in which they are tried: routes, the default, the fallback order, the internal backend."""
    profile, table = catalog.profile, catalog.routes
    if profile is None or table is None:
        return
    caught: _Caught = {}
    for (_, handle), found in serving.assignments.items():
        caught.setdefault(_rule(found), []).append((handle, found))
    on = frozenset(catalog.enabled)
    for route in (*profile.routes, *profile.optional_routes):
        live = table.live(route) and route in table.entries and route.backend in on
        thing = Thing("route", "optional" if route.optional else "route", route.pattern)
        yield _fact(thing, route.pattern, route.backend, _what(route), live, route.place, caught)
    if profile.default:
        thing, place = Thing("route", "default", profile.default), profile.default_place
        yield _fact(thing, "(default)", profile.default, "default", profile.default in on, place, caught)
    for index, backend in enumerate(dict.fromkeys(profile.fallback_order or ())):
        place = profile.place.at("fallback_order", index)
        caught.setdefault(_at(place), []).extend(caught.get(("fallback", backend), []))
        what = f"fallback {index + 1}"
        yield _fact(Thing("route", "fallback", backend), f"({what})", backend, what, backend in on, place, caught)
    if caught.get((INTERNAL,)):
        thing = Thing("route", "internal", "internal")
        yield _fact(thing, "(internal)", "internal", "internal", True, profile.place, caught, (INTERNAL,))


def _what(route: Route) -> str:
    if route.optional:
        return "optional"
    return "pattern" if "*" in (route.pattern[:1], route.pattern[-1:]) else "exact"


def _fact(
    thing: Thing,
    pattern: str,
    backend: str,
    what: str,
    live: bool,
    place: Place,
    caught: _Caught,
    rule: tuple[str, ...] | None = None,
) -> RouteFact:
    mine = caught.get(rule or _at(place), [])
    served = sum(1 for _, found in mine if found.backend is not None)
    return RouteFact(thing, pattern, backend, what, live, place, tuple(handle for handle, _ in mine), served)


def _at(place: Place) -> tuple[str, ...]:
    return ("place", *map(str, place.path))


def _rule(found: Assignment) -> tuple[str, ...]:
    """Which rule an assignment came by, as a key."""
    if found.method == FALLBACK and found.backend is not None:
        return ("fallback", found.backend)
    if found.method == INTERNAL or found.match is None:
        return (INTERNAL,) if found.backend is not None else ("none",)
    if found.method in (EXACT, PATTERN, OPTIONAL, DEFAULT):
        return _at(found.match.place)
    return ("none",)
