"""The app in a pseudo-terminal: start, bytes per key, and restoring of the terminal."""

from __future__ import annotations

import os
import re
import select
import sys
from pathlib import Path
from statistics import fmean

import pyte
import pytest

from tests.benchmarks.pty_session import PtySession
from tests.support.environment import fenced

pytestmark = pytest.mark.pty

CHECKOUT = Path(__file__).resolve().parents[2]
WALK = "4 down pagedown l down enter [ 2 / g p enter : m i enter 5 ? pagedown q 0"


class AppSession(PtySession):
    """The demo in a terminal."""

    def __init__(self, home: Path, *, no_color: str = "", theme: str = "") -> None:
        self.raw = b""
        variables = fenced(home) | {"PYTHONPATH": str(CHECKOUT), "COLORTERM": "truecolor"}
        if no_color:
            variables["NO_COLOR"] = no_color
        if theme:
            variables["PIPEDECK_THEME"] = theme
        super().__init__([sys.executable, "-m", "tui", "demo"], variables)

    def __enter__(self) -> AppSession:
        return self

    def _draw(self, data: bytes) -> None:
        self.raw += data
        super()._draw(data)

    @property
    def picture(self) -> list[list[tuple[object, ...]]]:
        """Every cell as visible; of a blank its background only."""
        rows, columns = range(self._screen.lines), range(self._screen.columns)
        cells = ((self._screen.buffer[row][column] for column in columns) for row in rows)
        return [[_seen(cell) for cell in line] for line in cells]

    def leave(self, key: str = "q") -> int:
        """Press a key and read to the end; returns the exit code."""
        os.write(self._terminal, key.encode())
        while self._read(5.0):
            pass
        return self._process.wait(timeout=30)


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    ground = (cell.bg, cell.reverse, cell.underscore)
    return (*ground, cell.data, cell.fg, cell.bold) if cell.data.strip() else ground


def test_demo_shows_the_verdict_and_restores_the_terminal(tmp_path: Path) -> None:
    with AppSession(tmp_path) as session:
        session.wait_for("runs in part: 1 of 7 LLM presets dead")
        assert session.left_on
        assert session.leave() == 0
        assert session.left_on == []
        assert list(tmp_path.iterdir()) == []


def test_idle_app_sends_nothing(tmp_path: Path) -> None:
    with AppSession(tmp_path) as session:
        session.wait_for("5 Problems")
        session.press("4")
        assert select.select([session._terminal], [], [], 1.5)[0] == []
        assert session.leave() == 0


def test_cursor_key_with_inspector_sends_at_most_1000_bytes(tmp_path: Path) -> None:
    with AppSession(tmp_path) as session:
        start = session.wait_for("5 Problems")
        session.press("4")
        cursor = [session.press("down") for _ in range(15)]
        assert session.leave() == 0
    assert fmean(cursor) <= 1000
    assert start <= 8000


@pytest.mark.parametrize("no_color", ["", "1"])
def test_screen_equals_a_full_repaint(tmp_path: Path, no_color: str) -> None:
    keys = WALK.split()
    with AppSession(tmp_path, no_color=no_color) as session:
        session.wait_for("5 Problems")
        session._read(2.0)  # wait for the background import, which would split a frame
        for number, key in enumerate(keys):
            session.press(key)
            if key in "/gpmi:?" or (key == "pagedown" and keys[number - 1] == "?"):
                continue  # keys are letters in an input line
            before = session.picture[:-1]  # without the status line
            session.press("\x0c")
            assert session.picture[:-1] == before, f"after {key}, key number {number}"
        assert session.leave() == 0


def test_selection_is_visible_without_colours(tmp_path: Path) -> None:
    with AppSession(tmp_path, no_color="1") as session:
        session.wait_for("5 Problems")
        session.press("4")
        session.press("down")
        row = next(y for y, line in enumerate(session.lines) if line.startswith("> + $writing-long"))
        assert session._screen.buffer[row][4].reverse
        # No foreground or background is set: states are shown by text and symbols too.
        assert not re.search(rb"\x1b\[[0-9;]*[34]8;", session.raw)
        assert session.leave() == 0


def test_mouse_moves_are_not_reported(tmp_path: Path) -> None:
    with AppSession(tmp_path) as session:
        session.wait_for("5 Problems")
        assert session.modes.get("1000")
        assert not session.modes.get("1003")
        assert session.leave() == 0


def test_ansi_theme_sends_only_ansi_colours(tmp_path: Path) -> None:
    with AppSession(tmp_path, theme="ansi") as session:
        session.wait_for("5 Problems")
        assert re.search(rb"\x1b\[[0-9;]*(?:3[0-7]|9[0-7])m", session.raw)
        assert not re.search(rb"\x1b\[[0-9;]*[34]8;", session.raw)
        assert session.leave() == 0
