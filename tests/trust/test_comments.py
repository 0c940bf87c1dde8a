"""Comments go where their owner goes: random edits of stock trees and odd documents, against a reference of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.toml.edit.editor import Edited, apply
from core.toml.edit.toml_commands import DeleteKey, SetValue
from tests.core.toml.edit.chance import Path as Keys
from tests.support.stock import stock_tree_or_skip
from tests.trust.comments import faults, run

LIST = """order = [
    # openai is paid by the team
    "openai",  # first
    "lab",     # my own box
    # "off",
    "fal",
]
"""
PRESETS = """[presets]
teaching = { model = "@best" }
# teaching = { model = "@cheap" }
# structuring = { model = "@cheap" }
structuring = { model = "@best" } # strict

  # of nobody
# about both
one = 1
two = 2
# of two, by name
    # of nobody, by its indentation
three = 3
# ---- more ----
four = 4
"""


def test_random_edits_lose_and_mislead_no_comment(tmp_path: Path) -> None:
    stock_tree_or_skip("0.43.1")
    tally = run(("0.43.1",), 110, 1200, 3, tmp_path)
    assert tally.faults == []
    assert tally.edits > 500
    assert tally.seeds > 1000


@pytest.mark.parametrize(
    ("new", "text"),
    [
        (
            ["lab", "openai", "fal"],
            'order = [\n    "lab",     # my own box\n    # openai is paid by the team\n    "openai",  # first\n'
            '    # "off",\n    "fal",\n]\n',
        ),
        (["fal", "lab"], 'order = [\n    "fal",\n    "lab",     # my own box\n    # "off",\n]\n'),
        ([], 'order = [\n    # "off",\n]\n'),
    ],
)
def test_each_entry_of_a_list_keeps_its_comments(new: list[str], text: str) -> None:
    edited = apply(LIST, SetValue(("order",), new))
    assert isinstance(edited, Edited)
    assert edited.text == text


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("teaching", ['# teaching = { model = "@cheap" }']),
        ("structuring", ['# structuring = { model = "@cheap" }', "# strict"]),
        ("one", []),
        ("three", []),
        ("four", []),
    ],
)
def test_a_deletion_takes_what_belongs_to_a_key(name: str, gone: list[str]) -> None:
    keys: Keys = ("presets", name)
    edited = apply(PRESETS, DeleteKey(keys, "attached"))
    assert isinstance(edited, Edited)
    assert sorted(edited.plan.dropped) == sorted(gone)


@pytest.mark.parametrize(
    ("new", "old_lines", "lines"),
    [
        (
            ["cheap", "lab", "fal"],
            '    # openai is paid by the team\n    "openai",  # first\n',
            '    "cheap",  # first\n',
        ),
        (["openai", "cheap", "fal"], '    "lab",     # my own box\n', '    "cheap",     # my own box\n'),
        (["openai", "lab", "cheap"], '    "fal",\n', '    "cheap",\n'),
    ],
)
def test_an_entry_in_the_place_of_another_gets_only_comments_about_the_place(
    new: list[str], old_lines: str, lines: str
) -> None:
    edited = apply(LIST, SetValue(("order",), new))
    assert isinstance(edited, Edited)
    assert edited.text == LIST.replace(old_lines, lines)


def test_the_reference_finds_lost_and_stray_comments() -> None:
    old = "a = 1 # seed0 on a\n# seed1 on b\nb = 2\n"
    owners = {0: "a", 1: "b"}
    assert list(faults({"": old}, {"": old}, owners)) == []
    assert list(faults({"": old}, {"": "a = 1\n# seed1 on b\nb = 2\n"}, owners)) == ["lost: seed0 on a"]
    assert list(faults({"": old}, {"": "b = 2 # seed0 on a\n# seed1 on b\na = 1\n"}, owners)) == [
        "astray: seed0 on a stands at ['b']",
        "astray: seed1 on b stands at ['a']",
    ]
