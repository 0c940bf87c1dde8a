"""Text that is no TOML, fixed where what was meant is plain, and left alone where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.edits.fixes.syntax_fixes import as_toml_1_0, fix_syntax
from core.toml.toml_reader import read_toml

MENDED = [
    ('[a]\n"*": "b"\n', '[a]\n"*" = "b"\n'),
    ("a = True\nb = [True, False]\nc={x=False, y=FALSE}\n", "a = true\nb = [true, false]\nc={x=false, y=false}\n"),
    ("enabled = yes # mine\n", "enabled = true # mine\n"),
    ('a = "x\nb = 1\n', 'a = "x"\nb = 1\n'),
    ("a = 'x\n", "a = 'x'\n"),
    ('a = x"\n', 'a = "x"\n'),
    ('"gpt-* = "x"\n', '"gpt-*" = "x"\n'),
    ("key = ${X} # k\n", 'key = "${X}" # k\n'),
    ("sdk = openai # c\n", 'sdk = "openai" # c\n'),
    ("model = @best\n", 'model = "@best"\n'),
    ("a = “x”\n", 'a = "x"\n'),
    ("[a\nb=1\n", "[a]\nb=1\n"),
    ("[[a]\nb=1\n", "[[a]]\nb=1\n"),
    ("[a/b]\nc=1\n", '["a/b"]\nc=1\n'),
    ("t = 0,5\n", "t = 0.5\n"),
    ("t = .5\nl=[.5, -.5]\n", "t = 0.5\nl=[0.5, -0.5]\n"),
    ("a = 1,\nb = 2;\n", "a = 1\nb = 2\n"),
    ("// hi\na = 1 // one\n", "# hi\na = 1 # one\n"),
    ('gpt-* = "x"\nmy key = 1\n', '"gpt-*" = "x"\n"my key" = 1\n'),
    ("a == 1\n", "a = 1\n"),
    ('a "x"\n', 'a = "x"\n'),
    ('l = ["a", "b"\nm = 1\n', 'l = ["a", "b"]\nm = 1\n'),
    ('l = [\n  "a",\n  "b", # c\n\n[x]\ny=1\n', 'l = [\n  "a",\n  "b", # c\n]\n\n[x]\ny=1\n'),
    ('l = [\n  "a"\n  "b"\n]\n', 'l = [\n  "a",\n  "b"\n]\n'),
    ('l = ["a" "b"]\n', 'l = ["a", "b"]\n'),
    ("t = { a = 1\nb = 2\n", "t = { a = 1 }\nb = 2\n"),
    ("a = 1\na = 1\n", "a = 1\n"),
    ("\ufeffa = True\n", "a = true\n"),
    ('a = 1\r\nb: "x"\r\n', 'a = 1\r\nb = "x"\r\n'),
    ("a = True", "a = true"),
]


@pytest.mark.parametrize(("text", "expected"), MENDED, ids=lambda value: repr(value)[:30])
def test_simple_mistake_is_fixed(text: str, expected: str) -> None:
    fixed = fix_syntax(text)
    assert fixed is not None
    assert fixed.text == expected
    assert fixed.descriptions


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\n",
        'a = "x # c\nb=1\n',
        'l = ["a", "b\nm=1\n',
        "a = 1\na = 2\n",
        "x = null\n",
        "<<<<<<< a\nx=1\n=======\nx=2\n>>>>>>> b\n",
        "[a] b\n",
        "a = 1 b = 2\n",
        "- a\n- b\n",
        '{ "a": 1 }\n',
        'x = "a" "b"\n',
        "a = 01\n",
        "key = 12ab34 or so\n",
        "a: True: no\n[[\n",
        "x = '''open\n",
        "",
    ],
)
def test_ambiguous_mistake_is_not_fixed(text: str) -> None:
    assert fix_syntax(text) is None


def test_texts_quote_no_value() -> None:
    fixed = fix_syntax("api_key = sk-proj-1234567890abcdef\n")
    assert fixed is not None
    assert "sk-proj" not in " ".join(fixed.descriptions)


@given(text=st.text(alphabet="abT=\"',[]{}#\n.:$1 é/-", max_size=60))
def test_fixed_text_parses_and_only_broken_lines_change(text: str) -> None:
    fixed = fix_syntax(text)
    if fixed is None:
        return
    assert read_toml(fixed.text.encode()).parse_error is None
    fault = read_toml(text.encode()).parse_error
    assert fault is not None
    before = text.split("\n")[: max(fault.line - 2, 0)]
    assert fixed.text.split("\n")[: len(before)] == before


def test_long_line_or_file_is_not_fixed() -> None:
    assert fix_syntax("a = [" + "1 " * 3000 + "x") is None
    assert fix_syntax("x = " + "1" * 100_000 + "é\n") is None
    assert fix_syntax("a = True\n" * 300_000) is None


def test_toml_1_1_is_rewritten_as_toml_1_0() -> None:
    text = '[p]\n# above\nx = {\n    model = "a",\n    quality = "high"\n} # behind\ny = { a = 1, }\nz = 07:32\n'
    expected = '[p]\n# above\nx = { model = "a", quality = "high" } # behind\ny = { a = 1 }\nz = 07:32:00\n'
    assert as_toml_1_0(text) == expected
    assert as_toml_1_0("x = { a = 1 }\n") is None
    assert as_toml_1_0("x = {\n  a = 1 # why\n}\n") is None
