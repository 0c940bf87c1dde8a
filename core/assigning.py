"""Assigning: which backend ends up serving a name that a profile sends somewhere, or why none does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.entities import Place
from core.records import dataclass
from core.releases import Behaviours
from core.routing import (
    DEFAULT,
    EXACT,
    FALLBACK,
    INTERNAL,
    INTERNAL_BACKEND,
    OPTIONAL,
    PATTERN,
    Match,
    RouteMethod,
    RouteTable,
)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What routing makes of one declared name: who serves it and how, or why nobody does."""

    backend: str | None
    match: Match | None
    method: RouteMethod | None
    reason: str = ""
    refused: str | None = None
    """The condition under which the release refuses to start over this name, if it does."""
    place: Place | None = None


def assign(
    name: str,
    table: RouteTable,
    declares: Mapping[str, bool],
    known: Sequence[str],
    behaviours: Behaviours,
    anyhow: frozenset[str] = frozenset(),
) -> Assignment:
    """Decide who serves a name.

    `declares` holds the enabled backends that declare it (for the type asked), in file order; `known` all enabled
    backends in file order; `anyhow` those that declare the name under any type.
    """
    match = table.match(name)
    if match is None:
        if behaviours.unrouted_to_internal and INTERNAL_BACKEND in declares:
            return Assignment(INTERNAL_BACKEND, None, INTERNAL, place=table.profile.place)
        return Assignment(None, None, None, "no route takes it and the profile has no default that is on")
    method: RouteMethod = OPTIONAL if match.optional else match.method
    if match.backend not in known:
        return Assignment(None, match, method, f"it is sent to `{match.backend}`, which is not on", "route backend")
    if match.backend in declares:
        return Assignment(match.backend, match, method, place=match.place)
    if match.method == EXACT:
        refused = behaviours.exact_miss == "error" or match.backend not in anyhow
        return Assignment(
            None,
            match,
            method,
            f"the route sends it to `{match.backend}`, which does not declare it",
            "exact miss" if refused else None,
        )
    if match.method == PATTERN:
        return Assignment(
            None, match, method, f"route `{match.pattern}` sends it to `{match.backend}`, which does not declare it"
        )
    return _default_missed(match, table, declares, behaviours)


def _default_missed(
    match: Match,
    table: RouteTable,
    declares: Mapping[str, bool],
    behaviours: Behaviours,
) -> Assignment:
    """What a release tries when the default backend does not declare a name."""
    profile = table.profile
    order = table.fallback
    rule = behaviours.default_miss
    tried: Iterable[str]
    if rule == "other backends" or (rule == "order then others" and not order):
        tried = declares
    elif order:
        tried = table.fallback_then_others
    elif rule == "order or internal" and INTERNAL_BACKEND in declares:
        return Assignment(INTERNAL_BACKEND, match, INTERNAL, place=match.place)
    else:
        tried = ()
    for backend in tried:
        if backend in declares:
            place = profile.place.at("fallback_order") if order else match.place
            return Assignment(backend, match, FALLBACK, place=place)
    return Assignment(
        None, match, DEFAULT, f"the profile's default sends it to `{match.backend}`, which does not declare it"
    )
