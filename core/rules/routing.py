"""Rules about routing: routes that never win, patterns that drop models, backends without a route."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics import routing_codes
from core.files.source import Source
from core.formatting import counted
from core.problems import Problem, Severity
from core.routing import PATTERN, Match
from core.rules.context import RuleContext, depends_on, problem
from core.suggest import did_you_mean

_SHOWN = 5
_MAX_SUGGESTIONS = 500
"""Routes for which a similar name is looked up: each lookup compares with every name of the tree."""


@depends_on(lambda context: (context.catalog.routes,))
def hidden_routes(context: RuleContext) -> Iterator[Problem]:
    """A pattern never wins if a preceding pattern matches all its names."""
    table = context.catalog.routes
    if table is None:
        return
    for route, cover in table.covered:
        yield problem(
            routing_codes.ROUTE_NEVER_WINS,
            f"route `{route.pattern}` -> {route.backend} can never win: `{cover.pattern}` comes first"
            " and matches every such name",
            route.place,
            fix=f"move `{route.pattern}` above `{cover.pattern}`, or remove it",
            subject=route.pattern,
        )


def _unread_models(context: RuleContext) -> dict[str, Source]:
    """The model files that could not be read, by backend."""
    return {name: source for name, source in context.catalog.tree.specs.items() if not source.readable}


@depends_on(
    lambda context: (
        context.catalog.routes,
        context.catalog.remote,
        context.catalog.models,
        *_unread_models(context).values(),
    )
)
def idle_routes(context: RuleContext) -> Iterator[Problem]:
    """A route that matches no declared name has no effect; one to a backend whose models are unread may match some."""
    table = context.catalog.routes
    if table is None:
        return
    unread = _unread_models(context)
    busy: set[int] = set()
    for handle in context.catalog.declared:
        busy.update(table.matching(handle))
    reported = 0
    for index, route in enumerate(table.entries):
        if index in busy or not table.live(route) or context.catalog.remote or route.backend in unread:
            continue
        reported += 1
        inner = "*" in route.pattern[1:-1]
        hint = "a `*` counts only as the first or last character" if inner else ""
        near = did_you_mean(route.pattern, context.catalog.declared) if reported <= _MAX_SUGGESTIONS else ""
        yield problem(
            routing_codes.ROUTE_MATCHES_NOTHING,
            f"route `{route.pattern}` -> {route.backend} matches no model that any backend declares",
            route.place,
            severity=Severity.WARNING if inner else Severity.INFO,
            fix=hint or near or "remove it, or fix the pattern",
            subject=route.pattern,
        )


@depends_on(lambda context: (context.catalog.routes, context.catalog.remote, context.serving.assignments))
def dropped_models(context: RuleContext) -> Iterator[Problem]:
    """Models that a pattern or the default sends to a backend without them: no backend serves them."""
    by_route: dict[tuple[str | None, str], tuple[Match, list[str]]] = {}
    for (_type, handle), assignment in context.serving.assignments.items():
        match = assignment.match
        if assignment.backend is not None or match is None or assignment.refused:
            continue
        if match.backend not in context.catalog.remote:
            by_route.setdefault((match.pattern, match.backend), (match, []))[1].append(handle)
    for match, handles in by_route.values():
        yield _dropped(match, handles, context.catalog.active)


def _dropped(match: Match, handles: list[str], profile: str | None) -> Problem:
    pattern, backend = match.pattern, match.backend
    shown = ", ".join(handles[:_SHOWN]) + (f" and {len(handles) - _SHOWN} more" if len(handles) > _SHOWN else "")
    them = "it" if len(handles) == 1 else "them"
    if match.method == PATTERN:
        count = counted(len(handles), "model")
        message = f"route `{pattern}` sends {count} to `{backend}`, which does not declare {them}: {shown}"
        fix = "narrow the pattern, or send it to the backend that declares them"
    else:
        count = counted(len(handles), "model of backends that are on is", "models of backends that are on are")
        message = f"{count} not served: the default sends {them} to `{backend}`, which does not declare {them}: {shown}"
        fix = f"add a route for {them}, or a fallback_order to the profile"
    return problem(
        routing_codes.ROUTE_DROPS_MODELS,
        message,
        match.place,
        fix=fix,
        cause=f"route {pattern}" if pattern is not None else f"default of profile {profile}",
        subject=pattern or backend,
    )


def unused_backends(context: RuleContext) -> Iterator[Problem]:
    """An enabled backend, with its required variables, that serves no model."""
    used = {spec.backend for spec in context.serving.served.values()}
    catalog = context.catalog
    if catalog.profile is None:
        return
    for name in catalog.enabled:
        if name not in used and name not in catalog.remote and catalog.specs_by_backend.get(name):
            yield problem(
                routing_codes.BACKEND_UNUSED,
                f"backend `{name}` is on, but profile `{catalog.active}` sends no model to it",
                catalog.backends[name].place,
                fix=f"turn `{name}` off, or add a route or a fallback_order that reaches it",
                subject=name,
            )


def fallback_names(context: RuleContext) -> Iterator[Problem]:
    """Pipelex ignores names in a `fallback_order` that are not backends."""
    profile = context.catalog.profile
    if profile is None or context.catalog.backends_unread is not None:
        return
    for index, name in enumerate(profile.fallback_order or ()):
        if name not in context.catalog.backends:
            yield problem(
                routing_codes.FALLBACK_UNKNOWN,
                f"fallback_order names `{name}`, which backends.toml does not have: it is ignored",
                profile.place.at("fallback_order", index),
                fix=did_you_mean(name, context.catalog.backends) or "remove it",
                subject=name,
            )


def ignored_optional_routes(context: RuleContext) -> Iterator[Problem]:
    """From 0.15 to 0.36 optional routes are accepted and have no effect."""
    profile = context.catalog.profile
    if profile is not None and profile.optional_routes and context.catalog.behaviours.optional_routes == "ignored":
        yield problem(
            routing_codes.OPTIONAL_ROUTES_IGNORED,
            f"optional_routes of profile `{profile.name}` have no effect in {context.catalog.release}",
            profile.place.at("optional_routes"),
            fix="they work from 0.37 on; until then write them as routes",
            subject=profile.name,
        )


RULES = (
    hidden_routes,
    idle_routes,
    dropped_models,
    unused_backends,
    fallback_names,
    ignored_optional_routes,
)
