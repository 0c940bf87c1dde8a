"""What `safe` lets through and what it writes out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.safe_text import MAX_MARKS, in_place, safe


@pytest.mark.parametrize(
    "text",
    [
        "",
        "claude-4.5-sonnet",
        "[bold]not markup[/bold] [link=x]",
        "a \\n that is two characters",
        "prix élevé, größer, naïve",
        "e\u0301 decomposed",
        "模型　名",
        "モデル ﾓﾃﾞﾙ",
        "한국어",
        "עברית العربية",
        "हिन्दी ภาษาไทย",
        "🚀 launch 🇫🇷 👍🏽",
        "┌─┐ → … ✓ ✗ €",
        "\ufffd",
    ],
)
def test_printable_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]52;c;cHduZWQ=\x07", "\\x1b]52;c;cHduZWQ=\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("\x90q\x9c", "\\x90q\\x9c"),
        ("one\ntwo\rthree\tfour", "one\\ntwo\\rthree\\tfour"),
        ("nul\0 del\x7f back\b", "nul\\x00 del\\x7f back\\x08"),
        ("\u2028\u2029\x85", "\\u2028\\u2029\\x85"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("\u2066in\u2069 \u200f \u061c", "\\u2066in\\u2069 \\u200f \\u061c"),
        ("gpt\u200b-4\ufeff", "gpt\\u200b-4\\ufeff"),
        ("soft\u00adhyphen", "soft\\xadhyphen"),
        ("no\u00a0break\u2003em", "no\\xa0break\\u2003em"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("hidden \ufe01\U000e0100", "hidden \\ufe01\\U000e0100"),
        ("filler \u3164\u115f\u2800", "filler \\u3164\\u115f\\u2800"),
        ("lone \udc80", "lone \\udc80"),
        ("private \ue0b0", "private \\ue0b0"),
        ("unassigned \u0378", "unassigned \\u0378"),
        ("\u0301 on nothing", "\\u0301 on nothing"),
        ("\x1b\u0301", "\\x1b\\u0301"),
        ("👩\u200d💻", "👩\\u200d💻"),
        ("⚠\ufe0f beta", "⚠ beta"),
        ("a\ufe0f", "a\\ufe0f"),
        ("⚠\ufe0f\ufe0f", "⚠\\ufe0f"),
    ],
)
def test_control_and_invisible_characters_are_escaped(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_a_pile_of_accents_is_cut_down() -> None:
    assert safe("z" + "\u0301" * 50) == "z" + "\u0301" * MAX_MARKS + "\\u0301" * (50 - MAX_MARKS)


@given(st.text())
def test_nothing_that_acts_comes_through(text: str) -> None:
    shown = safe(text)
    shown.encode("utf-8")
    assert len(shown.splitlines()) <= 1
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not [character for character in shown if unicodedata.category(character) in hidden]


@given(st.text())
def test_twice_is_as_once(text: str) -> None:
    assert safe(safe(text)) == safe(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_ascii_is_never_touched(text: str) -> None:
    assert safe(text) == text


@given(st.text())
def test_in_place_keeps_every_place_and_lets_nothing_through(text: str) -> None:
    shown = in_place(text)
    assert len(shown) == len(text)
    assert in_place(shown) == shown
    for character in shown:
        assert character == "\t" or character.isprintable() or unicodedata.category(character) in ("Zs", "Cn", "Mn")
    assert not set(shown) & set("\x1b\x07\x9b\x9d\u202e\u200b\ufeff\n\r\x7f")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("caf\u00e9 \U0001f600", "caf\u00e9 \U0001f600"),
        ("a\tb\u00e9", "a\tb\u00e9"),
        ("a\x1b[31mb", "a\u241b[31mb"),
        ("a\x7fb", "a\u2421b"),
        ("a\u202eb\u200b", "a\ufffdb\ufffd"),
        ("e" + "\u0301" * 99, "e" + "\u0301" * MAX_MARKS + "\ufffd" * (99 - MAX_MARKS)),
        ("\u0301e", "\ufffde"),
    ],
)
def test_in_a_line_that_is_typed_into_every_character_keeps_its_place(text: str, shown: str) -> None:
    assert in_place(text) == shown
    assert len(in_place(text)) == len(text)
