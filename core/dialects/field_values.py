"""Values of fields: which kind a field takes, and how a value is parsed from text or described without its secrets."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.dialects.table_schema import TableSchema, Validator
from core.masking import HIDDEN, masked, shown_value
from core.records import dataclass
from core.releases import Release
from core.variables import placeholders


class ValueKind(StrEnum):
    """The kinds of values that a person is asked for in different ways."""

    FLAG = "true or false"
    WORD = "one of some words"
    NUMBER = "a number"
    LIST = "a list"
    TABLE = "a table"
    TEXT = "a text"


@dataclass(frozen=True, slots=True)
class ValueSpec:
    """What a key takes. `words` say it as the release would; `choices` are the words there are, if they are listed."""

    kind: ValueKind
    words: str = ""
    choices: tuple[str, ...] = ()


ANY = ValueSpec(ValueKind.TEXT)
_ONE_OF = "one of "


def value_spec(test: Validator) -> ValueSpec:
    """What a test lets through, by what it answers to a value that nothing lets through."""
    words = test(object())
    if words is None:
        return ANY
    if words.startswith(_ONE_OF):
        return ValueSpec(ValueKind.WORD, words, _listed(words))
    if words.startswith("a list"):
        inside = test([object()]) or words
        return ValueSpec(ValueKind.LIST, inside, _listed(inside))
    for kind, beginning in ((ValueKind.FLAG, "true or false"), (ValueKind.TABLE, "a table")):
        if words.startswith(beginning):
            return ValueSpec(kind, words)
    return ValueSpec(ValueKind.NUMBER if "number" in words else ValueKind.TEXT, words)


def _listed(words: str) -> tuple[str, ...]:
    _, found, names = words.partition(_ONE_OF)
    return tuple(names.split(", ")) if found else ()


def parse_value(text: str, what: ValueSpec) -> object:
    """The value that a text stands for where such is taken. What it cannot stand for stays the text it is."""
    typed = text.strip()
    if what.kind is ValueKind.FLAG:
        return {"true": True, "false": False}.get(typed.lower(), typed)
    if what.kind is ValueKind.LIST:
        return [part.strip() for part in typed.split(",") if part.strip()]
    if what.kind is ValueKind.NUMBER:
        for read in (int, float):
            try:
                return read(typed)
            except ValueError:
                continue
    return typed


def describe(value: object, expected: str = "") -> str:
    """A value in words that give away no secret: its kind, and the value itself when it is a plain number or flag.

    A text is quoted only where one of a few words was expected; anywhere else it may be a key that went astray.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value!r}"
    if isinstance(value, str):
        quotable = expected.startswith("one of ") and len(value) <= 40 and not placeholders(value)
        return f'"{masked("", value)}"' if quotable else "a text"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a table"
    return f"a {type(value).__name__}"


def shown_field(shape: TableSchema | None, key: str, value: object, release: Release) -> str:
    """A value of a table in one line as it may be shown.

    Besides what `shown_value` hides, a text is hidden where none is expected: a key may have gone astray there.
    """
    rule = shape.fields_of(release).get(key) if shape is not None else None
    if isinstance(value, str) and rule is not None and not placeholders(value):
        expected = rule.test(value)
        if expected and "one of " not in expected:
            return HIDDEN
    return shown_value(key, value)
