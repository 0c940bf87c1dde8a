"""Schemas of TOML tables: the keys a table may hold, their types and bounds, and the validation of a table.

Pipelex validates strictly: no unknown keys and no coercion, except from integer to float.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from core.entities import Path
from core.records import dataclass
from core.releases import Release, release_of

Expectation = str | None
"""None for a valid value, else a phrase for the expected values, such as `a string`."""
Validator = Callable[[object], Expectation]


@dataclass(frozen=True, slots=True)
class Fault:
    """An invalid value: its path below the table, the value, and a phrase for the expected values."""

    path: Path
    value: object
    expected: str
    kind: str = "value"


CrossCheck = Callable[[Mapping[str, object]], Fault | None]
"""A check over several fields of a table."""


@dataclass(frozen=True)
class Field:
    """A key of a table. `since` and `until` are the first and last release that know it."""

    name: str
    test: Validator
    required: bool = False
    since: str = "0.10"
    until: str = "9999"
    kind: str = "value"

    def exists_in(self, release: Release) -> bool:
        """Whether a release knows this key. `until` names a release or all patches of a minor release."""
        return release_of(self.since) <= release <= _last(self.until)


@lru_cache(maxsize=256)
def _last(text: str) -> Release:
    if text.count(".") == 0:
        return Release(9999, 0, 0)
    release = release_of(text)
    return release if text.count(".") == 2 else Release(release.major, release.minor, 999_999)


def text(value: object) -> Expectation:
    """Accept any string."""
    return None if isinstance(value, str) else "a string"


def filled_text(value: object) -> Expectation:
    """Accept any string but the empty one."""
    return None if isinstance(value, str) and value else "a non-empty string"


def boolean(value: object) -> Expectation:
    """Accept a boolean, but not 0, 1 or a string."""
    return None if isinstance(value, bool) else "true or false"


def integer(*, at_least: int | None = None, above: int | None = None, at_most: int | None = None) -> Validator:
    """Accept an integer within bounds."""
    expected = "an integer" + _bounds(at_least, above, at_most)

    def test(value: object) -> Expectation:
        if not isinstance(value, int) or isinstance(value, bool):
            return expected
        return None if _within(value, at_least, above, at_most) else expected

    return test


def number(*, at_least: float | None = None, above: float | None = None, at_most: float | None = None) -> Validator:
    """Accept an integer or a float within bounds."""
    expected = "a number" + _bounds(at_least, above, at_most)

    def test(value: object) -> Expectation:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return expected
        return None if _within(value, at_least, above, at_most) else expected

    return test


def _within(value: float, at_least: float | None, above: float | None, at_most: float | None) -> bool:
    # `not value >= bound` rejects NaN, as Pipelex does.
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
    """Accept one of the listed strings."""

    accepted = frozenset(words)

    def test(value: object) -> Expectation:
        return None if isinstance(value, str) and value in accepted else "one of " + ", ".join(words)

    return test


_TEXTS = frozenset({str})


def list_of(item: Validator) -> Validator:
    """Accept a list of valid items."""

    def test(value: object) -> Expectation:
        if not isinstance(value, list):
            return "a list"
        if item is text and {*map(type, value)} <= _TEXTS:  # most lists are of texts
            return None
        for element in value:
            wrong = item(element)
            if wrong:
                return f"a list in which each item is {wrong}"
        return None

    return test


def iterated(item: Validator) -> Validator:
    """Accept what has valid items when it is iterated over: a list, a table by its keys, a text by its letters.

    The fields of constraints up to 0.81, whose validators make a list of any value before its type is looked at.
    """

    def test(value: object) -> Expectation:
        return list_of(item)(list(value) if isinstance(value, str | Mapping) else value)

    return test


def table(value: object) -> Expectation:
    """Accept any table."""
    return None if isinstance(value, Mapping) else "a table"


def table_of(item: Validator, keys: Sequence[str] | None = None) -> Validator:
    """Accept a table of valid values; `keys` are the allowed keys, if limited."""
    allowed = frozenset(keys) if keys is not None else None

    def test(value: object) -> Expectation:
        if not isinstance(value, Mapping):
            return "a table"
        for key, element in value.items():
            if allowed is not None and key not in allowed:
                return f"a table with keys among {', '.join(keys or ())} (found `{key}`)"
            wrong = item(element)
            if wrong:
                return f"a table in which `{key}` is {wrong}"
        return None

    return test


def anything(_value: object) -> Expectation:
    """Accept any value."""
    return None


@dataclass(frozen=True, eq=False)
class TableSchema:
    """The keys that a kind of table may hold. Schemas are constants, compared by identity."""

    label: str
    fields: tuple[Field, ...]
    open: bool = False
    cross_checks: tuple[CrossCheck, ...] = ()

    def fields_of(self, release: Release) -> dict[str, Field]:
        """The fields that a release knows, by key."""
        return _known(self, release)

    def validate(self, values: Mapping[str, object], release: Release, path: Path = ()) -> Iterator[Fault]:
        """Every fault that a release would refuse: in schema order, then unknown keys, then cross-field checks."""
        fields = self.fields_of(release)
        if not self.cross_checks and self._accepts(values, fields, release):
            return
        for name, rule in fields.items():
            if name in values:
                expected = rule.test(values[name])
                if expected:
                    yield Fault((*path, name), values[name], expected, rule.kind)
            elif rule.required:
                yield Fault((*path, name), None, "a value: the key is required", "missing")
        if not self.open:
            for name in values:
                if name not in fields:
                    yield Fault((*path, name), values[name], f"a known key ({', '.join(fields)})", "unknown")
        for cross_check in self.cross_checks:
            fault = cross_check(values)
            if fault is not None:
                yield Fault((*path, *fault.path), fault.value, fault.expected, fault.kind)

    def _accepts(self, values: Mapping[str, object], fields: Mapping[str, Field], release: Release) -> bool:
        """Whether no value is refused and none is missing: fast, for most tables."""
        for name, value in values.items():
            rule = fields.get(name)
            if rule is None:
                if not self.open:
                    return False
            elif rule.test(value):
                return False
        return values.keys() >= _required(self, release)


@lru_cache(maxsize=512)
def _known(schema: TableSchema, release: Release) -> dict[str, Field]:
    return {field.name: field for field in schema.fields if field.exists_in(release)}


@lru_cache(maxsize=512)
def _required(schema: TableSchema, release: Release) -> frozenset[str]:
    return frozenset(name for name, field in _known(schema, release).items() if field.required)
