"""Terminals that block, resize all the time or stop the app: nothing is lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from random import Random

import pytest

from core.workspace import FoundDraft, Workspace, find_draft, restore_draft
from tests.core.workspace.support import bytes_of
from tests.support.polling import until
from tests.trust.terminal import Terminal
from tui.sample import copy_sample

pytestmark = pytest.mark.pty

BLOCKED_S = float(os.environ.get("PIPEDECK_BLOCKED_S", "3"))
"""The seconds for which the terminal is blocked; PIPEDECK_BLOCKED_S=30 for the long run."""
MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
AT_REST = {"7": True, "25": True}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a copy of the sample."""
    copy_sample(tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    path = tmp_path / "home"
    path.mkdir()
    return path


def left_on(raw: bytes) -> list[str]:
    """The modes that differ from those before the app."""
    modes = dict(AT_REST)
    for numbers, state in MODES.findall(raw):
        modes.update(dict.fromkeys(numbers.decode().split(";"), state == b"h"))
    return [mode for mode, on in modes.items() if on != AT_REST.get(mode, False)]


def restored_edits(root: Path, home: Path) -> int:
    """The number of edits that the next session restores."""
    workspace = Workspace.open(str(root), environ={"HOME": str(home)})
    draft = find_draft(workspace)
    if draft is None:
        return 0
    assert isinstance(draft, FoundDraft)
    restored = restore_draft(workspace, draft)
    assert not getattr(restored, "conflicts", ())
    return getattr(restored, "edits", -1)


def processes(root: Path) -> list[str]:
    """The processes that have this project on their command line."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(root) in line and "-m tui" in line]


MAX_KEYS = 300
"""The maximum number of keys for a blocked terminal: enough to fill it, and handled in reasonable time."""


def fill(terminal: Terminal, seconds: float) -> None:
    """Press keys with much output for some seconds, without reading it."""
    end = time.monotonic() + seconds
    keys = [b"4", b"\x1b[6~", b"2", b"\x1b[6~", b"3", b"5", b"\x0c"]
    for number in range(MAX_KEYS):
        terminal.send_blindly(keys[number % len(keys)])
    until(lambda: time.monotonic() > end, within=seconds + 10)


def test_blocked_terminal_catches_up(root: Path, home: Path) -> None:
    with Terminal(home, [str(root)]) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send("1", "down", "space")
        fill(terminal, BLOCKED_S)
        assert terminal.ended is None
        terminal.settle(1.0)
        terminal.send("0", "ctrl+l")
        terminal.wait_for("1 edit not written")
        terminal.wait_for("can it run?")
        assert [line for line in terminal.lines if "1 edit not written" in line]
    assert restored_edits(root, home) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_ends_the_app_on_a_blocked_terminal(number: signal.Signals, root: Path, home: Path) -> None:
    before = bytes_of(root)
    with Terminal(home, [str(root)]) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send("1", "down", "space")
        terminal.wait_for("1 edit not written")
        fill(terminal, 1.0)
        terminal.kill(number)
        assert terminal.wait(8) == 128 + number
    assert bytes_of(root) == before
    assert restored_edits(root, home) == 1
    assert processes(root) == []


def test_lost_connection_ends_the_app_on_a_blocked_terminal(root: Path, home: Path) -> None:
    with Terminal(home, [str(root)]) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send("1", "down", "space")
        terminal.wait_for("1 edit not written")
        fill(terminal, 1.0)
        terminal.drop()
        assert terminal.wait(5) == 128 + signal.SIGHUP
    assert restored_edits(root, home) == 1
    assert processes(root) == []


def test_hundred_resizes(root: Path, home: Path) -> None:
    rng = Random(5)
    sizes = [(1, 1), (2, 1), (1, 50), (500, 2), (300, 100), (20, 5), (60, 16), (59, 15)]
    sizes += [(rng.randint(1, 250), rng.randint(1, 80)) for _ in range(91)]
    with Terminal(home, [str(root)]) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send("1", "down", "space")
        for number, (columns, rows) in enumerate(sizes):
            terminal.resize(columns, rows)
            if number % 8 == 0:
                terminal.send(rng.choice(["1", "4", "l", "h", "?", "w", "p", "v", ":", "esc", "down"]), patience=0.05)
            assert terminal.ended is None, (columns, rows)
        terminal.resize(80, 24)
        terminal.send("esc", "esc", "esc", "0", "ctrl+l")
        terminal.wait_for("1 edit not written")
        terminal.kill(signal.SIGTERM)
        terminal.settle(0.5)
        assert terminal.wait(8) == 128 + signal.SIGTERM
        assert left_on(terminal.raw) == []
    assert restored_edits(root, home) == 1


def test_stopped_app_continues_where_it_was(root: Path, home: Path) -> None:
    with Terminal(home, [str(root)]) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send("1", "down", "space", "w")
        terminal.wait_for("review:")
        for _ in range(3):
            terminal.kill(signal.SIGSTOP)
            terminal.send_blindly(b"\x1b[B")
            terminal.kill(signal.SIGCONT)
        terminal.send("esc", "u")
        terminal.wait_for("undone")
        terminal.send("ctrl+r", "q")
        terminal.wait_for("leave pipedeck?")
        terminal.send("down", "down", "enter")
        terminal.settle(0.5)
        assert terminal.wait(8) == 0
        assert left_on(terminal.raw) == []
    assert restored_edits(root, home) == 0
