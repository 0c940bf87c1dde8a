"""Fixes of routing: unknown profiles and backends, routes without effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.api import Report
from core.catalog import misnamed
from core.diagnostics import routing_codes
from core.edits.backend_edits import SwitchBackend
from core.edits.fixes.fix_base import DropInPlace, Fix, SetInPlace, place_of
from core.edits.fixes.key_fixes import key_or_value
from core.edits.intent import EditLayer, Intent
from core.edits.profile_edits import SetDefault, SwitchProfile
from core.edits.route_edits import DeleteRoute, MoveRoute, RenamePattern, RetargetRoute
from core.entities import Path
from core.probes.client_call import backend_calls
from core.problems import Problem
from core.routing import DEFAULT, FALLBACK, INTERNAL, pattern_matches
from core.suggest import difference, near
from core.variables import State


def unknown_profile(report: Report, problem: Problem) -> Iterator[Fix]:
    """An active profile that does not exist: the near one, or the only one there is."""
    profiles = report.catalog.profiles
    suggestions = near(str(problem.subject), profiles) or (tuple(profiles) if len(profiles) == 1 else ())
    for name in suggestions:
        yield Fix(SwitchProfile(name), f"make `{name}` the active profile")


def invalid(report: Report, problem: Problem) -> Iterator[Fix]:
    """Fixes of what a release refuses in `routing_profiles.toml`."""
    source, path = place_of(report, problem) or (None, ())
    if source is None:
        return
    if problem.subject == "description" and len(path) == 2 and report.catalog.tree.routing.stack(path):
        at: Path = (*path, "description")
        others = report.catalog.profiles
        if not report.catalog.tree.routing.stack(at) and not any(difference(str(path[1]), name) for name in others):
            text = f"Routing profile {path[1]}"
            intent = SetInPlace(source.path, at, text, f"describe profile {path[1]}")
            yield Fix(intent, f'write description = "{text}"')
        return
    yield from key_or_value(report, problem)


def duplicate(report: Report, problem: Problem) -> Iterator[Fix]:
    """Remove the optional one of two identical routes."""
    source, path = place_of(report, problem) or (None, ())
    if source is None or len(path) != 4:
        return
    profile = report.catalog.profiles[str(path[1])]
    targets = {route.backend for route in (*profile.routes, *profile.optional_routes) if route.pattern == path[3]}
    if len(targets) == 1:
        yield Fix(DropInPlace(source.path, path), f"remove `{path[3]}` from the optional routes")


def dead_end(report: Report, problem: Problem) -> Iterator[Fix]:
    """A route or a default to a disabled or missing backend, or that does not declare the model."""
    if problem.subject and misnamed(report.catalog, problem.subject):
        return  # the fix is that of the header or file of the backend
    path = problem.location.path if problem.location is not None else ()
    profile = report.catalog.profile
    if profile is None or path[:2] != ("profiles", profile.name):
        return
    pattern = str(path[3]) if len(path) == 4 else None
    backend = str(problem.subject)
    for name in (
        near(backend, report.catalog.backends) if problem.diagnostic is routing_codes.ROUTE_BACKEND_UNKNOWN else ()
    ):
        if not _harms(report, pattern, name):
            yield Fix(_send(profile.name, pattern, name), f"send it to `{name}`")
    if (
        problem.diagnostic is routing_codes.ROUTE_BACKEND_OFF
        and backend in report.catalog.backends
        and _is_ready(report, backend)
    ):
        yield Fix(SwitchBackend(backend, True), f"turn `{backend}` on")
    for name in _able(report, pattern):
        if name != backend and not _harms(report, pattern, name):
            yield Fix(_send(profile.name, pattern, name), f"send it to `{name}`, an enabled backend")
    if pattern is not None:
        yield Fix(DeleteRoute(profile.name, pattern), f"delete the route `{pattern}`")
    else:
        yield Fix(SetDefault(profile.name, None), "remove the default")


def _send(profile: str, pattern: str | None, backend: str) -> Intent:
    return RetargetRoute(profile, pattern, backend) if pattern is not None else SetDefault(profile, backend)


def _is_ready(report: Report, backend: str) -> bool:
    """Whether a backend could work if it were on: its file declares models, its variables are set, its calls work."""
    catalog = report.catalog
    if not any(spec.usable for spec in catalog.specs_by_backend.get(backend, ())) or backend in catalog.remote:
        return False
    if not all(call.possible for _, call in backend_calls(catalog, catalog.parts[backend])):
        return False
    return all(catalog.environment.variable(name).state is State.SET for name in catalog.variables_of(backend))


def _able(report: Report, pattern: str | None) -> list[str]:
    """The enabled backends that declare models of a pattern, those with the most first."""
    counts: Counter[str] = Counter()
    enabled = report.catalog.enabled
    for handle, specs in report.catalog.declared.items():
        if pattern is None or pattern_matches(pattern, handle):
            counts.update({spec.backend for spec in specs if spec.backend in enabled})
    return [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], enabled.index(item[0])))][:2]


def _harms(report: Report, pattern: str | None, backend: str) -> bool:
    """Whether a backend's calls fail, or a model that is served now would go to it though it does not declare it."""
    if any(name == backend and not call.possible for (name, _), call in report.resolver.calls.items()):
        return True
    declared = {spec.handle for spec in report.catalog.specs_by_backend.get(backend, ())}
    for (model_type, handle), spec in report.serving.served.items():
        if handle in declared or spec.backend == backend:
            continue
        result = report.serving.assignment(model_type, handle)
        by_default = result is not None and result.method in (DEFAULT, FALLBACK, INTERNAL)
        if by_default if pattern is None else pattern_matches(pattern, handle):
            return True
    return False


