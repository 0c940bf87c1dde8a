"""Value specs of validators and fields, and parsing of typed values."""

from __future__ import annotations

import pytest

from core.dialects.field_values import ValueKind, ValueSpec, parse_value, value_spec
from core.dialects.model_schema import MODEL
from core.dialects.table_schema import (
    Validator,
    anything,
    boolean,
    filled_text,
    integer,
    list_of,
    number,
    one_of,
    table,
    text,
)
from core.releases import parse_release


@pytest.mark.parametrize(
    ("test", "kind", "words", "choices"),
    [
        (anything, ValueKind.TEXT, "", ()),
        (text, ValueKind.TEXT, "a string", ()),
        (filled_text, ValueKind.TEXT, "a non-empty string", ()),
        (boolean, ValueKind.FLAG, "true or false", ()),
        (integer(at_least=1), ValueKind.NUMBER, "an integer of 1 or more", ()),
        (number(at_least=0, at_most=1), ValueKind.NUMBER, "a number from 0 to 1", ()),
        (one_of("low", "high"), ValueKind.WORD, "one of low, high", ("low", "high")),
        (list_of(text), ValueKind.LIST, "a list in which each item is a string", ()),
        (
            list_of(one_of("text", "images")),
            ValueKind.LIST,
            "a list in which each item is one of text, images",
            ("text", "images"),
        ),
        (list_of(anything), ValueKind.LIST, "a list", ()),
        (table, ValueKind.TABLE, "a table", ()),
    ],
)
def test_value_spec_of_validator(test: Validator, kind: ValueKind, words: str, choices: tuple[str, ...]) -> None:
    assert value_spec(test) == ValueSpec(kind, words, choices)


def test_value_kinds_of_model_fields() -> None:
    release = parse_release("0.92.2")
    assert release is not None
    kinds = {name: value_spec(rule.test).kind for name, rule in MODEL.fields_of(release).items()}
    assert kinds["max_tokens"] is ValueKind.NUMBER
    assert kinds["inputs"] is ValueKind.LIST
    assert kinds["costs"] is ValueKind.TABLE
    assert kinds["model_type"] is ValueKind.WORD
    assert kinds["model_id"] is ValueKind.TEXT


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        (" True ", ValueKind.FLAG, True),
        ("false", ValueKind.FLAG, False),
        ("maybe", ValueKind.FLAG, "maybe"),
        ("7", ValueKind.NUMBER, 7),
        ("0.5", ValueKind.NUMBER, 0.5),
        ("1e3", ValueKind.NUMBER, 1000.0),
        ("many", ValueKind.NUMBER, "many"),
        ("text, images,", ValueKind.LIST, ["text", "images"]),
        ("", ValueKind.LIST, []),
        ("  7 ", ValueKind.TEXT, "7"),
        ("low", ValueKind.WORD, "low"),
    ],
)
def test_parse_value_by_kind(typed: str, kind: ValueKind, value: object) -> None:
    parsed = parse_value(typed, ValueSpec(kind))
    assert (type(parsed), parsed) == (type(value), value)
