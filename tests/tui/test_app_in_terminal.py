"""The app in a real terminal: it starts, answers in few bytes, and leaves nothing behind."""

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
        """Every cell as one sees it: of a blank its ground only."""
        rows, columns = range(self._screen.lines), range(self._screen.columns)
        cells = ((self._screen.buffer[row][column] for column in columns) for row in rows)
        return [[_seen(cell) for cell in line] for line in cells]

    def leave(self, key: str = "q") -> int:
        """Press a key, read to the end, and give the exit code."""
        os.write(self._terminal, key.encode())
        while self._read(5.0):
            pass
        return self._process.wait(timeout=10)


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    ground = (cell.bg, cell.reverse, cell.underscore)
    return (*ground, cell.data, cell.fg, cell.bold) if cell.data.strip() else ground


def test_the_demo_starts_shows_the_verdict_and_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    with AppSession(tmp_path) as session:
        session.wait_for("runs in part: 1 of 7 LLM presets dead")
        assert session.left_on
        assert session.leave() == 0
        assert session.left_on == []
        assert list(tmp_path.iterdir()) == []


def test_an_idle_app_sends_nothing(tmp_path: Path) -> None:
    with AppSession(tmp_path) as session:
        session.wait_for("5 Problems")
        session.press("4")
        assert select.select([session._terminal], [], [], 1.5)[0] == []
        assert session.leave() == 0


def test_a_cursor_key_with_the_details_beside_it_costs_no_more_than_1000_bytes(tmp_path: Path) -> None:
    with AppSession(tmp_path) as session:
        start = session.wait_for("5 Problems")
        session.press("4")
        cursor = [session.press("down") for _ in range(15)]
        assert session.leave() == 0
    assert fmean(cursor) <= 1000
    assert start <= 8000


@pytest.mark.parametrize("no_color", ["", "1"])
def test_what_is_on_screen_is_what_a_fresh_painting_shows(tmp_path: Path, no_color: str) -> None:
    keys = WALK.split()
    with AppSession(tmp_path, no_color=no_color) as session:
        session.wait_for("5 Problems")
        session._read(2.0)  # what editing needs is imported meanwhile; it would part one picture in two
        for number, key in enumerate(keys):
            session.press(key)
            if key in "/gpmi:?" or (key == "pagedown" and keys[number - 1] == "?"):
                continue  # the keys of a line to type in are letters
            before = session.picture[:-1]  # without the line for messages
            session.press("\x0c")
            assert session.picture[:-1] == before, f"after {key}, key number {number}"
        assert session.leave() == 0


def test_without_colours_the_selection_is_still_to_be_seen(tmp_path: Path) -> None:
    with AppSession(tmp_path, no_color="1") as session:
        session.wait_for("5 Problems")
        session.press("4")
        session.press("down")
        row = next(y for y, line in enumerate(session.lines) if line.startswith("> + $writing-long"))
        assert session._screen.buffer[row][4].reverse
        # Foreground and background are never set; what is told by colour is told by words and signs too.
        assert not re.search(rb"\x1b\[[0-9;]*[34]8;", session.raw)
        assert session.leave() == 0


def test_mouse_moves_are_not_asked_for(tmp_path: Path) -> None:
    with AppSession(tmp_path) as session:
        session.wait_for("5 Problems")
        assert session.modes.get("1000")
        assert not session.modes.get("1003")
        assert session.leave() == 0


def test_the_theme_of_the_terminals_own_colours_sends_no_others_from_the_start(tmp_path: Path) -> None:
    with AppSession(tmp_path, theme="ansi") as session:
        session.wait_for("5 Problems")
        assert re.search(rb"\x1b\[[0-9;]*(?:3[0-7]|9[0-7])m", session.raw)
        assert not re.search(rb"\x1b\[[0-9;]*[34]8;", session.raw)
        assert session.leave() == 0
