"""Routing: the backend that a profile sends a model name to, and whether that backend serves it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress, count
from operator import is_not
from typing import Final, Literal, TypeAlias

from core.entities import Place, Profile, Route
from core.errors import Condition
from core.records import dataclass
from core.releases import Behaviours

RouteMethod: TypeAlias = Literal["exact", "pattern", "optional", "default", "fallback", "internal"]
EXACT: Final = "exact"
PATTERN: Final = "pattern"
OPTIONAL: Final = "optional"
DEFAULT: Final = "default"
FALLBACK: Final = "fallback"
INTERNAL: Final = "internal"
INTERNAL_BACKEND = "internal"


@dataclass(frozen=True, slots=True)
class Match:
    """The target of a name: the method, the pattern (for routes), the backend and its location."""

    method: RouteMethod
    pattern: str | None
    backend: str
    place: Place
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """A route that matches a name too but did not win, and the reason."""

    route: Route
    reason: str


def pattern_matches(pattern: str, name: str) -> bool:
    """Whether a route's pattern matches a name. The same in all releases.

    Case-sensitive; a `*` counts only as the first or the last character: `x*`, `*x`, `*x*` and `*`. Everything else,
    an inner `*` included, is literal.
    """
    if pattern == "*":
        return True
    if len(pattern) >= 2 and pattern[0] == "*" and pattern[-1] == "*":
        return pattern[1:-1] in name
    if pattern.startswith("*"):
        return name.endswith(pattern[1:])
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    return pattern == name


class RouteTable:
    """The routes of one profile, indexed by exact name, prefix and suffix."""

    def __init__(
        self, profile: Profile, enabled: Sequence[str], behaviours: Behaviours, previous: RouteTable | None = None
    ) -> None:
        """`previous` is a table of the same tree: where it has the same patterns, its matches are shared."""
        self.profile = profile
        self.enabled = tuple(enabled)
        self.behaviours = behaviours
        self._on = frozenset(enabled)
        self.entries: tuple[Route, ...] = profile.routes
        if behaviours.optional_routes == "live":
            self.entries += profile.optional_routes
        self._exact: dict[str, list[int]] = {}
        self._prefix: dict[str, list[int]] = {}
        self._suffix: dict[str, list[int]] = {}
        self._contains: list[tuple[str, int]] = []
        for index, route in enumerate(self.entries):
            self._index(route.pattern, index)
        shared = previous if previous is not None and self._same_patterns(previous) else None
        self._matches: dict[str, list[int]] = shared._matches if shared is not None else {}
        self._shadowed: list[tuple[int, int]] | None = None
        if shared is not None and list(map(self.live, self.entries)) == list(map(shared.live, shared.entries)):
            self._shadowed = shared._shadowed

    def changed(self, other: RouteTable) -> frozenset[int] | None:
        """The indexes of the routes that differ; None where more than the backends of routes does."""
        before, after = self.profile, other.profile
        if self._matches is not other._matches or self.enabled != other.enabled:
            return None
        if before.place.document is not after.place.document or before.name != after.name:
            return None
        if (before.default, before.fallback_order) != (after.default, after.fallback_order):
            return None
        return frozenset(compress(count(), map(is_not, self.entries, other.entries)))

    def _same_patterns(self, other: RouteTable) -> bool:
        return [(route.pattern, route.optional) for route in self.entries] == [
            (route.pattern, route.optional) for route in other.entries
        ]

    def _index(self, pattern: str, index: int) -> None:
        self._exact.setdefault(pattern, []).append(index)
        if pattern == "*":
            self._contains.append(("", index))
        elif len(pattern) >= 2 and pattern[0] == "*" and pattern[-1] == "*":
            self._contains.append((pattern[1:-1], index))
        elif pattern.startswith("*"):
            self._suffix.setdefault(pattern[1:], []).append(index)
        elif pattern.endswith("*"):
            self._prefix.setdefault(pattern[:-1], []).append(index)

    @cached_property
    def _prefix_lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(prefix) for prefix in self._prefix}))

    @cached_property
    def _suffix_lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(suffix) for suffix in self._suffix}))

    def live(self, route: Route) -> bool:
        """Whether a route takes part in matching."""
        if route.optional or self.behaviours.disabled_routes_skipped:
            return route.backend in self._on
        return True

    def matching(self, name: str) -> list[int]:
        """The indexes of all entries whose pattern matches a name, in file order."""
        indexes = self._matches.get(name)
        if indexes is None:
            indexes = self._matches[name] = self._find(name)
        return indexes

    def _find(self, name: str) -> list[int]:
        indexes = set(self._exact.get(name, ()))
        size = len(name)
        for length in self._prefix_lengths:
            if length > size:
                break
            indexes.update(self._prefix.get(name[:length], ()))
        for length in self._suffix_lengths:
            if length > size:
                break
            indexes.update(self._suffix.get(name[size - length :], ()))
        indexes.update(index for part, index in self._contains if part in name)
        return sorted(indexes)

    @cached_property
    def fallback(self) -> tuple[str, ...]:
        """The enabled backends of the profile's fallback order."""
        return tuple(backend for backend in self.profile.fallback_order or () if backend in self._on)

    @cached_property
    def fallback_then_others(self) -> tuple[str, ...]:
        """The fallback order, then every other enabled backend, in file order."""
        return (*self.fallback, *(backend for backend in self.enabled if backend not in self.fallback))

    @cached_property
    def default(self) -> Match | None:
        """The profile's default; from 0.15 on the first enabled backend of `default` and `fallback_order`."""
        profile = self.profile
        if not self.behaviours.disabled_routes_skipped:
            return Match(DEFAULT, None, profile.default, profile.default_place) if profile.default else None
        if profile.default and profile.default in self._on:
            return Match(DEFAULT, None, profile.default, profile.default_place)
        for index, backend in enumerate(profile.fallback_order or ()):
            if backend in self._on:
                return Match(DEFAULT, None, backend, profile.place.at("fallback_order", index))
        return None

    def match(self, name: str) -> Match | None:
        """The target of a name: an exact entry at any position, else the first pattern, else the default."""
        routes = [self.entries[index] for index in self.matching(name) if self.live(self.entries[index])]
        if not routes:
            return self.default
        route = next((route for route in routes if route.pattern == name), routes[0])
        method: RouteMethod = EXACT if route.pattern == name else PATTERN
        return Match(method, route.pattern, route.backend, route.place, route.optional)

    @property
    def covered(self) -> tuple[tuple[Route, Route], ...]:
        """The patterns that can never win, each with the preceding pattern that matches all its names."""
        if self._shadowed is None:
            self._shadowed = list(self._find_shadowed())
        return tuple((self.entries[index], self.entries[cover]) for index, cover in self._shadowed)

    def _find_shadowed(self) -> Iterator[tuple[int, int]]:
        patterns = Patterns()
        indexes: list[int] = []
        for index, route in enumerate(self.entries):
            if not self.live(route):
                continue
            if is_pattern(route.pattern):
                cover = patterns.covering(route.pattern)
                if cover is not None:
                    yield index, indexes[cover]
            indexes.append(index)
            patterns.add(route.pattern)

    def lost(self, name: str) -> Iterator[Lost]:
        """The routes that match a name but did not win, in file order, each with the reason."""
        won = self.match(name)
        for index in self.matching(name):
            route = self.entries[index]
            if won is not None and won.place == route.place:
                continue
            if not self.live(route):
                yield Lost(route, f"backend {route.backend} is off")
            elif won is not None and won.method == EXACT:
                yield Lost(route, "an exact route wins over patterns")
            else:
                yield Lost(route, "a preceding pattern takes the name")


