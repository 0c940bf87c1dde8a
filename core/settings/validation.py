"""Validation of settings against the schema of a release: unknown keys, missing keys, values of another type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from core.entities import Path
from core.records import dataclass
from core.settings.notation import Notation, Type, accepts_plain, alternatives, parse_notation
from core.settings.schema import SettingsSchema


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """A fault of settings: a key path, its value, and a phrase for the accepted values.

    `kind` is `unknown` (then `known` are the keys there), `missing` or `value`.
    """

    kind: str
    path: Path
    value: object = None
    expected: str = ""
    known: tuple[str, ...] = ()


def settings_faults(schema: SettingsSchema, data: Mapping[str, object]) -> tuple[SettingsFault, ...]:
    """The faults of merged settings, in the order of the file; none for a file that the release does not read."""
    if not schema.rows:
        return ()
    walk = _Validation(schema)
    return tuple(walk.table("", (), data, walk.notation("")))


def value_fault(schema: SettingsSchema, row: str, value: object) -> str | None:
    """None if a value fits a key path of the table, else a phrase for what does."""
    walk = _Validation(schema)
    notation = walk.notation(row)
    fits = next(walk.value(row, tuple(row.split(".")), value, notation), None) is None
    return None if fits else notation.expected


class _Validation:
    """One walk over a document. `row` is the key path in the table, `path` that in the document."""

    def __init__(self, schema: SettingsSchema) -> None:
        self.schema = schema

    def table(self, row: str, path: Path, data: Mapping[str, object], notation: Notation) -> Iterator[SettingsFault]:
        """The faults of a table whose keys are those of its rows."""
        known = self.schema.keys.get(row, ())
        is_open = any(kind.name == "open" for kind in notation.types)
        for key, value in data.items():
            below = f"{row}.{key}" if row else key
            if key in known:
                yield from self.value(below, (*path, key), value, self.notation(below))
            elif not is_open:
                yield SettingsFault("unknown", (*path, key), value, known=known)
        if not self.is_supplied(path):
            for key in known:
                below = f"{row}.{key}" if row else key
                if key not in data and self.schema.rows[below].startswith("!"):
                    yield SettingsFault("missing", (*path, key), expected=self.notation(below).expected)
        for check in notation.checks:
            yield from self.table_check(check, path, data)

    def notation(self, row: str) -> Notation:
        """The notation of a key path of the table."""
        return parse_notation(self.schema.rows[row].lstrip("!"))

    def is_supplied(self, path: Path) -> bool:
        """Whether the package has a table of its own there, so that nothing is missing."""
        return bool(self.schema.supplied) and (not path or ".".join(map(str, path)) in self.schema.supplied)

    def value(self, row: str, path: Path, value: object, notation: Notation) -> Iterator[SettingsFault]:
        """The faults of one value."""
        if "iterable" in notation.checks and isinstance(value, str | dict):
            return
        if not isinstance(value, list | dict):
            if not any(accepts_plain(kind, value) for kind in notation.types):
                yield SettingsFault("value", path, value, notation.expected)
            return
        if any(kind.name == "any" for kind in notation.types):
            return
        kinds = list(alternatives(notation, value))
        if not kinds:
            yield SettingsFault("value", path, value, notation.expected)
        for kind in kinds:
            if isinstance(value, list):
                yield from self.list_(row, path, value, kind, notation.checks)
            elif kind.name == "map":
                yield from self.map_(row, path, value, kind, exact="exact" in notation.checks)
            else:
                yield from self.table(row, path, value, notation)

    def list_(
        self, row: str, path: Path, values: list[object], kind: Type, checks: tuple[str, ...]
    ) -> Iterator[SettingsFault]:
        """The faults of a list."""
        assert kind.item is not None
        for number, value in enumerate(values):
            yield from self.value(f"{row}.*", (*path, number), value, kind.item)
            if "patterns" in checks and isinstance(value, str) and not _is_useful_pattern(value):
                yield SettingsFault("value", (*path, number), value, "a regular expression that matches some text")
        if "nonempty" in checks and not values:
            yield SettingsFault("value", path, values, "a list that is not empty")

    def map_(
        self, row: str, path: Path, values: Mapping[str, object], kind: Type, *, exact: bool
    ) -> Iterator[SettingsFault]:
        """The faults of an open table, or of one whose keys are limited; `exact` wants every one of them."""
        assert kind.item is not None
        for key, value in values.items():
            if kind.words and key not in kind.words:
                yield SettingsFault("unknown", (*path, key), value, known=kind.words)
            else:
                yield from self.value(f"{row}.*", (*path, key), value, kind.item)
        if exact and not self.is_supplied(path):
            for key in kind.words:
                if key not in values:
                    yield SettingsFault("missing", (*path, key), expected=kind.item.expected)

    def table_check(self, check: str, path: Path, data: Mapping[str, object]) -> Iterator[SettingsFault]:
        """A test over several keys of a table."""
        if check == "targets":
            targets = data.get("preferred_agent_targets")
            mixed = isinstance(targets, list) and "cursor" in targets and len(targets) > 1
            if targets == [] or mixed:
                expected = '["cursor"] alone, or a list of other targets'
                yield SettingsFault("value", (*path, "preferred_agent_targets"), targets, expected)
        elif check == "storage":
            method = str(data.get("method"))
            is_built_in = method in ("local", "in_memory", "s3", "gcp")
            if is_built_in and method not in data and not self.is_supplied((*path, method)):
                yield SettingsFault("missing", (*path, method), expected="a table")
        elif check == "user_id" and data.get("mode") == "identified" and not data.get("user_id"):
            yield SettingsFault("missing", (*path, "user_id"), expected='a string, as `mode` is "identified"')


def _is_useful_pattern(text: str) -> bool:
    """Whether a regular expression is valid and does not match the empty text."""
    try:
        return re.compile(text).match("") is None
    except (re.error, OverflowError, RecursionError):
        return False
