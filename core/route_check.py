"""Route checks: what each rule of a profile takes and shadows, which never match, where a name goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Literal, TypeAlias

from core.api import Report
from core.catalog import Catalog
from core.entities import Place, Profile, Route
from core.records import dataclass
from core.routing import (
    DEFAULT,
    EXACT,
    FALLBACK,
    INTERNAL,
    OPTIONAL,
    PATTERN,
    Assignment,
    Lost,
    Match,
    RouteTable,
    assign,
    is_pattern,
)
from core.serving import Serving

RuleKind: TypeAlias = Literal["route", "optional", "default", "fallback", "others", "internal"]


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A handle that a rule takes and a later one would take too: `pattern` and `backend` are the later rule's."""

    handle: str
    pattern: str
    backend: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the profile, in the order in which they are tried.

    `kind` is `route`, `optional`, `default`, `fallback`, `others` (backends that are tried after the default or the
    fallback order, without being named) or `internal`; `what` says the same for people, with `exact` and `pattern` told
    apart. `live`: it takes part, its backend being on. `caught` are the handles of backends that are on which come this
    way, `served` how many of them its backend declares, `missed` the others. `shadows` are handles that a later rule
    would send to another backend, `loses` those that it takes but an earlier or exact one wins. `never` says why it can
    never match, if it cannot.
    """

    kind: RuleKind
    pattern: str
    backend: str
    what: str
    live: bool
    place: Place = field(repr=False)
    caught: tuple[str, ...] = field(repr=False)
    served: int
    missed: tuple[str, ...] = ()
    shadows: tuple[Shadowed, ...] = ()
    loses: tuple[str, ...] = ()
    never: str = ""


_Caught = dict[tuple[str, ...], list[tuple[str, Assignment]]]


def rules(catalog: Catalog, serving: Serving) -> tuple[Rule, ...]:
    """The rules of the active profile: routes, optional ones, the default, the fallback order, the internal backend."""
    return tuple(_rules(catalog, serving))


def _rules(catalog: Catalog, serving: Serving) -> Iterator[Rule]:
    profile, table = catalog.profile, catalog.routes
    if profile is None or table is None:
        return
    caught: _Caught = {}
    for (_, handle), found in serving.assignments.items():
        caught.setdefault(_rule(found), []).append((handle, found))
    on = frozenset(catalog.enabled)
    taken = _taken(table, serving)
    hidden = {_at(route.place): cover.pattern for route, cover in table.covered}
    tried = {_at(route.place) for route in table.entries}
    for route in (*profile.routes, *profile.optional_routes):
        live = table.live(route) and _at(route.place) in tried and route.backend in on
        shadows, loses = taken.get(_at(route.place), ((), ()))
        yield _made(
            "optional" if route.optional else "route",
            route.pattern,
            route.backend,
            _what(route),
            live,
            route.place,
            caught.get(_at(route.place), []),
            shadows=shadows,
            loses=loses,
            never=_never(catalog, table, route, hidden, tried=_at(route.place) in tried),
        )
    everything = next((route for route in table.entries if table.live(route) and route.pattern in ("*", "**")), None)
    none_left = f"route `{everything.pattern}` takes every name before it" if everything is not None else ""
    if profile.default:
        default, place = profile.default, profile.default_place
        live = default in on
        skipped = not live and catalog.behaviours.disabled_routes_skipped
        never = none_left or (_absent(catalog, default) if skipped else "")
        yield _made("default", "(default)", default, "default", live, place, caught.get(_at(place), []), never=never)
    in_order = catalog.behaviours.fallback_order
    order = profile.fallback_order or ()
    for number, backend in enumerate(dict.fromkeys(order), 1):
        place = profile.place.at("fallback_order", order.index(backend))
        mine = [*caught.get(_at(place), []), *(caught.get((FALLBACK, backend), []) if in_order else [])]
        what = f"fallback {number}"
        never = none_left or ("" if backend in on else _absent(catalog, backend))
        if not in_order:
            never = f"a fallback_order has no effect in {catalog.release}"
        yield _made("fallback", f"({what})", backend, what, backend in on, place, mine, never=never)
    ordered = set(order) if in_order else set[str]()
    for backend in catalog.enabled:
        mine = caught.get((FALLBACK, backend), [])
        if mine and backend not in ordered:
            yield _made("others", "(others)", backend, "others", True, profile.place, mine)
    if caught.get((INTERNAL,)):
        yield _made("internal", "(internal)", "internal", "internal", True, profile.place, caught[(INTERNAL,)])


def _made(
    kind: RuleKind,
    pattern: str,
    backend: str,
    what: str,
    live: bool,
    place: Place,
    mine: Sequence[tuple[str, Assignment]],
    *,
    shadows: tuple[Shadowed, ...] = (),
    loses: tuple[str, ...] = (),
    never: str = "",
) -> Rule:
    handles = tuple(handle for handle, _ in mine)
    missed = tuple(dict.fromkeys(handle for handle, found in mine if found.backend is None))
    served = sum(1 for _, found in mine if found.backend is not None)
    return Rule(kind, pattern, backend, what, live, place, handles, served, missed, shadows, loses, never)


def _what(route: Route) -> str:
    if route.optional:
        return "optional"
    return "pattern" if is_pattern(route.pattern) else "exact"


def _at(place: Place) -> tuple[str, ...]:
    return ("place", *map(str, place.path))


def _rule(found: Assignment) -> tuple[str, ...]:
    """Which rule an assignment came by, as a key."""
    if found.method == FALLBACK and found.backend is not None:
        return (FALLBACK, found.backend)
    if found.method == INTERNAL or found.match is None:
        return (INTERNAL,) if found.backend is not None else ("none",)
    if found.method in (EXACT, PATTERN, OPTIONAL, DEFAULT):
        return _at(found.match.place)
    return ("none",)


def _taken(
    table: RouteTable, serving: Serving
) -> Mapping[tuple[str, ...], tuple[tuple[Shadowed, ...], tuple[str, ...]]]:
    """What each route takes from later ones, and what it would take if others did not."""
    shadows: dict[tuple[str, ...], list[Shadowed]] = {}
    loses: dict[tuple[str, ...], list[str]] = {}
    for handle in dict.fromkeys(handle for _, handle in serving.assignments):
        won = table.match(handle)
        if won is None or won.pattern is None:
            continue
        for index in table.matching(handle):
            route = table.entries[index]
            if route.place == won.place or not table.live(route):
                continue
            loses.setdefault(_at(route.place), []).append(handle)
            if route.backend != won.backend:
                shadows.setdefault(_at(won.place), []).append(Shadowed(handle, route.pattern, route.backend))
    return {key: (tuple(shadows.get(key, ())), tuple(loses.get(key, ()))) for key in {**shadows, **loses}}


def _never(
    catalog: Catalog, table: RouteTable, route: Route, hidden: Mapping[tuple[str, ...], str], *, tried: bool
) -> str:
    if route.optional and not tried:
        return f"optional routes have no effect in {catalog.release}"
    if not table.live(route):
        return _absent(catalog, route.backend)
    cover = hidden.get(_at(route.place))
    if cover is not None:
        return f"`{cover}` stands before it and takes every such name"
    if "*" in route.pattern[1:-1] and not catalog.remote and route.pattern not in catalog.declared:
        return "a `*` counts only as the first or last character"
    return ""


def _absent(catalog: Catalog, backend: str) -> str:
    return f"backend {backend} is off" if backend in catalog.backends else f"there is no backend {backend}"


# ---- testing a name


@dataclass(frozen=True, slots=True)
class Destination:
    """What a profile makes of a name: for models of one type, from 0.78 on, else for all.

    `backend` serves it, None when nobody does; `method` is how (see `core.routing`); `reason` why nobody does.
    """

    model_type: str
    backend: str | None
    method: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NameTest:
    """Where a profile sends a name, declared or not.

    `match` is the rule that takes it, None when none does; `lost` the routes that would take it otherwise.
    `destinations` are its results by model type; `on` and `off` are the backends that declare it.
    `undeclared`: no backend does, so that a release never looks at it.
    """

    name: str
    profile: str
    match: Match | None
    lost: tuple[Lost, ...]
    destinations: tuple[Destination, ...]
    on: tuple[str, ...]
    off: tuple[str, ...]

    @property
    def undeclared(self) -> bool:
        """Whether no backend declares the name."""
        return not self.on and not self.off

    @property
    def backend(self) -> str | None:
        """The backend that serves it, for the first type that is served."""
        return next((outcome.backend for outcome in self.destinations if outcome.backend is not None), None)


def route_of(report: Report, name: str, profile: str | None = None) -> NameTest | None:
    """Where the active profile, or another, sends a name; None when there is no such profile.

    A name that no backend declares is answered for as if it were a model of the backend it is sent to.
    """
    catalog = report.catalog
    wanted = catalog.profile if profile is None else catalog.profiles.get(profile)
    if wanted is None:
        return None
    return _test(catalog, wanted, name, typed=report.serving.typed)


def routes_everywhere(report: Report, name: str) -> tuple[NameTest, ...]:
    """Where every profile sends a name, in the order of the file."""
    typed = report.serving.typed
    return tuple(_test(report.catalog, profile, name, typed=typed) for profile in report.catalog.profiles.values())


def _test(catalog: Catalog, profile: Profile, name: str, *, typed: bool) -> NameTest:
    active = profile.name == catalog.active and catalog.routes is not None
    table = catalog.routes if active else RouteTable(profile, catalog.enabled, catalog.behaviours)
    assert table is not None
    specs = catalog.declared.get(name, ())
    enabled = frozenset(catalog.enabled)
    on = dict.fromkeys(spec.backend for spec in specs if spec.backend in enabled)
    off = dict.fromkeys(spec.backend for spec in specs if spec.backend not in enabled)
    types = dict.fromkeys(spec.model_type if typed else "" for spec in specs if spec.backend in enabled)
    destinations = []
    for kind in types or {"": None}:
        declaring = [spec.backend for spec in specs if not kind or spec.model_type == kind]
        destinations.append(_outcome(catalog, table, name, kind, declaring, on))
    return NameTest(
        name, profile.name, table.match(name), tuple(table.lost(name)), tuple(destinations), tuple(on), tuple(off)
    )


def _outcome(
    catalog: Catalog, table: RouteTable, name: str, kind: str, backends: Sequence[str], on: Mapping[str, object]
) -> Destination:
    if not on:
        match = table.match(name)
        if match is None:
            return Destination(kind, None, None, "no route takes it and the profile has no default that is on")
        if match.backend in catalog.remote:
            return Destination(kind, None, match.method, f"{match.backend} lists its models on a server")
        return Destination(kind, None, match.method, f"it is sent to {match.backend}, which does not declare it")
    known = catalog.enabled
    declares = [backend for backend in known if backend in backends]
    found = assign(name, table, declares, known, catalog.behaviours, on)
    return Destination(kind, found.backend, found.method, found.reason.replace("`", ""))