def is_pattern(pattern: str) -> bool:
    """Whether a route can match more than one name."""
    return "*" in (pattern[:1], pattern[-1:])


@dataclass(frozen=True, slots=True)
class Assignment:
    """The result of routing one declared name: the serving backend and the method, or the reason why there is none."""

    backend: str | None
    match: Match | None
    method: RouteMethod | None
    reason: str = ""
    refused: Condition | None = None
    """The load condition that this name violates, where the release refuses to start because of it."""
    place: Place | None = None


def assign(
    name: str,
    table: RouteTable,
    declares: Collection[str],
    enabled: Sequence[str],
    behaviours: Behaviours,
    any_type: Collection[str] = (),
) -> Assignment:
    """Decide which backend serves a name.

    `declares` holds the enabled backends that declare it as this model type, in file order; `enabled` all enabled
    backends in file order; `any_type` the backends that declare the name as any type.
    """
    match = table.match(name)
    if match is None:
        if behaviours.unrouted_to_internal and INTERNAL_BACKEND in declares:
            return Assignment(INTERNAL_BACKEND, None, INTERNAL, place=table.profile.place)
        return Assignment(None, None, None, "no route takes it and the profile has no enabled default")
    method: RouteMethod = OPTIONAL if match.optional else match.method
    if match.backend not in enabled:
        return Assignment(
            None, match, method, f"it is sent to `{match.backend}`, which is not on", Condition.ROUTE_BACKEND
        )
    if match.backend in declares:
        return Assignment(match.backend, match, method, place=match.place)
    if match.method == EXACT:
        refused = behaviours.exact_miss == "error" or match.backend not in any_type
        return Assignment(
            None,
            match,
            method,
            f"the route sends it to `{match.backend}`, which does not declare it",
            Condition.EXACT_MISS if refused else None,
        )
    if match.method == PATTERN:
        return Assignment(
            None, match, method, f"route `{match.pattern}` sends it to `{match.backend}`, which does not declare it"
        )
    return _default_missed(match, table, declares, behaviours)


