"""Lost connections and signals: the app ends in time, the tree is intact, the edits are offered at the next start."""

from __future__ import annotations

import signal
from pathlib import Path
from random import Random

import pytest

from core.workspace import FoundDraft, Workspace, find_draft, restore_draft
from tests.core.workspace.support import bytes_of
from tests.support.polling import until
from tests.trust.terminal import Terminal
from tui.sample import copy_sample

pytestmark = pytest.mark.pty

GONE_WITHIN_S = 20.0
STEPS = ["1", "down", "space", "down", "space", "w", "esc", "u", "ctrl+r", "w"]


def project(root: Path) -> Path:
    """A project with a copy of the sample."""
    copy_sample(root)
    return root


def start_app(root: Path, home: Path) -> Terminal:
    """Start the app on a project."""
    terminal = Terminal(home, [str(root)])
    terminal.wait_for("5 Problems")
    return terminal


def restored_edits(root: Path, home: Path) -> tuple[int, list[str]]:
    """The number of edits that the next session restores, and the keys that conflict."""
    workspace = Workspace.open(str(root), environ={"HOME": str(home)})
    draft = find_draft(workspace)
    if draft is None:
        return 0, []
    assert isinstance(draft, FoundDraft)
    restored = restore_draft(workspace, draft)
    assert not hasattr(restored, "reason"), restored
    return restored.edits, [conflict.key for conflict in restored.conflicts]


@pytest.mark.parametrize("count", range(len(STEPS) + 1))
def test_lost_connection_loses_no_edit(count: int, tmp_path: Path) -> None:
    root, home = project(tmp_path / "shop"), tmp_path / "home"
    home.mkdir()
    before = bytes_of(root)
    with start_app(root, home) as terminal:
        terminal.send(*STEPS[:count])
        edited = sum({"space": 1, "u": -1, "ctrl+r": 1}.get(key, 0) for key in STEPS[:count])
        terminal.drop()
        assert terminal.wait(GONE_WITHIN_S) == 128 + signal.SIGHUP
    assert bytes_of(root) == before
    assert restored_edits(root, home) == (edited, [])


OPEN = {
    "a form": "4 enter down",
    "a field being typed into": "4 enter down down enter 1",
    "the text being edited": "1 v enter x",
    "the profiles": "p down",
    "use only": "1 end up o",
    "go to": ": c l a u",
    "a page": "4 e",
    "the question before quitting": "q",
}
"""Screens that may be open when the connection is lost, and the keys that open them."""


