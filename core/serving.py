"""Serving: for every declared handle, the spec that serves it or the reason why none does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from core.catalog import Catalog, Key
from core.diagnostics import routing_codes
from core.entities import ModelSpec
from core.errors import error_type
from core.problems import Check, Problem, Severity, Stage
from core.records import dataclass
from core.routing import Assignment, assign
from core.suggest import choose_among


@dataclass(frozen=True, slots=True)
class Serving:
    """Who serves what. Handles stand in order of first declaration over the enabled backends.

    `served` is keyed by (type, handle) from 0.78 on, by (`""`, handle) before.
    """

    typed: bool
    served: Mapping[Key, ModelSpec]
    assignments: Mapping[Key, Assignment]
    by_handle: Mapping[str, tuple[ModelSpec, ...]]
    problems: tuple[Problem, ...]

    def key(self, model_type: str | None, handle: str) -> Key:
        """The key of a handle in this index."""
        return (model_type or "", handle) if self.typed else ("", handle)

    def spec(self, model_type: str | None, handle: str) -> ModelSpec | None:
        """The spec that serves a handle (of a type, from 0.78 on)."""
        return self.served.get(self.key(model_type, handle))

    def assignment(self, model_type: str | None, handle: str) -> Assignment | None:
        """What routing made of a handle, if an enabled backend declares it."""
        return self.assignments.get(self.key(model_type, handle))


def serve(catalog: Catalog, known: Mapping[Key, Assignment] = MappingProxyType({})) -> Serving:
    """Apply the active profile to every handle that an enabled backend declares; `known` are assignments to keep."""
    behaviours = catalog.behaviours
    typed = behaviours.index == "type and name"
    declared = _declared(catalog, typed)
    served: dict[Key, ModelSpec] = {}
    assignments: dict[Key, Assignment] = {}
    by_handle: dict[str, list[ModelSpec]] = {}
    any_type: dict[str, set[str]] = {}
    for (_, handle), specs in declared.items():
        any_type.setdefault(handle, set()).update(specs)
    table = catalog.routes
    # A backend that cannot be loaded counts as enabled: its models are shown beside the problem.
    for key, specs in declared.items():
        if table is None:
            assignments[key] = Assignment(None, None, None, "there is no active profile")
            continue
        handle = key[1]
        assignment = known.get(key)
        if assignment is None:
            declares = dict.fromkeys(specs, True)
            assignment = assign(handle, table, declares, catalog.enabled, behaviours, frozenset(any_type[handle]))
        assignments[key] = assignment
        if assignment.backend is not None:
            served[key] = specs[assignment.backend]
            by_handle.setdefault(handle, []).append(specs[assignment.backend])
    by_name = {handle: tuple(specs) for handle, specs in by_handle.items()}
    return Serving(typed, served, assignments, by_name, _refusals(catalog, assignments))


def _refusals(catalog: Catalog, assignments: Mapping[Key, Assignment]) -> tuple[Problem, ...]:
    """The problems of names over which the release refuses to start, each told once."""
    problems: list[Problem] = []
    told: set[Key] = set()
    for (_, handle), found in assignments.items():
        if found.refused is not None and (found.refused, handle) not in told:
            problem = _refusal(catalog, handle, found)
            if problem is not None:
                told.add((found.refused, handle))
                problems.append(problem)
    return tuple(problems)


def _declared(catalog: Catalog, typed: bool) -> dict[Key, dict[str, ModelSpec]]:
    """The enabled backends that declare each key, in the order in which the release builds its deck."""
    out: dict[Key, dict[str, ModelSpec]] = {}
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
