"""Values and keys written as TOML: they round-trip exactly and follow the style of their neighbours."""

from __future__ import annotations

import datetime
import tomllib
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from core.toml.edit.plain_data import identical
from core.toml.edit.toml_commands import RefusalError
from core.toml.edit.toml_writer import MAX_NESTING, check_name, check_value, render, render_key

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
ZONES = st.integers(-1439, 1439).map(lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes)))
LEAVES = (
    TEXTS
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.datetimes(timezones=ZONES)
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=8
)
NOON = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
LIKES = [
    "",
    "'a'",
    '"a"',
    '"""\na"""',
    "'''a'''",
    "[\n    1,\n    2\n]",
    "[ 1 ]",
    "[\n 'a', # x\n]",
    "{a=1,b=2}",
    "{ a = [1] }",
    "0xFF",
    "1_000",
    "[]",
    "{}",
    "[{a=1}]",
]


@given(VALUES, st.sampled_from(LIKES), st.sampled_from(["\n", "\r\n"]), TEXTS, st.sampled_from(["", "'k'", '"k"', "k"]))
@settings(max_examples=1000)
def test_written_values_read_back(value: Any, like: str, newline: str, key: str, key_like: str) -> None:
    check_value(value)
    written = f"{render_key(key, key_like)} = {render(value, like, newline=newline, indent='  ')}\n"
    for read in (tomli.loads, tomllib.loads):
        assert identical(read(written), {key: value}), written
    body = written.removesuffix("\n")
    assert body.count("\n") == body.count(newline)
    assert body.count("\r") == (body.count("\n") if newline == "\r\n" else 0)
    assert "\n" not in render(value, like, newline=newline, flat=True)
    assert not any(0x7F <= ord(char) <= 0x9F or char in "\u202e\u200b\ufeff" for char in written)


@pytest.mark.parametrize(
    ("value", "like", "written"),
    [
        ("x", "'a'", "'x'"),
        ("it's", "'a'", '"it\'s"'),
        ("a\nb", "'a'", '"a\\nb"'),
        ("a\nb", '"""\nx\n"""', '"""\na\nb"""'),
        ("a\nb", "'''x\n'''", "'''\na\nb'''"),
        (5, "1_000", "5"),
        (1234567, "1_000", "1_234_567"),
        (255, "0x0A", "0xFF"),
        (255, "0x0a", "0xff"),
        (1.0, "2", "1.0"),
        (float("-inf"), "", "-inf"),
        ([1, 2], "[ 3 ]", "[ 1, 2 ]"),
        (["a"], "['b']", "['a']"),
        ([1, 2], "[\n    3\n]", "[\n    1,\n    2\n]"),
        ([1], "[\n  3,\n]", "[\n  1,\n]"),
        ([], "[\n  3,\n]", "[]"),
        ({"a": 1, "b": "x"}, "{a=0,c='y'}", '{a=1,b="x"}'),
        ({"a": 1}, "", "{ a = 1 }"),
        ({}, "{ a = 1 }", "{}"),
        ("\x1b[0m\u202e", "", '"\\u001b[0m\\u202E"'),
    ],
)
def test_style_of_the_previous_value_is_kept(value: Any, like: str, written: str) -> None:
    assert render(value, like) == written


def test_a_long_array_takes_several_lines() -> None:
    names = [f"a-rather-long-name-{number}" for number in range(8)]
    assert render(names, column=10).split("\n")[1:3] == ['  "a-rather-long-name-0",', '  "a-rather-long-name-1",']
    assert "\n" not in render(names[:2], column=10)
    assert "\n" not in render(names, '["a"]')


class _Text(str):
    """Not plain text."""


@pytest.mark.parametrize(
    "value",
    [
        None,
        (1, 2),
        b"x",
        "\ud800",
        ["ok", None],
        {"a": {"b": None}},
        {1: 2},
        {"\udfff": 1},
        _Text("x"),
        datetime.time(1, tzinfo=datetime.UTC),
        datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(seconds=30))),
        pytest.param(10**5000, id="long number"),
        object(),
    ],
)
def test_values_without_toml_form_are_refused(value: Any) -> None:
    with pytest.raises(RefusalError):
        check_value(value)


def test_a_value_nested_too_deep_is_refused() -> None:
    value: Any = 1
    for _ in range(MAX_NESTING + 2):
        value = [value]
    with pytest.raises(RefusalError):
        check_value(value)
    with pytest.raises(RefusalError):
        check_name("\ud800")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (0.0, -0.0),
        ("1", 1),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([1, 2], [2, 1]),
        ({"a": 1}, {"a": 1, "b": 1}),
        (datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC), NOON.replace(tzinfo=None)),
        (
            datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC),
            datetime.datetime(2026, 1, 1, 13, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
        ),
        (NOON.replace(tzinfo=None), NOON.date()),
    ],
)
def test_different_values_are_not_identical(one: Any, other: Any) -> None:
    assert not identical(one, other)
    assert not identical({"k": [one]}, {"k": [other]})
    assert identical(one, one)


def test_equal_values_are_identical() -> None:
    assert identical(float("nan"), float("nan"))
    named = datetime.timezone(datetime.timedelta(hours=1), "here")
    moment = NOON
    assert identical(
        [moment.replace(tzinfo=named)], [moment.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=1)))]
    )
