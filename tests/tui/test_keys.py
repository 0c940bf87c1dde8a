"""Keys: their names, and the command table with the user's keys."""

from __future__ import annotations

import string

import pytest
from textual.keys import _character_to_key

from tui.command import CommandTable
from tui.commands import COMMANDS, DEFAULT
from tui.key_names import UNREACHABLE, key_label, key_named


@pytest.mark.parametrize("letter", string.ascii_letters + string.digits + string.punctuation + " ")
def test_character_keys_have_textual_names(letter: str) -> None:
    assert key_named(letter) == _character_to_key(letter)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("esc", "escape"),
        ("PgDn", "pagedown"),
        ("F5", "f5"),
        ("Ctrl+X", "ctrl+x"),
        ("ctrl + x", "ctrl+x"),
        ("space", "space"),
        ("slash", "slash"),
        ("return", "enter"),
        ("A", "A"),
    ],
)
def test_common_key_names_are_accepted(written: str, key: str) -> None:
    assert key_named(written) == key


@pytest.mark.parametrize(
    "written", [*UNREACHABLE, "shift+enter", "alt+x", "ctrl+1", "ctrl+shift+x", "ö", "", "hyper", "ctrl+"]
)
def test_unavailable_keys_are_refused_with_a_reason(written: str) -> None:
    with pytest.raises(ValueError, match=r"\w{3}"):
        key_named(written)


def test_key_labels_are_parsed_back() -> None:
    for command in COMMANDS:
        for key in command.keys:
            if not key.startswith("ctrl+"):
                assert key_named(key_label(key)) == key


def test_assigned_key_is_removed_from_default_commands() -> None:
    table, messages = DEFAULT.with_keys({"sort": ("R",)})
    assert table.by_id["sort"].keys == ("R",)
    assert table.by_id["reload"].keys == ()
    assert messages == (("sort", "this takes the only key of reload, which is now reached by the go-to list"),)
    assert table.by_id["filter"] is DEFAULT.by_id["filter"]


def test_first_of_two_commands_keeps_an_assigned_key() -> None:
    table, messages = DEFAULT.with_keys({"sort": ("f7", "f5"), "reload": ("f7", "f6")})
    assert table.by_id["sort"].keys == ("f7", "f5")
    assert table.by_id["reload"].keys == ("f6",)
    assert messages == (("reload", "f7 is the key of sort already, which keeps it"),)


def test_keys_of_separate_contexts_do_not_conflict() -> None:
    table, messages = DEFAULT.with_keys({"leave": ("l",)})
    assert table.by_id["inspect"].keys == ("l", "right", "tab")
    assert messages == ()


def test_list_keys_are_passed_to_widgets() -> None:
    table, _ = DEFAULT.with_keys({"down": ("down", "j", "n")})
    assert table.list_keys == {"list.down": "down,j,n"}
    assert DEFAULT.list_keys == {}
    assert CommandTable(COMMANDS).grouped_key_labels(DEFAULT.by_id["down"]) == "↓ j ↑ k"
