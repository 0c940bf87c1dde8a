"""Serving: for every declared handle, the spec that serves it or the reason why none does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from core.assigning import Assignment, assign
from core.catalog import Catalog, renewed_specs
from core.diagnostics import routing_codes
from core.entities import ModelSpec
from core.errors import error_type
from core.problems import Check, Problem, Severity, Stage
from core.records import dataclass
from core.routing import RouteTable, pattern_matches
from core.suggest import choose_among


@dataclass(frozen=True, slots=True)
class Serving:
    """Who serves what. Handles stand in order of first declaration over the enabled backends.

    `served` is keyed by (type, handle) from 0.78 on, by (`""`, handle) before.
    """

    typed: bool
    served: Mapping[tuple[str, str], ModelSpec]
    assignments: Mapping[tuple[str, str], Assignment]
    by_handle: Mapping[str, tuple[ModelSpec, ...]]
    problems: tuple[Problem, ...]

    def key(self, model_type: str | None, handle: str) -> tuple[str, str]:
        """The key of a handle in this index."""
        return (model_type or "", handle) if self.typed else ("", handle)

    def spec(self, model_type: str | None, handle: str) -> ModelSpec | None:
        """The spec that serves a handle (of a type, from 0.78 on)."""
        return self.served.get(self.key(model_type, handle))

    def assignment(self, model_type: str | None, handle: str) -> Assignment | None:
        """What routing made of a handle, if an enabled backend declares it."""
        return self.assignments.get(self.key(model_type, handle))


def serve(catalog: Catalog) -> Serving:
    """Apply the active profile to every handle that an enabled backend declares."""
    behaviours = catalog.behaviours
    typed = behaviours.index == "type and name"
    declared = _declared(catalog, typed)
    served: dict[tuple[str, str], ModelSpec] = {}
    assignments: dict[tuple[str, str], Assignment] = {}
    by_handle: dict[str, list[ModelSpec]] = {}
    anywhere: dict[str, set[str]] = {}
    for (_, handle), specs in declared.items():
        anywhere.setdefault(handle, set()).update(specs)
    table = catalog.routes
    # A backend that cannot be loaded still counts as on: what it would serve is shown, the problem stands beside it.
    for key, specs in declared.items():
        if table is None:
            assignments[key] = Assignment(None, None, None, "there is no active profile")
            continue
        handle = key[1]
        found = assign(
            handle, table, dict.fromkeys(specs, True), catalog.enabled, behaviours, frozenset(anywhere[handle])
        )
        assignments[key] = found
        if found.backend is not None:
            served[key] = specs[found.backend]
            by_handle.setdefault(handle, []).append(specs[found.backend])
    whole = {handle: tuple(specs) for handle, specs in by_handle.items()}
    return Serving(typed, served, assignments, whole, _refusals(catalog, assignments))


def serve_again(catalog: Catalog, earlier: Catalog, serving: Serving) -> Serving | None:
    """What `serve` gives, made from what it gave before an edit; None when the edit changes who may serve what.

    Routing looks at names only, so an edit inside models that leaves all names and types as they are changes the specs
    that are served, and nothing else.
    """
    if catalog.routes is None or catalog.enabled != earlier.enabled:
        return None
    if catalog.routes is not earlier.routes:
        return _serve_turned(catalog, earlier, serving)
    changed = [
        name
        for name in catalog.enabled
        if catalog.specs_by_backend.get(name, ()) is not earlier.specs_by_backend.get(name, ())
    ]
    if not changed:
        return serving
    served = dict(serving.served)
    by_handle = dict(serving.by_handle)
    for name in changed:
        old, new = earlier.specs_by_backend.get(name, ()), catalog.specs_by_backend.get(name, ())
        if [(spec.model_type, spec.handle) for spec in old] != [(spec.model_type, spec.handle) for spec in new]:
            return None
        later = {id(one): other for one, other in zip(old, new, strict=True)}
        for spec in old:
            key = serving.key(spec.model_type, spec.handle)
            if served.get(key) is spec:
                served[key] = later[id(spec)]
                by_handle[spec.handle] = tuple(later.get(id(one), one) for one in by_handle[spec.handle])
    return replace(serving, served=served, by_handle=by_handle)


_FEW_TURNED = 8
"""So many routes that lead elsewhere are looked after one by one."""


def _serve_turned(catalog: Catalog, earlier: Catalog, serving: Serving) -> Serving | None:
    """What `serve` gives after an edit of nothing but where a few routes lead: other names are sent where they were."""
    now, then = catalog.routes, earlier.routes
    if now is None or then is None or renewed_specs(catalog, earlier) != [] or not _differ_in_routes(now, then):
        return None
    turned = [route for route, before in zip(now.entries, then.entries, strict=True) if route is not before]
    if len(turned) > _FEW_TURNED:
        return None
    keys = [key for key in serving.assignments if any(pattern_matches(route.pattern, key[1]) for route in turned)]
    on = frozenset(catalog.enabled)
    assignments = dict(serving.assignments)
    ends: dict[tuple[str, str], ModelSpec | None] = {}
    for key in keys:
        declaring = [spec for spec in catalog.declared[key[1]] if spec.backend in on]
        specs: dict[str, ModelSpec] = {}
        for spec in declaring:
            if serving.key(spec.model_type, spec.handle) == key:
                specs.setdefault(spec.backend, spec)
        anyhow = frozenset(spec.backend for spec in declaring)
        found = assign(key[1], now, dict.fromkeys(specs, True), catalog.enabled, catalog.behaviours, anyhow)
        assignments[key] = found
        ends[key] = specs[found.backend] if found.backend is not None else None
    # Gone through in the order of the handles, since one that is served anew stands among the others.
    served = {
        key: end for key in assignments if (end := ends[key] if key in ends else serving.served.get(key)) is not None
    }
    by_handle: dict[str, tuple[ModelSpec, ...]] = {handle: (end,) for (_, handle), end in served.items()}
    if len(by_handle) < len(served):
        by_handle.clear()
        for (_, handle), end in served.items():
            by_handle[handle] = (*by_handle.get(handle, ()), end)
    return Serving(serving.typed, served, assignments, by_handle, _refusals(catalog, assignments))


def _differ_in_routes(now: RouteTable, then: RouteTable) -> bool:
    """Whether two tables differ in nothing but where their routes lead."""
    one, other = now.profile, then.profile
    return (
        now.same_patterns(then)
        and one.place.document is other.place.document
        and (one.name, one.default, one.fallback_order) == (other.name, other.default, other.fallback_order)
    )


def _refusals(catalog: Catalog, assignments: Mapping[tuple[str, str], Assignment]) -> tuple[Problem, ...]:
    """The problems of names over which the release refuses to start, each told once."""
    problems: list[Problem] = []
    told: set[tuple[str, str]] = set()
    for (_, handle), found in assignments.items():
        if found.refused is not None and (found.refused, handle) not in told:
            problem = _refusal(catalog, handle, found)
            if problem is not None:
                told.add((found.refused, handle))
                problems.append(problem)
    return tuple(problems)


def _declared(catalog: Catalog, typed: bool) -> dict[tuple[str, str], dict[str, ModelSpec]]:
    """The enabled backends that declare each key, in the order in which the release builds its deck."""
    out: dict[tuple[str, str], dict[str, ModelSpec]] = {}
    for backend in catalog.enabled:
        for spec in _in_index_order(catalog.specs_by_backend.get(backend, ()), typed):
            key = (spec.model_type, spec.handle) if typed else ("", spec.handle)
            out.setdefault(key, {}).setdefault(backend, spec)
    return out


def _in_index_order(specs: tuple[ModelSpec, ...], typed: bool) -> Iterator[ModelSpec]:
    """File order; from 0.78 on grouped by model type, in order of each type's first table."""
    if not typed:
        yield from specs
        return
    groups: dict[str, list[ModelSpec]] = {}
    for spec in specs:
        groups.setdefault(spec.model_type, []).append(spec)
    for group in groups.values():
        yield from group