def _default_missed(
    match: Match,
    table: RouteTable,
    declares: Collection[str],
    behaviours: Behaviours,
) -> Assignment:
    """The result where the default backend does not declare a name: the fallbacks of the release, in order."""
    profile = table.profile
    order = table.fallback
    rule = behaviours.default_miss
    candidates: Iterable[str]
    if rule == "other backends" or (rule == "order then others" and not order):
        candidates = declares
    elif order:
        candidates = table.fallback_then_others
    elif rule == "order or internal" and INTERNAL_BACKEND in declares:
        return Assignment(INTERNAL_BACKEND, match, INTERNAL, place=match.place)
    else:
        candidates = ()
    for backend in candidates:
        if backend in declares:
            place = profile.place.at("fallback_order") if order else match.place
            return Assignment(backend, match, FALLBACK, place=place)
    return Assignment(
        None, match, DEFAULT, f"the profile's default sends it to `{match.backend}`, which does not declare it"
    )


# ---- covered patterns


class Patterns:
    """Patterns of routes, numbered in the order in which they were added."""

    def __init__(self) -> None:
        self._count = 0
        self._prefixes: dict[str, int] = {}
        self._suffixes: dict[str, int] = {}
        self._contained: dict[str, int] = {}

    def add(self, pattern: str) -> None:
        """File a pattern. One without a `*` at an end covers no other pattern."""
        number = self._count
        self._count += 1
        if pattern == "*":
            self._contained.setdefault("", number)
        elif len(pattern) >= 2 and pattern[0] == pattern[-1] == "*":
            self._contained.setdefault(pattern[1:-1], number)
        elif pattern.startswith("*"):
            self._suffixes.setdefault(pattern[1:], number)
        elif pattern.endswith("*"):
            self._prefixes.setdefault(pattern[:-1], number)

    def covering(self, pattern: str) -> int | None:
        """The number of the first pattern that takes every name which this one takes; None when none does."""
        indexes: list[int] = []
        if len(pattern) >= 2 and pattern[0] == pattern[-1] == "*":
            fixed = pattern[1:-1]
        elif pattern.startswith("*"):
            fixed = pattern[1:]
            indexes += _in(self._suffixes, (fixed[start:] for start in range(len(fixed) + 1)))
        else:
            fixed = pattern[:-1]
            indexes += _in(self._prefixes, (fixed[:end] for end in range(len(fixed) + 1)))
        if len(self._contained) <= len(fixed) ** 2 + 1:
            indexes += [number for part, number in self._contained.items() if part in fixed]
        else:
            ends = range(len(fixed) + 1)
            indexes += _in(self._contained, (fixed[start:end] for start in ends for end in ends[start:]))
        return min(indexes) if indexes else None


def _in(filed: Mapping[str, int], parts: Iterable[str]) -> list[int]:
    return [filed[part] for part in parts if part in filed] if filed else []
