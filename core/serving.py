"""Serving: the spec that serves each declared handle, or the reason why none does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from core.catalog import Catalog, Key
from core.diagnostics import routing_codes
from core.entities import ModelSpec
from core.errors import Condition, error_type
from core.problems import Check, Problem, Severity, Stage
from core.records import dataclass
from core.routing import Assignment, assign
from core.suggest import choose_among


@dataclass(frozen=True, slots=True)
class Serving:
    """The index of served handles, in order of first declaration over the enabled backends.

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
        """The routing of a handle; None unless an enabled backend declares it."""
        return self.assignments.get(self.key(model_type, handle))


def serve(catalog: Catalog, cached: Mapping[Key, Assignment] = MappingProxyType({})) -> Serving:
    """Apply the active profile to every handle that an enabled backend declares; `cached` are assignments to reuse."""
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
        assignment = cached.get(key)
        if assignment is None:
            assignment = assign(handle, table, specs, catalog.enabled, behaviours, any_type[handle])
        assignments[key] = assignment
        if assignment.backend is not None:
            served[key] = specs[assignment.backend]
            by_handle.setdefault(handle, []).append(specs[assignment.backend])
    by_name = {handle: tuple(specs) for handle, specs in by_handle.items()}
    return Serving(typed, served, assignments, by_name, _refusals(catalog, assignments))


def _refusals(catalog: Catalog, assignments: Mapping[Key, Assignment]) -> tuple[Problem, ...]:
    """The problems of names for which the release refuses to start, one for each condition and name."""
    refused: dict[tuple[Condition, str], Assignment] = {}
    for (_, handle), assignment in assignments.items():
        if assignment.refused is not None:
            refused.setdefault((assignment.refused, handle), assignment)
    problems = (_refusal(catalog, handle, assignment) for (_, handle), assignment in refused.items())
    return tuple(problem for problem in problems if problem is not None)


def _declared(catalog: Catalog, typed: bool) -> dict[Key, dict[str, ModelSpec]]:
    """The enabled backends that declare each key, in the order in which the release builds its deck."""
    declared: dict[Key, dict[str, ModelSpec]] = {}
    for backend in catalog.enabled:
        for spec in _in_index_order(catalog.specs_by_backend.get(backend, ()), typed):
            key = (spec.model_type, spec.handle) if typed else ("", spec.handle)
            declared.setdefault(key, {}).setdefault(backend, spec)
    return declared


def _in_index_order(specs: Sequence[ModelSpec], typed: bool) -> Sequence[ModelSpec]:
    """File order; from 0.78 on grouped by model type, in order of each type's first table."""
    types = list(dict.fromkeys(spec.model_type for spec in specs)) if typed else []
    return sorted(specs, key=lambda spec: types.index(spec.model_type)) if len(types) > 1 else specs


def _refusal(catalog: Catalog, handle: str, assignment: Assignment) -> Problem | None:
    """The problem of a name for which the release refuses to start; None where the route has one already."""
    match = assignment.match
    assert match is not None
    assert assignment.refused is not None
    if assignment.refused == Condition.ROUTE_BACKEND and catalog.behaviours.routes_to_disabled == "refused":
        return None
    exists = match.backend in catalog.backends
    if assignment.refused == Condition.EXACT_MISS:
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
        on = f"turn `{match.backend}` on, or send it elsewhere"
        fix = on if exists else choose_among(match.backend, catalog.backends)
        diagnostic = routing_codes.ROUTE_BACKEND_OFF if exists else routing_codes.ROUTE_BACKEND_UNKNOWN
    name = error_type(assignment.refused, catalog.release)
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
        cause=f"backend {match.backend}" if assignment.refused == Condition.ROUTE_BACKEND else f"route {match.pattern}",
        subject=match.backend,
    )
