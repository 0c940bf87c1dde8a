"""Shapes: the keys a table may hold, their types and bounds, as data; and the check of a table against them.

Pipelex validates strictly: no unknown keys and no coercion, except that an integer may stand where a float is expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import lru_cache

from core.entities import Path
from core.records import dataclass
from core.releases import Release, parse_release

Expectation = str | None
"""None when a value is fine, else what was expected, in words."""
Validator = Callable[[object], Expectation]


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that does not fit: where (below the table), what is there and what was expected."""

    path: Path
    found: object
    expected: str
    kind: str = "value"


@dataclass(frozen=True)
class Field:
    """One key of a table. `since` and `until` are the first and last release that know it."""

    name: str
    test: Validator
    required: bool = False
    since: str = "0.10"
    until: str = "9999"
    kind: str = "value"

    def exists_in(self, release: Release) -> bool:
        """Whether a release knows this key. `until` names a release or a whole minor series."""
        first, last = parse_release(self.since), _last(self.until)
        assert first is not None
        return first <= release <= last


@lru_cache(maxsize=256)
def _last(text: str) -> Release:
    if text.count(".") == 0:
        return Release(9999, 0, 0)
    release = parse_release(text)
    assert release is not None
    return release if text.count(".") == 2 else Release(release.major, release.minor, 999_999)


def text(value: object) -> Expectation:
    """Any text."""
    return None if isinstance(value, str) else "a text"


def filled_text(value: object) -> Expectation:
    """Text that is not empty."""
    return None if isinstance(value, str) and value else "a text that is not empty"


def boolean(value: object) -> Expectation:
    """True or false, nothing like it."""
    return None if isinstance(value, bool) else "true or false"


def integer(*, at_least: int | None = None, above: int | None = None, at_most: int | None = None) -> Validator:
    """A whole number within bounds."""

    def test(value: object) -> Expectation:
        words = "a whole number" + _bounds(at_least, above, at_most)
        if not isinstance(value, int) or isinstance(value, bool):
            return words
        return None if _within(value, at_least, above, at_most) else words

    return test


def number(*, at_least: float | None = None, above: float | None = None, at_most: float | None = None) -> Validator:
    """A number within bounds."""

    def test(value: object) -> Expectation:
        words = "a number" + _bounds(at_least, above, at_most)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return words
        return None if _within(value, at_least, above, at_most) else words

    return test


def _within(value: float, at_least: float | None, above: float | None, at_most: float | None) -> bool:
    # Written so that a NaN fits no bound at all, as in Pipelex.
    if at_least is not None and not value >= at_least:
        return False
    if above is not None and not value > above:
        return False
    return at_most is None or value <= at_most


def _bounds(at_least: float | None, above: float | None, at_most: float | None) -> str:
    if at_least is not None and at_most is not None:
        return f" from {at_least:g} to {at_most:g}"
    if at_least is not None:
        return f" of {at_least:g} or more"
    if above is not None:
        return f" above {above:g}"
    return f" of {at_most:g} or less" if at_most is not None else ""


def one_of(*words: str) -> Validator:
    """One of a list of words."""

    def test(value: object) -> Expectation:
        return None if isinstance(value, str) and value in words else "one of " + ", ".join(words)

    return test


def list_of(item: Validator) -> Validator:
    """A list whose every element passes a test."""

    def test(value: object) -> Expectation:
        if not isinstance(value, list):
            return "a list"
        wrong = next((verdict for element in value if (verdict := item(element))), None)
        return f"a list in which each is {wrong}" if wrong else None

    return test


def table(value: object) -> Expectation:
    """Any table."""
    return None if isinstance(value, Mapping) else "a table"


def table_of(item: Validator, keys: Sequence[str] | None = None) -> Validator:
    """A table whose every value passes a test, with keys from a list if one is given."""

    def test(value: object) -> Expectation:
        if not isinstance(value, Mapping):
            return "a table"
        for key, element in value.items():
            if keys is not None and key not in keys:
                return f"a table with keys among {', '.join(keys)} (found `{key}`)"
            wrong = item(element)
            if wrong:
                return f"a table in which `{key}` is {wrong}"
        return None

    return test


def anything(_value: object) -> Expectation:
    """No rule."""
    return None


@dataclass(frozen=True, eq=False)
class TableSchema:
    """The keys that a kind of table may hold. Shapes are constants, told apart by identity."""

    what: str
    fields: tuple[Field, ...]
    open: bool = False
    together: tuple[Callable[[Mapping[str, object]], Fault | None], ...] = field(default=())

    def fields_of(self, release: Release) -> dict[str, Field]:
        """The keys that a release knows."""
        return _known(self, release)

    def validate(self, values: Mapping[str, object], release: Release, path: Path = ()) -> Iterator[Fault]:
        """Everything in a table that a release would refuse, in the order of the shape, then the unknown keys."""
        known = self.fields_of(release)
        for name, rule in known.items():
            if name in values:
                expected = rule.test(values[name])
                if expected:
                    yield Fault((*path, name), values[name], expected, rule.kind)
            elif rule.required:
                yield Fault((*path, name), None, "a value: the key is required", "missing")
        if not self.open:
            for name in values:
                if name not in known:
                    yield Fault((*path, name), values[name], ", ".join(known), "unknown")
        for rule_together in self.together:
            fault = rule_together(values)
            if fault is not None:
                yield Fault((*path, *fault.path), fault.found, fault.expected, fault.kind)


@lru_cache(maxsize=512)
def _known(shape: TableSchema, release: Release) -> dict[str, Field]:
    return {rule.name: rule for rule in shape.fields if rule.exists_in(release)}
