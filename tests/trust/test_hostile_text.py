"""Hostile text in every string, key and file name reaches the terminal as text only."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trust.audit import run
from tests.trust.escapes import foreign
from tests.trust.hostile_tree import TEXTS, make_hostile_tree
from tests.trust.terminal import Terminal

pytestmark = pytest.mark.pty

WALK = """
1 down down pagedown l down down pagedown esc 2 down pagedown end l pagedown esc 3 down pagedown l esc
4 down pagedown end l pagedown esc 5 down enter pagedown esc 5 l esc 0 ? pagedown esc : m down esc / x esc
"""


PAGES = """
1 e pagedown esc I pagedown esc ! esc 2 e pagedown esc I esc = esc space space space c pagedown esc esc 3 e esc
4 e pagedown esc I pagedown esc down e esc 5 e esc 6 pagedown esc Y esc 0 I pagedown esc
"""


def test_hostile_texts_number_at_least_two_hundred() -> None:
    assert len(TEXTS) >= 200


def test_app_shows_hostile_trees_as_text(tmp_path: Path) -> None:
    make_hostile_tree(tmp_path / "shop")
    with Terminal(tmp_path, [str(tmp_path / "shop")], variables={"OPENAI_API_KEY": "k"}) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send(*WALK.split())
        assert terminal.ended is None
        assert foreign(terminal.raw) == []
        assert b"\\x1b]" in terminal.raw  # shown escaped


@pytest.mark.parametrize("text", ["\x1b]0;rm -rf ~\x07\x9b31m\u202e\x1b[2J"], ids=ascii)
def test_inputs_show_hostile_text_as_text(text: str, tmp_path: Path) -> None:
    """In prefilled inputs, in the text editor, and in pasted text."""
    tree = make_hostile_tree(tmp_path / "shop", (text,))
    path = tree / "backends.toml"
    path.write_bytes(f"# {text} in a comment\n".encode() + path.read_bytes())
    with Terminal(tmp_path, [str(tmp_path / "shop")], variables={"OPENAI_API_KEY": "k"}) as terminal:
        terminal.wait_for("5 Problems")
        for pane, keys in (("3", "d"), ("3", "r"), ("2", "r"), ("4", "r"), ("4", "enter"), ("1", "end enter")):
            terminal.send(pane, "end", "up", *keys.split(), "enter", "esc", "esc", "esc")
        terminal.send("1", "v", "g", "enter", "down", "esc", "esc", "esc")
        for opening in ("/", ":", "="):
            terminal.send(opening)
            terminal.send(f"\x1b[200~{text}x\x1b[201~")
            terminal.send("esc", "esc", "esc")
        assert terminal.ended is None
        assert foreign(terminal.raw) == []


def test_pages_show_hostile_trees_as_text(tmp_path: Path) -> None:
    make_hostile_tree(tmp_path / "shop")
    with Terminal(tmp_path, [str(tmp_path / "shop")], variables={"OPENAI_API_KEY": "k"}) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send(*PAGES.split())
        assert terminal.ended is None
        assert foreign(terminal.raw) == []


COMMANDS = (
    ["validate"],
    ["validate", "--json"],
    ["resolve"],
    ["resolve", "--json"],
    ["releases", "0.16.0", "0.17.6"],
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_commands_print_hostile_trees_as_text(arguments: list[str], tmp_path: Path) -> None:
    make_hostile_tree(tmp_path / "shop")
    done = run([*arguments, "--tree", str(tmp_path / "shop")], tmp_path, {"OPENAI_API_KEY": "k"}, tmp_path)
    assert done.returncode in (0, 1)
    assert foreign(done.stdout + done.stderr) == []
