"""Values of fields: which kind of value a field takes, parsing one from text, and describing one without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.dialects.table_schema import Fault, TableSchema, Validator
from core.masking import KeyPath, masked, number_text, shown_value
from core.records import dataclass
from core.releases import Release
from core.secret_texts import HIDDEN
from core.suggest import did_you_mean
from core.variables import placeholders


class ValueKind(StrEnum):
    """The kinds of values, each with its own input in a form."""

    FLAG = "true or false"
    WORD = "one of some words"
    NUMBER = "a number"
    LIST = "a list"
    TABLE = "a table"
    TEXT = "a string"


@dataclass(frozen=True, slots=True)
class ValueSpec:
    """The values a field takes: their kind, the phrase for the expected values, and the choices if they are limited."""

    kind: ValueKind
    expected: str = ""
    choices: tuple[str, ...] = ()


ANY = ValueSpec(ValueKind.TEXT)
_ONE_OF = "one of "


def value_spec(validator: Validator) -> ValueSpec:
    """The values that a validator accepts, from its answer to a value that every validator rejects."""
    expected = validator(object())
    if expected is None:
        return ANY
    if expected.startswith(_ONE_OF):
        return ValueSpec(ValueKind.WORD, expected, _choices(expected))
    if expected.startswith("a list"):
        expected = validator([object()]) or expected
        return ValueSpec(ValueKind.LIST, expected, _choices(expected))
    for kind in (ValueKind.FLAG, ValueKind.TABLE):
        if expected.startswith(kind.value):
            return ValueSpec(kind, expected)
    is_number = expected.startswith(("a number", "an integer"))
    return ValueSpec(ValueKind.NUMBER if is_number else ValueKind.TEXT, expected)


def _choices(expected: str) -> tuple[str, ...]:
    _, limited, names = expected.partition(_ONE_OF)
    return tuple(names.split(", ")) if limited else ()


def parse_value(text: str, spec: ValueSpec) -> object:
    """Parse text as a value of a kind; text that is none stays a string."""
    typed = text.strip()
    if spec.kind is ValueKind.FLAG:
        return {"true": True, "false": False}.get(typed.lower(), typed)
    if spec.kind is ValueKind.LIST:
        return [item.strip() for item in typed.split(",") if item.strip()]
    if spec.kind is ValueKind.NUMBER:
        for parse in (int, float):
            try:
                return parse(typed)
            except ValueError:
                continue
    return typed


def describe(value: object, expected: str = "") -> str:
    """Describe a value for a message: its type, and the value itself if it is a number, a boolean or a wrong choice.

    Any other string may be a misplaced API key, so it is not quoted.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, str):
        is_choice = expected.startswith(_ONE_OF) and len(value) <= 40 and not placeholders(value)
        return f'"{masked("", value)}"' if is_choice else "a string"
    if isinstance(value, list):
        return "a list"
    return "a table" if isinstance(value, Mapping) else f"a {type(value).__name__}"


def fault_text(fault: Fault, label: str, schema: TableSchema, release: Release) -> tuple[str, str]:
    """The message and the fix of a fault in a table; `label` names the table, such as `preset cheap`."""
    key = str(fault.path[0])
    if fault.kind == "missing":
        return f"{label} has no `{key}`", f"add {key} = ..."
    if fault.kind == "unknown":
        fix = did_you_mean(key, schema.fields_of(release)) or f"remove it, or write {fault.expected}"
        return f"{label}: unknown key `{key}`", fix
    value = describe(fault.value, fault.expected)
    return f"{label}: `{key}` is {value}, expected {fault.expected}", f"write {fault.expected}"


def shown_field(
    schema: TableSchema | None, key: str, value: object, release: Release, *, strict: bool = False, path: KeyPath = ()
) -> str:
    """A field's value on one line, as `shown_value` masks it; also hides a string in place of another type.

    `path` is its key path below its item, if that is more than the key.
    """
    field = schema.fields_of(release).get(key) if schema is not None else None
    if isinstance(value, str) and field is not None and not placeholders(value):
        expected = field.test(value)
        if expected and _ONE_OF not in expected:
            return HIDDEN
    return shown_value(path or key, value, strict=strict)
