"""Merging two changes of a text: the result has both, or they conflict."""

from __future__ import annotations

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from core.workspace.merge import merge

BASE = "[a]\nx = 1\n\n# apart\n[b]\ny = 2\n"
LIST = "x = [\n  1,\n  2,\n  3,\n]\n"
HEADER = "[a]\nx = 1\n[b]\n# apart\ny = 2\n"


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        pytest.param(BASE, "x = 3\n", "x = 3\n", "x = 3\n", id="both the same"),
        pytest.param(BASE, "x = 3\n", BASE, "x = 3\n", id="only mine"),
        pytest.param(BASE, BASE, "x = 3\n", "x = 3\n", id="only theirs"),
        pytest.param(
            BASE,
            BASE.replace("1", "10"),
            BASE.replace("2", "20"),
            BASE.replace("1", "10").replace("2", "20"),
            id="two tables",
        ),
        pytest.param(
            "x = 1\n\n\n\ny = 2\n",
            "x = 10\n\n\n\ny = 2\n",
            "x = 1\n\n\n\n",
            "x = 10\n\n\n\n",
            id="a change and a deletion",
        ),
        pytest.param(
            "x = 1\n\ny = 2\n",
            "mine = 1\nx = 1\n\ny = 2\n",
            "x = 1\n\ny = 2\ntheirs = 1\n",
            "mine = 1\nx = 1\n\ny = 2\ntheirs = 1\n",
            id="a new key each",
        ),
        pytest.param(BASE, BASE.replace("1", "10"), BASE.replace("1", "11"), None, id="the same line"),
        pytest.param("x = 1\ny = 2\n", "x = 10\ny = 2\n", "x = 1\ny = 20\n", None, id="lines that touch"),
        pytest.param(
            BASE,
            BASE.replace("[a]", "[a]\nz = 1"),
            BASE.replace("# apart", "z = 2\n# apart"),
            None,
            id="one key twice, which is no TOML",
        ),
        pytest.param(LIST, LIST.replace("1", "10"), LIST.replace("3", "30"), None, id="one value, in two of its lines"),
        pytest.param(
            "[t]\n" + LIST,
            "[t]\n" + LIST.replace("1", "10"),
            "[t]\n" + LIST.replace("3", "30"),
            None,
            id="one value of a table",
        ),
        pytest.param(
            HEADER, HEADER.replace("[b]\n", ""), HEADER.replace("2", "20"), None, id="moved here and changed there"
        ),
        pytest.param(
            HEADER, HEADER.replace("2", "20"), HEADER.replace("[b]\n", ""), None, id="changed here and moved there"
        ),
        pytest.param(
            "x = \n\n\ny = 2\n", "x = 1\n\n\ny = 2\n", "x = \n\n\ny = 20\n", "x = 1\n\n\ny = 20\n", id="fixed here"
        ),
    ],
)
def test_two_changes_are_merged_or_conflict(base: str, mine: str, theirs: str, merged: str | None) -> None:
    assert merge(base, mine, theirs) == merged


def test_my_side_replaces_only_overlapping_lines() -> None:
    mine, theirs = BASE.replace("1", "10"), BASE.replace("1", "11").replace("2", "20")
    assert merge(BASE, mine, theirs, prefer="mine") == mine.replace("2", "20")


VALUES = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2) | st.none(), max_size=6)


def _text(values: dict[str, int | None]) -> str:
    """A table per letter, with its value if it has one, and unchanged lines between."""
    return "".join(
        f"[{name}]\n# of {name}\n" + ("" if values.get(name) is None else f"v = {values[name]}\n") + "# end\n\n"
        for name in "abcdef"
    )


@given(VALUES, VALUES, VALUES)
def test_different_keys_merge_and_the_same_key_conflicts(
    base: dict[str, int | None], mine: dict[str, int | None], theirs: dict[str, int | None]
) -> None:
    merged = merge(_text(base), _text(mine), _text(theirs))
    expected: dict[str, int | None] = {}
    for name in "abcdef":
        sides = base.get(name), mine.get(name), theirs.get(name)
        if sides[1] != sides[2] and sides[0] not in sides[1:]:
            assert merged is None
            return
        expected[name] = sides[1] if sides[2] == sides[0] else sides[2]
    assert merged is not None
    assert {name: table.get("v") for name, table in tomli.loads(merged).items()} == expected
