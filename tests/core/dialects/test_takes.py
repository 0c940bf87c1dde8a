"""What a key takes, as a form asks for it: told from the tests of the shapes themselves."""

from __future__ import annotations

import pytest

from core.dialects.model_shape import MODEL
from core.dialects.shape import Test, anything, boolean, filled_text, integer, list_of, number, one_of, table, text
from core.dialects.takes import Kind, Takes, takes, value_of
from core.releases import parse_release


@pytest.mark.parametrize(
    ("test", "kind", "words", "choices"),
    [
        (anything, Kind.TEXT, "", ()),
        (text, Kind.TEXT, "a text", ()),
        (filled_text, Kind.TEXT, "a text that is not empty", ()),
        (boolean, Kind.FLAG, "true or false", ()),
        (integer(at_least=1), Kind.NUMBER, "a whole number of 1 or more", ()),
        (number(at_least=0, at_most=1), Kind.NUMBER, "a number from 0 to 1", ()),
        (one_of("low", "high"), Kind.WORD, "one of low, high", ("low", "high")),
        (list_of(text), Kind.LIST, "a list in which each is a text", ()),
        (
            list_of(one_of("text", "images")),
            Kind.LIST,
            "a list in which each is one of text, images",
            ("text", "images"),
        ),
        (list_of(anything), Kind.LIST, "a list", ()),
        (table, Kind.TABLE, "a table", ()),
    ],
)
def test_what_a_test_lets_through(test: Test, kind: Kind, words: str, choices: tuple[str, ...]) -> None:
    assert takes(test) == Takes(kind, words, choices)


def test_the_keys_of_a_model_are_asked_for_by_their_kinds() -> None:
    release = parse_release("0.92.2")
    assert release is not None
    kinds = {name: takes(rule.test).kind for name, rule in MODEL.known(release).items()}
    assert kinds["max_tokens"] is Kind.NUMBER
    assert kinds["inputs"] is Kind.LIST
    assert kinds["costs"] is Kind.TABLE
    assert kinds["model_type"] is Kind.WORD
    assert kinds["model_id"] is Kind.TEXT


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        (" True ", Kind.FLAG, True),
        ("false", Kind.FLAG, False),
        ("maybe", Kind.FLAG, "maybe"),
        ("7", Kind.NUMBER, 7),
        ("0.5", Kind.NUMBER, 0.5),
        ("1e3", Kind.NUMBER, 1000.0),
        ("many", Kind.NUMBER, "many"),
        ("text, images,", Kind.LIST, ["text", "images"]),
        ("", Kind.LIST, []),
        ("  7 ", Kind.TEXT, "7"),
        ("low", Kind.WORD, "low"),
    ],
)
def test_what_is_typed_stands_for_a_value_of_the_kind(typed: str, kind: Kind, value: object) -> None:
    found = value_of(typed, Takes(kind))
    assert (type(found), found) == (type(value), value)