def _refusal(catalog: Catalog, handle: str, found: Assignment) -> Problem | None:
    """The problem of a name over which the release refuses to start."""
    match = found.match
    assert match is not None
    assert found.refused is not None
    if found.refused == "route backend" and catalog.behaviours.routes_to_disabled == "refused":
        return None  # reported once for the route, not once for each name
    exists = match.backend in catalog.backends
    if found.refused == "exact miss":
        message = (
            f"route `{match.pattern}` sends model `{handle}` to backend `{match.backend}`, which does not declare it"
        )
        declaring = sorted({spec.backend for spec in catalog.declared.get(handle, ())})
        fix = f"send it to {' or '.join(declaring)}, or declare it in backends/{match.backend}.toml"
        diagnostic = routing_codes.ROUTE_EXACT_MISS
    else:
        state = "is off" if exists else "does not exist"
        message = (
            f"backend `{match.backend}` {state}, but profile `{catalog.active}` sends model `{handle}` to it"
            f" ({'route `' + match.pattern + '`' if match.pattern is not None else 'default'})"
        )
        fix = (
            f"turn `{match.backend}` on, or send it elsewhere"
            if exists
            else choose_among(match.backend, catalog.backends)
        )
        diagnostic = routing_codes.ROUTE_BACKEND_OFF if exists else routing_codes.ROUTE_BACKEND_UNKNOWN
    name = error_type(found.refused, catalog.release)
    return Problem(
        diagnostic,
        severity=Severity.ERROR,
        check=Check.ROUTING,
        message=message,
        stage=Stage.DECK,
        fatal=name is not None,
        error_type=name,
        location=match.place.location,
        fix=fix or None,
        cause=f"backend {match.backend}" if found.refused == "route backend" else f"route {match.pattern}",
        subject=match.backend,
    )
