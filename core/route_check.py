"""Route checks: the handles that each rule of a profile takes and shadows, dead rules, the backend of a name."""

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
    """A handle that a rule takes before a following rule with this `pattern` and `backend`."""

    handle: str
    pattern: str
    backend: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the profile, in the order of matching.

    `kind` is `route`, `optional`, `default`, `fallback`, `others` (enabled backends tried after the default or the
    fallback order) or `internal`; `label` is its text, with `exact` and `pattern` apart. `live`: its backend is on.
    `caught`: the handles of enabled backends that it takes; `served`: the number of those that its backend declares;
    `missed`: the others. `shadows`: the handles that a following rule would send to another backend; `loses`: those
    that match but a preceding or exact rule takes. `idle_reason`: the reason why it can never match.
    """

    kind: RuleKind
    pattern: str
    backend: str
    label: str
    live: bool
    place: Place = field(repr=False)
    caught: tuple[str, ...] = field(repr=False)
    served: int
    missed: tuple[str, ...] = ()
    shadows: tuple[Shadowed, ...] = ()
    loses: tuple[str, ...] = ()
    idle_reason: str = ""


_Caught = dict[tuple[str, ...], list[tuple[str, Assignment]]]


def rules(catalog: Catalog, serving: Serving) -> tuple[Rule, ...]:
    """The rules of the active profile: routes, optional routes, default, fallback order, internal backend."""
    return tuple(_rules(catalog, serving))


def _rules(catalog: Catalog, serving: Serving) -> Iterator[Rule]:
    profile, table = catalog.profile, catalog.routes
    if profile is None or table is None:
        return
    caught: _Caught = {}
    for (_, handle), assignment in serving.assignments.items():
        caught.setdefault(_rule(assignment), []).append((handle, assignment))
    on = frozenset(catalog.enabled)
    shadowed = _shadowed(table, serving)
    hidden = {_at(route.place): cover.pattern for route, cover in table.covered}
    tried = {_at(route.place) for route in table.entries}
    for route in (*profile.routes, *profile.optional_routes):
        live = table.live(route) and _at(route.place) in tried and route.backend in on
        shadows, loses = shadowed.get(_at(route.place), ((), ()))
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
            idle_reason=_never(catalog, table, route, hidden, tried=_at(route.place) in tried),
        )
    everything = next((route for route in table.entries if table.live(route) and route.pattern in ("*", "**")), None)
    none_left = f"route `{everything.pattern}` takes every name before it" if everything is not None else ""
    if profile.default:
        default, place = profile.default, profile.default_place
        live = default in on
        skipped = not live and catalog.behaviours.disabled_routes_skipped
        idle_reason = none_left or (_absent(catalog, default) if skipped else "")
        yield _made(
            "default", "(default)", default, "default", live, place, caught.get(_at(place), []), idle_reason=idle_reason
        )
    in_order = catalog.behaviours.fallback_order
    order = profile.fallback_order or ()
    for number, backend in enumerate(dict.fromkeys(order), 1):
        place = profile.place.at("fallback_order", order.index(backend))
        own_matches = [*caught.get(_at(place), []), *(caught.get((FALLBACK, backend), []) if in_order else [])]
        label = f"fallback {number}"
        idle_reason = none_left or ("" if backend in on else _absent(catalog, backend))
        if not in_order:
            idle_reason = f"a fallback_order has no effect in {catalog.release}"
        yield _made(
            "fallback", f"({label})", backend, label, backend in on, place, own_matches, idle_reason=idle_reason
        )
    ordered = set(order) if in_order else set[str]()
    for backend in catalog.enabled:
        own_matches = caught.get((FALLBACK, backend), [])
        if own_matches and backend not in ordered:
            yield _made("others", "(others)", backend, "others", True, profile.place, own_matches)
    if caught.get((INTERNAL,)):
        yield _made("internal", "(internal)", "internal", "internal", True, profile.place, caught[(INTERNAL,)])


def _made(
    kind: RuleKind,
    pattern: str,
    backend: str,
    label: str,
    live: bool,
    place: Place,
    own_matches: Sequence[tuple[str, Assignment]],
    *,
    shadows: tuple[Shadowed, ...] = (),
    loses: tuple[str, ...] = (),
    idle_reason: str = "",
) -> Rule:
    handles = tuple(handle for handle, _ in own_matches)
    missed = tuple(dict.fromkeys(handle for handle, assignment in own_matches if assignment.backend is None))
    served = sum(1 for _, assignment in own_matches if assignment.backend is not None)
    return Rule(kind, pattern, backend, label, live, place, handles, served, missed, shadows, loses, idle_reason)


def _what(route: Route) -> str:
    if route.optional:
        return "optional"
    return "pattern" if is_pattern(route.pattern) else "exact"


def _at(place: Place) -> tuple[str, ...]:
    return ("place", *map(str, place.path))


def _rule(assignment: Assignment) -> tuple[str, ...]:
    """The key of the rule behind an assignment."""
    if assignment.method == FALLBACK and assignment.backend is not None:
        return (FALLBACK, assignment.backend)
    if assignment.method == INTERNAL or assignment.match is None:
        return (INTERNAL,) if assignment.backend is not None else ("none",)
    if assignment.method in (EXACT, PATTERN, OPTIONAL, DEFAULT):
        return _at(assignment.match.place)
    return ("none",)


def _shadowed(
    table: RouteTable, serving: Serving
) -> Mapping[tuple[str, ...], tuple[tuple[Shadowed, ...], tuple[str, ...]]]:
    """The handles that each route takes from following ones, and those it loses to others."""
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
        return f"`{cover}` comes first and matches every such name"
    if "*" in route.pattern[1:-1] and not catalog.remote and route.pattern not in catalog.declared:
        return "a `*` counts only as the first or last character"
    return ""


def _absent(catalog: Catalog, backend: str) -> str:
    return f"backend {backend} is off" if backend in catalog.backends else f"there is no backend {backend}"


# ---- testing a name


@dataclass(frozen=True, slots=True)
class Destination:
    """The destination of a name in a profile: for models of one type from 0.78 on, else for all.

    `backend` serves it; None if none does, with the `reason`. `method`: see `core.routing`.
    """

    model_type: str
    backend: str | None
    method: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NameTest:
    """The test of a name, declared or not, against a profile.

    `match`: the rule that takes it; `lost`: the other matching routes. `destinations`: the results by model type.
    `on` and `off`: the backends that declare it. `undeclared`: none does, so a release never routes it.
    """

    name: str
    profile: str
    match: Match | None
    lost: tuple[Lost, ...]
    destinations: tuple[Destination, ...]
    on: tuple[str, ...]
    disabled: tuple[str, ...]

    @property
    def undeclared(self) -> bool:
        """Whether no backend declares the name."""
        return not self.on and not self.disabled

    @property
    def backend(self) -> str | None:
        """The backend of the first served type."""
        return next((outcome.backend for outcome in self.destinations if outcome.backend is not None), None)

    @property
    def rule_name(self) -> str:
        """The rule that decides: its pattern, or `(default)`, `(fallback)`, `(internal)`; empty where none does."""
        if self.match is None:
            return ""
        served = next((outcome.method for outcome in self.destinations if outcome.backend is not None), None)
        if served in (FALLBACK, INTERNAL):
            return f"({served})"
        return self.match.pattern or f"({self.match.method})"

    def is_rule(self, rule: Rule) -> bool:
        """Whether a rule of the same profile is the one that decides."""
        if self.rule_name == f"({FALLBACK})":
            return rule.kind in ("fallback", "others", "internal") and rule.backend == self.backend
        if self.rule_name == f"({INTERNAL})":
            return rule.kind == "internal"
        return self.match is not None and rule.place == self.match.place


def route_of(report: Report, name: str, profile: str | None = None) -> NameTest | None:
    """Test a name against a profile, by default the active one; None for an unknown profile.

    An undeclared name is treated as a model of the backend that it is sent to.
    """
    catalog = report.catalog
    selected = catalog.profile if profile is None else catalog.profiles.get(profile)
    if selected is None:
        return None
    return _test(catalog, selected, name, typed=report.serving.typed)


def routes_everywhere(report: Report, name: str) -> tuple[NameTest, ...]:
    """Test a name against every profile, in file order."""
    typed = report.serving.typed
    return tuple(_test(report.catalog, profile, name, typed=typed) for profile in report.catalog.profiles.values())


def _test(catalog: Catalog, profile: Profile, name: str, *, typed: bool) -> NameTest:
    active = profile.name == catalog.active and catalog.routes is not None
    table = catalog.routes if active else RouteTable(profile, catalog.enabled, catalog.behaviours)
    assert table is not None
    specs = catalog.declared.get(name, ())
    enabled = frozenset(catalog.enabled)
    on = dict.fromkeys(spec.backend for spec in specs if spec.backend in enabled)
    disabled = dict.fromkeys(spec.backend for spec in specs if spec.backend not in enabled)
    types = dict.fromkeys(spec.model_type if typed else "" for spec in specs if spec.backend in enabled)
    destinations = []
    for kind in types or {"": None}:
        declaring = [spec.backend for spec in specs if not kind or spec.model_type == kind]
        destinations.append(_outcome(catalog, table, name, kind, declaring, on))
    return NameTest(
        name, profile.name, table.match(name), tuple(table.lost(name)), tuple(destinations), tuple(on), tuple(disabled)
    )


def _outcome(
    catalog: Catalog, table: RouteTable, name: str, kind: str, backends: Sequence[str], on: Mapping[str, object]
) -> Destination:
    if not on:
        match = table.match(name)
        if match is None:
            return Destination(kind, None, None, "no route takes it and the profile has no enabled default")
        if match.backend in catalog.remote:
            return Destination(kind, None, match.method, f"{match.backend} lists its models on a server")
        return Destination(kind, None, match.method, f"it is sent to {match.backend}, which does not declare it")
    known = catalog.enabled
    declares = [backend for backend in known if backend in backends]
    assignment = assign(name, table, declares, known, catalog.behaviours, on)
    return Destination(kind, assignment.backend, assignment.method, assignment.reason.replace("`", ""))
