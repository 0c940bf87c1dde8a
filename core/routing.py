"""Routing: which backend a profile sends a model's name to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from operator import eq
from typing import Final, Literal, TypeAlias

from core.entities import Place, Profile, Route
from core.patterns import Patterns
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
_FEW_NEW = 16
"""So many new patterns are tried on every name, rather than all of them."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a profile sends a name: the method, the pattern (for routes), the backend and where that stands."""

    method: RouteMethod
    pattern: str | None
    backend: str
    place: Place
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """A route that takes a name too but did not win, and why."""

    route: Route
    why: str


def pattern_matches(pattern: str, name: str) -> bool:
    """Whether a route's pattern takes a name. The same in all releases.

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
    """The routes of one profile, indexed so that a name finds its routes without trying each."""

    def __init__(self, profile: Profile, enabled: Sequence[str], behaviours: Behaviours) -> None:
        self.profile = profile
        self.enabled = tuple(enabled)
        self.behaviours = behaviours
        self._on = frozenset(enabled)
        self._exact: dict[str, list[int]] = {}
        self._prefix: dict[str, list[int]] = {}
        self._suffix: dict[str, list[int]] = {}
        self._contains: list[tuple[str, int]] = []
        self._taking: dict[str, list[int]] = {}
        self.entries: tuple[Route, ...] = profile.routes
        if behaviours.optional_routes == "live":
            self.entries += profile.optional_routes
        for index, route in enumerate(self.entries):
            self._file(route.pattern, index)
        self._earlier: RouteTable | None = None
        self._moved: Mapping[int, int] = {}
        self._new: Sequence[int] = ()

    def learn(self, earlier: RouteTable) -> None:
        """Take over what an earlier table knows of names, where only few patterns are new."""
        if self.same_patterns(earlier):
            self._taking = earlier._taking
            known = earlier.__dict__.get("_covered")
            alike = map(self.live, self.entries), map(earlier.live, earlier.entries)
            if known is not None and all(map(eq, *alike)):
                self.__dict__["_covered"] = known
            return
        there = {(route.pattern, route.optional): index for index, route in enumerate(self.entries)}
        before = {(route.pattern, route.optional): index for index, route in enumerate(earlier.entries)}
        new = [index for key, index in there.items() if key not in before]
        if len(new) > _FEW_NEW or len(there) != len(self.entries) or len(before) != len(earlier.entries):
            return
        earlier._earlier = None
        self._earlier, self._new = earlier, new
        self._moved = {index: there[key] for key, index in before.items() if key in there}

    def same_patterns(self, earlier: RouteTable) -> bool:
        """Whether the routes have the same patterns in the same order, wherever they lead."""
        pairs = zip(self.entries, earlier.entries, strict=False)
        return len(self.entries) == len(earlier.entries) and all(
            one.pattern == other.pattern and one.optional == other.optional for one, other in pairs
        )

    def _file(self, pattern: str, index: int) -> None:
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

    def taking(self, name: str) -> list[int]:
        """The indexes of all entries whose pattern takes a name, in file order."""
        found = self._taking.get(name)
        if found is None:
            found = self._taking[name] = self._find(name)
        return found

    def _find(self, name: str) -> list[int]:
        earlier = self._earlier
        known = earlier._taking.get(name) if earlier is not None else None
        if known is not None:
            still = [self._moved[index] for index in known if index in self._moved]
            return sorted(still + [index for index in self._new if pattern_matches(self.entries[index].pattern, name)])
        found = set(self._exact.get(name, ()))
        size = len(name)
        for length in self._prefix_lengths:
            if length > size:
                break
            found.update(self._prefix.get(name[:length], ()))
        for length in self._suffix_lengths:
            if length > size:
                break
            found.update(self._suffix.get(name[size - length :], ()))
        found.update(index for part, index in self._contains if part in name)
        return sorted(found)

    @cached_property
    def fallback(self) -> tuple[str, ...]:
        """The backends of the profile's fallback order that are on."""
        return tuple(backend for backend in self.profile.fallback_order or () if backend in self._on)

    @cached_property
    def fallback_then_others(self) -> tuple[str, ...]:
        """The fallback order, then every other backend that is on, in file order."""
        return (*self.fallback, *(backend for backend in self.enabled if backend not in self.fallback))

    @cached_property
    def default(self) -> Match | None:
        """The profile's default: from 0.15 on the first that is enabled of `default` and `fallback_order`."""
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
        """Where the profile sends a name: an exact entry wherever it stands, the first pattern, or the default."""
        candidates = [index for index in self.taking(name) if self.live(self.entries[index])]
        for index in candidates:
            route = self.entries[index]
            if route.pattern == name:
                return Match(EXACT, route.pattern, route.backend, route.place, route.optional)
        for index in candidates:
            route = self.entries[index]
            return Match(PATTERN, route.pattern, route.backend, route.place, route.optional)
        return self.default

    @property
    def covered(self) -> tuple[tuple[Route, Route], ...]:
        """The patterns that can never win, each with the earlier one that takes its every name."""
        return tuple((self.entries[one], self.entries[other]) for one, other in self._covered)

    @cached_property
    def _covered(self) -> tuple[tuple[int, int], ...]:
        earlier = Patterns()
        numbers: list[int] = []
        found: list[tuple[int, int]] = []
        for number, route in enumerate(self.entries):
            if not self.live(route):
                continue
            if is_pattern(route.pattern):
                cover = earlier.covering(route.pattern)
                if cover is not None:
                    found.append((number, numbers[cover]))
            numbers.append(number)
            earlier.add(route.pattern)
        return tuple(found)

    def lost(self, name: str) -> Iterator[Lost]:
        """The routes that take a name but did not win, in file order, each with the reason."""
        won = self.match(name)
        for index in self.taking(name):
            route = self.entries[index]
            if won is not None and won.place == route.place:
                continue
            if not self.live(route):
                yield Lost(route, f"backend {route.backend} is off")
            elif won is not None and won.method == EXACT:
                yield Lost(route, "an exact route wins over patterns")
            else:
                yield Lost(route, "an earlier pattern takes the name")


def is_pattern(pattern: str) -> bool:
    """Whether a route takes more than the one name that it reads."""
    return "*" in (pattern[:1], pattern[-1:])