def never_wins(report: Report, problem: Problem) -> Iterator[Fix]:
    """Delete a shadowed route, or move it before the route that shadows it."""
    profile = report.catalog.profile
    path = problem.location.path if problem.location is not None else ()
    if profile is None or len(path) != 4:
        return
    pattern = str(path[3])
    yield Fix(DeleteRoute(profile.name, pattern), f"delete `{pattern}`, which matches nothing here")
    backend = next((route.backend for route in profile.routes if route.pattern == pattern), "")
    if path[2] == "routes" and not _harms(report, pattern, backend):
        before = MoveRoute(profile.name, pattern, "first")
        yield Fix(before, f"put `{pattern}` first, so that it wins")


def takes_nothing(report: Report, problem: Problem) -> Iterator[Fix]:
    """Correct or delete a route that matches no model."""
    profile = report.catalog.profile
    path = problem.location.path if problem.location is not None else ()
    if profile is None or len(path) != 4:
        return
    pattern = str(path[3])
    routes = {route.pattern: route.backend for route in (*profile.routes, *profile.optional_routes)}
    if "*" not in pattern:
        declared = [spec.handle for spec in report.catalog.specs_by_backend.get(routes.get(pattern, ""), ())]
        for name in near(pattern, declared):
            if name not in routes:
                yield Fix(RenamePattern(profile.name, pattern, name), f"let it match `{name}`")
    yield Fix(DeleteRoute(profile.name, pattern), f"delete the route `{pattern}`")


def unknown_fallback(report: Report, problem: Problem) -> Iterator[Fix]:
    """A name in `fallback_order` that is no backend."""
    source, path = place_of(report, problem) or (None, ())
    profile = report.catalog.profile
    if source is None or profile is None or not isinstance(path[-1], int):
        return
    for name in near(str(problem.subject), report.catalog.backends):
        if name not in (profile.fallback_order or ()):
            intent = SetInPlace(source.path, path, name, f"write {name} in the fallback order")
            yield Fix(intent, f"write `{name}`", EditLayer.BASE)
    yield Fix(DropInPlace(source.path, path), f"remove `{problem.subject}` from the order", EditLayer.BASE)