@pytest.mark.parametrize("keys", OPEN.values(), ids=OPEN)
def test_lost_connection_with_an_open_screen_loses_no_edit(keys: str, tmp_path: Path) -> None:
    root, home = project(tmp_path / "shop"), tmp_path / "home"
    home.mkdir()
    before = bytes_of(root)
    with start_app(root, home) as terminal:
        terminal.send("1", "down", "space", *keys.split(), patience=0.1)
        terminal.drop()
        assert terminal.wait(GONE_WITHIN_S) == 128 + signal.SIGHUP
    assert bytes_of(root) == before
    assert restored_edits(root, home) == (1, [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_sets_the_exit_status_and_keeps_the_edits(number: signal.Signals, tmp_path: Path) -> None:
    root, home = project(tmp_path / "shop"), tmp_path / "home"
    home.mkdir()
    with start_app(root, home) as terminal:
        terminal.send("1", "down", "space")
        terminal.kill(number)
        terminal.settle(0.5)
        assert terminal.wait(GONE_WITHIN_S) == 128 + number
        if number is not signal.SIGHUP:
            assert b"\x1b[?1049l" in terminal.raw  # the terminal is restored
    assert restored_edits(root, home) == (1, [])


@pytest.mark.parametrize("number", [None, signal.SIGTERM, signal.SIGHUP])
def test_unsaved_text_is_restored_in_the_next_session(number: signal.Signals | None, tmp_path: Path) -> None:
    root, home = project(tmp_path / "shop"), tmp_path / "home"
    home.mkdir()
    with start_app(root, home) as terminal:
        terminal.send("1", "v", "enter", "x", "y", "z")
        terminal.wait_for("xyz")
        if number is None:
            terminal.drop()
        else:
            terminal.kill(number)
            terminal.settle(0.5)
        assert terminal.wait(GONE_WITHIN_S) == 128 + (number or signal.SIGHUP)
    with Terminal(home, [str(root)]) as terminal:
        terminal.wait_for("unfinished text of")
        terminal.send("enter")
        terminal.wait_for("not applied")
        assert "xyz" in terminal.text
        terminal.send("backspace", "backspace", "backspace", "#", " ", "m", "e", "ctrl+s")
        terminal.wait_for("edit the text of")
        terminal.drop()
        terminal.wait(GONE_WITHIN_S)
    assert restored_edits(root, home) == (1, [])


def test_discarded_text_is_not_offered(tmp_path: Path) -> None:
    root, home = project(tmp_path / "shop"), tmp_path / "home"
    home.mkdir()
    with start_app(root, home) as terminal:
        terminal.send("1", "v", "enter", "x", "y", "z")
        terminal.wait_for("xyz")
        until(lambda: list(home.rglob("draft.json")))  # saved soon
        terminal.send("esc", "esc")
        terminal.wait_for("secrets hidden")
        assert not list(home.rglob("draft.json"))
        terminal.drop()
        terminal.wait(GONE_WITHIN_S)
    assert restored_edits(root, home) == (0, [])


ENDS = {"the line drops": None, "SIGTERM": signal.SIGTERM, "SIGHUP": signal.SIGHUP}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_demo_removes_its_folder(end: signal.Signals | None, tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    with Terminal(home, ["demo"], variables={"TMPDIR": str(temporary)}) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send("1", "T")
        terminal.wait_for("esc cancels")
        assert list(temporary.iterdir())
        if end is None:
            terminal.drop()
        else:
            terminal.kill(end)
            terminal.settle(0.5)
        assert terminal.wait(GONE_WITHIN_S) == 128 + (end or signal.SIGHUP)
    assert list(temporary.iterdir()) == []


def test_unwritten_edits_are_offered_and_restored(tmp_path: Path) -> None:
    root, home = project(tmp_path / "shop"), tmp_path / "home"
    home.mkdir()
    with start_app(root, home) as terminal:
        terminal.send("1", "down", "space")
        terminal.drop()
        terminal.wait(GONE_WITHIN_S)
    with Terminal(home, [str(root)]) as terminal:
        terminal.wait_for("edits of a previous session")
        terminal.send("enter")
        terminal.wait_for("1 edit restored")
        terminal.send("w")
        assert "enabled" in terminal.text


def test_stopped_app_continues(tmp_path: Path) -> None:
    root, home = project(tmp_path / "shop"), tmp_path / "home"
    home.mkdir()
    with start_app(root, home) as terminal:
        terminal.kill(signal.SIGSTOP)
        terminal.kill(signal.SIGCONT)
        terminal.send("4", "down", "?")
        assert "keys" in terminal.text
        assert terminal.ended is None


def test_interrupted_commit_is_atomic(tmp_path: Path) -> None:
    rng = Random(11)
    for number in range(4):
        root, home = project(tmp_path / f"shop{number}"), tmp_path / f"home{number}"
        home.mkdir()
        before = bytes_of(root)
        with start_app(root, home) as terminal:
            terminal.send("1", "down", "space", "w")
            terminal.send("enter", "w", patience=rng.random() / 20)
            terminal.drop()
            assert terminal.wait(GONE_WITHIN_S) == 128 + signal.SIGHUP
        after = {name: content for name, content in bytes_of(root).items() if ".pipelex-edit" not in name}
        changed = [name for name in before if after.get(name) != before[name]]
        assert changed in ([], [".pipelex/inference/backends.toml"])
        assert restored_edits(root, home)[0] in (0, 1)
