"""Placeholders: recognition, parts, and the conditions for filling them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.variables import Environment, Part, State, names_in, parse_placeholder, placeholders, texts


def parts(inside: str) -> list[tuple[str, str]]:
    """The parts of a placeholder as (prefix, name)."""
    return [(part.prefix, part.name) for part in parse_placeholder(inside).parts]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("X", [("secret", "X")]),
        (" X ", [("secret", " X ")]),
        ("env:X", [("env", "X")]),
        (" env :X", [("env", "X")]),
        ("env: X", [("env", " X")]),
        ("secret:X", [("secret", "X")]),
        ("vault:X", [("vault", "X")]),
        (":X", [("", "X")]),
        ("env:", [("env", "")]),
        ("env:A|secret:B|C", [("env", "A"), ("secret", "B"), ("secret", "C")]),
        (" env:A | B ", [("env", "A"), ("secret", "B")]),
        ("env:A:B", [("env", "A:B")]),
    ],
)
def test_the_parts_of_a_placeholder(inside: str, expected: list[tuple[str, str]]) -> None:
    assert parts(inside) == expected
    assert parse_placeholder(inside).is_list == ("|" in inside)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("${X}", ["${X}"]),
        ("a ${X} b ${Y}", ["${X}", "${Y}"]),
        ("$X {X} ${} ${X", []),
        ("$${X}", ["${X}"]),
        ("${env:X|${Y}}", ["${Y}"]),
        ("${a\nb}", []),
        ("${a'b}", []),
        ('${a"b}', []),
        ("", []),
    ],
)
def test_recognition_of_placeholders(text: str, names: list[str]) -> None:
    assert [placeholder.text for placeholder in placeholders(text)] == names


def environment(**values: str) -> Environment:
    return Environment((("shell", values),))


@pytest.mark.parametrize(
    ("prefix", "value", "in_list", "expected"),
    [
        ("env", "x", False, True),
        ("env", "x", True, True),
        ("env", "", False, False),
        ("env", "", True, True),
        ("env", None, True, False),
        ("secret", "x", False, True),
        ("secret", "", False, False),
        ("secret", "", True, False),
        ("secret", None, True, False),
    ],
)
def test_when_a_part_can_be_filled(prefix: str, value: str | None, in_list: bool, expected: bool) -> None:
    values = {} if value is None else {"X": value}
    assert environment(**values).available(Part(prefix, "X"), in_list=in_list) is expected


def test_an_environment_never_shows_a_value() -> None:
    assert "swordfish" not in repr(environment(X="swordfish"))
    assert "swordfish" not in repr(environment(X="swordfish").variable("X"))


def test_texts_come_in_document_order_with_their_paths() -> None:
    data = {"a": "1", "b": {"c": ["2", {"d": "3"}], "e": 4}, "f": "5"}
    assert list(texts(data)) == [(("a",), "1"), (("b", "c", 0), "2"), (("b", "c", 1, "d"), "3"), (("f",), "5")]


def test_names_are_unique() -> None:
    assert names_in([{"a": "${X} ${env:Y|X}"}, ["${Z}"]]) == ("X", "Y", "Z")


NAMES = st.text(string.ascii_uppercase + "_", min_size=1, max_size=6)


@given(st.lists(st.tuples(st.sampled_from(["env", "secret"]), NAMES), min_size=1, max_size=4))
def test_a_list_is_read_back_as_it_was_written(written: list[tuple[str, str]]) -> None:
    (placeholder,) = placeholders("before ${" + "|".join(f"{prefix}:{name}" for prefix, name in written) + "} after")
    assert [(part.prefix, part.name) for part in placeholder.parts] == written


@given(st.text())
def test_any_text_is_filled_without_an_exception(text: str) -> None:
    held = environment(X="x")
    for placeholder in placeholders(text):
        assert placeholder.text in text
        assert placeholder.parts
        for part in placeholder.parts:
            assert held.variable(part.name).state in State
    held.filled(text)


@given(st.lists(st.sampled_from(["${X}", "${env:X}", "a", "$", "{", "}", "${", "${NO}", "|"]), max_size=8))
def test_filled_text_is_not_searched_again(pieces: list[str]) -> None:
    text = "".join(pieces)
    once = environment(X="${X}").filled(text)
    assert once == text or "${X}" in once
