"""Rules about routing: routes that can never win, patterns that drop models, backends nothing goes to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from core.diagnostics import routing_codes
from core.problems import Problem, Severity
from core.resolution import Resolution, Resolver
from core.routing import PATTERN, Match
from core.rules.kept import Kept, looks_at
from core.rules.making import problem
from core.suggest import did_you_mean

_SHOWN = 5
_MOST_GUESSES = 500
"""Looking for a name that is near costs; among so many routes nobody misses it."""


@looks_at(lambda resolver: (resolver.catalog.routes,))
def hidden_routes(resolver: Resolver, _: tuple[Resolution, ...], __: Kept) -> Iterator[Problem]:
    """A pattern whose every name an earlier pattern takes can never win."""
    table = resolver.catalog.routes
    if table is None:
        return
    for route, cover in table.covered:
        yield problem(
            routing_codes.ROUTE_NEVER_WINS,
            f"route `{route.pattern}` -> {route.backend} can never win: `{cover.pattern}` stands before it"
            " and takes every such name",
            route.place,
            fix=f"move `{route.pattern}` above `{cover.pattern}`, or remove it",
            subject=route.pattern,
        )


@looks_at(lambda resolver: (resolver.catalog.routes, resolver.catalog.remote, resolver.models()))
def idle_routes(resolver: Resolver, _: tuple[Resolution, ...], __: Kept) -> Iterator[Problem]:
    """A route that takes no name that any backend declares does nothing."""
    table = resolver.catalog.routes
    if table is None:
        return
    busy: set[int] = set()
    for handle in resolver.catalog.declared:
        busy.update(table.taking(handle))
    told = 0
    for index, route in enumerate(table.entries):
        if index in busy or not table.live(route) or resolver.catalog.remote:
            continue
        told += 1
        inner = "*" in route.pattern[1:-1]
        hint = "a `*` counts only as the first or last character" if inner else ""
        near = did_you_mean(route.pattern, resolver.catalog.declared) if told <= _MOST_GUESSES else ""
        yield problem(
            routing_codes.ROUTE_MATCHES_NOTHING,
            f"route `{route.pattern}` -> {route.backend} takes no model that any backend declares",
            route.place,
            severity=Severity.WARNING if inner else Severity.INFO,
            fix=hint or near or "remove it, or mend the pattern",
            subject=route.pattern,
        )


@looks_at(lambda resolver: (resolver.catalog.routes, resolver.catalog.remote, resolver.serving.assignments))
def dropped_models(resolver: Resolver, _: tuple[Resolution, ...], kept: Kept) -> Iterator[Problem]:
    """Models that a pattern or the default sends to a backend which does not declare them: nobody serves them."""
    by_route: dict[tuple[str | None, str], list[str]] = {}
    matches: dict[tuple[str | None, str], Match] = {}
    remote = resolver.catalog.remote
    for (_type, handle), found in resolver.serving.assignments.items():
        match = found.match
        if found.backend is not None or match is None or found.refused or match.backend in remote:
            continue
        key = (match.pattern, match.backend)
        by_route.setdefault(key, []).append(handle)
        matches[key] = match
    for key, handles in by_route.items():
        match = matches[key]
        what = (match.place.document, *match.place.path, match.method, *handles)
        yield kept.found(key, what, partial(_dropped, resolver, match, handles))


def _dropped(resolver: Resolver, match: Match, handles: list[str], *_: object) -> Problem:
    pattern, backend = match.pattern, match.backend
    shown = ", ".join(handles[:_SHOWN]) + (f" and {len(handles) - _SHOWN} more" if len(handles) > _SHOWN else "")
    if match.method == PATTERN:
        message = f"route `{pattern}` sends {_count(handles)} to `{backend}`, which does not declare them: {shown}"
        fix = "narrow the pattern, or send it to the backend that declares them"
    else:
        message = (
            f"{_count(handles)} of backends that are on are not served: the default sends them to `{backend}`,"
            f" which does not declare them: {shown}"
        )
        fix = "add a route for them, or a fallback_order to the profile"
    return problem(
        routing_codes.ROUTE_DROPS_MODELS,
        message,
        match.place,
        fix=fix,
        cause=f"route {pattern}" if pattern is not None else f"default of profile {resolver.catalog.active}",
        subject=pattern or backend,
    )


def _count(handles: list[str]) -> str:
    return "1 model" if len(handles) == 1 else f"{len(handles)} models"


def unused_backends(resolver: Resolver, _: tuple[Resolution, ...], __: Kept) -> Iterator[Problem]:
    """A backend that is on, and costs its variables, though no model is served by it."""
    used = {spec.backend for spec in resolver.serving.served.values()}
    catalog = resolver.catalog
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


def fallback_names(resolver: Resolver, _: tuple[Resolution, ...], __: Kept) -> Iterator[Problem]:
    """Names in a `fallback_order` that are no backends are ignored by Pipelex."""
    profile = resolver.catalog.profile
    if profile is None:
        return
    for index, name in enumerate(profile.fallback_order or ()):
        if name not in resolver.catalog.backends:
            yield problem(
                routing_codes.FALLBACK_UNKNOWN,
                f"fallback_order names `{name}`, which backends.toml does not have: it is ignored",
                profile.place.at("fallback_order", index),
                fix=did_you_mean(name, resolver.catalog.backends) or "remove it",
                subject=name,
            )


def ignored_optional_routes(resolver: Resolver, _: tuple[Resolution, ...], __: Kept) -> Iterator[Problem]:
    """From 0.15 to 0.36 optional routes are accepted and do nothing."""
    profile = resolver.catalog.profile
    if profile is not None and profile.optional_routes and resolver.catalog.behaviours.optional_routes == "ignored":
        yield problem(
            routing_codes.OPTIONAL_ROUTES_IGNORED,
            f"optional_routes of profile `{profile.name}` have no effect in {resolver.catalog.release}",
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
