"""The lines of a TOML text for one key path, as a document of its own."""

from __future__ import annotations

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from core.secret_texts import HIDDEN
from core.toml.edit.layout_queries import snippet
from core.toml.edit.text_layout import Path

TEXT = """\
active = "all"
costs.input = 1

# about a
[a]
x = 1  # first

# in between
y = { z = 2 }

[a.sub]
k = 3

# about b
[b]
a.x = 7
other = 1
api_key = "sk-canary-0123456789abcdef"

[[rows]]
n = 1
"""


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (("active",), 'active = "all"\n'),
        (("costs",), "costs.input = 1\n"),
        (("costs", "input"), "costs.input = 1\n"),
        (
            ("a",),
            "[a]\nx = 1  # first\n\n# in between\ny = { z = 2 }\n\n[a.sub]\nk = 3\n",
        ),
        (("a", "x"), "[a]\nx = 1  # first\n"),
        # A key of an inline table is written by the line that holds the table.
        (("a", "y", "z"), "[a]\ny = { z = 2 }\n"),
        (("a", "sub"), "[a.sub]\nk = 3\n"),
        (("a", "sub", "k"), "[a.sub]\nk = 3\n"),
        (("b", "a"), "[b]\na.x = 7\n"),
        (("b", "a", "x"), "[b]\na.x = 7\n"),
        (("b", "api_key"), '[b]\napi_key = "' + HIDDEN + '"\n'),
        (("rows",), "[[rows]]\nn = 1\n"),
        (("nothing",), ""),
        (("a", "nothing"), ""),
    ],
)
def test_snippet_of_a_path(path: Path, lines: str) -> None:
    assert snippet(TEXT, path, strict=False) == lines


def test_snippet_line_ends_are_line_feeds() -> None:
    assert snippet(TEXT.replace("\n", "\r\n"), ("a", "x"), strict=False) == "[a]\nx = 1  # first\n"


def test_snippet_of_invalid_toml_is_a_guess() -> None:
    assert "x = 1" in snippet("[a\n[a]\nx = 1\ny = \n", ("a",), strict=False)


NAMES = st.sampled_from(["a", "b", "c d", "e.f"])
VALUES = st.integers(0, 9)
TABLES = st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, min_size=1), min_size=1)


@given(TABLES)
def test_table_snippet_parses_to_that_table(tables: dict[str, dict[str, int]]) -> None:
    text = "".join(
        f'["{name}"]\n' + "".join(f'"{key}" = {value}\n' for key, value in table.items()) + "\n"
        for name, table in tables.items()
    )
    for name, table in tables.items():
        assert tomli.loads(snippet(text, (name,), strict=False)) == {name: table}
        for key, value in table.items():
            assert tomli.loads(snippet(text, (name, key), strict=False)) == {name: {key: value}}
