"""Patterns in order, filed so that the first one that covers another is found without trying each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


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
        found: list[int] = []
        if len(pattern) >= 2 and pattern[0] == pattern[-1] == "*":
            fixed = pattern[1:-1]
        elif pattern.startswith("*"):
            fixed = pattern[1:]
            found += _in(self._suffixes, (fixed[start:] for start in range(len(fixed) + 1)))
        else:
            fixed = pattern[:-1]
            found += _in(self._prefixes, (fixed[:end] for end in range(len(fixed) + 1)))
        if len(self._contained) <= len(fixed) ** 2 + 1:
            found += [number for part, number in self._contained.items() if part in fixed]
        else:
            ends = range(len(fixed) + 1)
            found += _in(self._contained, (fixed[start:end] for start in ends for end in ends[start:]))
        return min(found) if found else None


def _in(filed: Mapping[str, int], parts: Iterable[str]) -> list[int]:
    return [filed[part] for part in parts if part in filed] if filed else []
