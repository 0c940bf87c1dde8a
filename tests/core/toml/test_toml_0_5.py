"""The reader of 0.10 and 0.11: always what the `toml` library makes of a text, also where it is not asked."""

from __future__ import annotations

import pytest
import toml
from hypothesis import example, given
from hypothesis import strategies as st

from core.toml.toml_0_5 import refusal, reread
from core.toml.toml_reader import read_text

NAMES = st.sampled_from(["a", "b", "a-b", "a_1", "1", '"a.b"', '"a b"', '"a*"', '"a/b:c"', '"a"', "a.b", "a.b.c"])
WORDS = st.text(st.sampled_from("ab1 -_./:$;()|~@%&<>^{}[]=#,'\\é\u00a0\u2028\t"), max_size=6)
SCALARS = st.one_of(
    st.sampled_from(["true", "false", "0", "1", "12.50", "01", "1_0", "1e3", "-1", "+1", "inf", "1.", "x", ""]),
    st.integers(0, 10**16).map(str),
    WORDS.map(lambda word: f'"{word}"'),
    WORDS.map(lambda word: f"'{word}'"),
    st.just('"${A_KEY}"'),
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
    st.lists(st.tuples(NAMES, SCALARS), max_size=3).map(
        lambda pairs: f"{{ {', '.join(f'{name} = {value}' for name, value in pairs)} }}" if pairs else "{}"
    ),
)
ENDINGS = st.sampled_from(["", "", "", " ", " # a comment", '# it\'s "so" [x] = 1', "\r", " \t"])
LINES = st.one_of(
    st.builds("{} = {}{}".format, NAMES, VALUES, ENDINGS),
    st.builds("[{}]{}".format, NAMES, ENDINGS),
    st.builds("[[{}]]{}".format, NAMES, ENDINGS),
    st.builds("{}# {}".format, st.sampled_from(["", "  ", "\t"]), WORDS),
    st.just(""),
)
TEXTS = st.lists(LINES, max_size=6).map(lambda lines: "\n".join(lines) + "\n")


def library(text: str) -> tuple[object, str | None]:
    """The library's data, or the class of its error."""
    try:
        return toml.loads(text.replace("\r\n", "\n").replace("\r", "\n")), None
    except Exception as exc:  # noqa: BLE001 - its slips raise anything
        return None, type(exc).__name__


@example("[a.b]\n[a]\n")
@example('a = "x=y"\n')
@example("[a]\n[a]\n")
@given(TEXTS)
def test_a_text_is_read_as_the_library_reads_it(text: str) -> None:
    document, refused = reread(read_text(text), trims_lines=False)
    expected, error = library(text)
    assert error == (None if refused is None else refused.error)
    if error is None:
        assert repr(document.data) == repr(expected)
    assert refusal(text, trims_lines=False) == refused


@pytest.mark.parametrize(
    ("text", "trims", "read"),
    [
        ("a = [1, 'x']\n", False, False),
        ("a = { b = inf }\n", False, False),
        ("[south] enabled = true\n", False, False),
        ("a = 1\r", False, True),
        ("a = 'x' \n", True, True),
        ('[a]\nb = """\nx\ny"""\n', False, True),
    ],
)
def test_forms_that_it_reads_and_refuses(text: str, trims: bool, read: bool) -> None:
    assert (refusal(text, trims_lines=trims) is None) == read


def test_what_tomli_refuses_and_the_library_reads_has_data() -> None:
    document, refused = reread(read_text("[a]\nb = [1,, 2]\n"), trims_lines=False)
    assert refused is None
    assert document.parse_error is None
    assert document.data == {"a": {"b": [1, 2]}}


def test_a_refusal_quotes_no_value() -> None:
    refused = refusal('[a]\nkey = "sk-secret" "x"\n[a]\n', trims_lines=False)
    assert refused is not None
    assert "sk-secret" not in refused.feature
