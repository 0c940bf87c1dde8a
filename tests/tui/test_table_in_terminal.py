"""The table and the inspector in a pseudo-terminal: bytes per key, and correct partial updates."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.pty_session import PtySession
from tests.benchmarks.table_bytes import measure
from tests.support.environment import fenced

pytestmark = pytest.mark.pty

CHECKOUT = Path(__file__).resolve().parents[2]


def test_cursor_key_sends_at_most_500_bytes() -> None:
    figures = measure("ours", rows=5000, keys=45)
    assert figures.cursor_mean <= 500, "held down, scrolling included"
    assert figures.cursor_still <= 330, "while the list stands still"


def test_cursor_key_with_a_demo_inspector_sends_at_most_1000_bytes() -> None:
    figures = measure("pane", rows=5000, keys=45)
    assert figures.cursor_mean <= 1000


KEYS = (
    *("down", "pagedown", "down", "down", "up", "pagedown", "pageup", "pageup", "end", "up", "home"),
    *("f", "down", "s", "down", "s", "F", "end", "f", "F", "home"),
    *("tab", "down", "down", "pagedown", "down", "end", "up", "tab", "down"),
)
"""Keys that each change the screen."""


@pytest.mark.parametrize("no_color", ["", "1"])
def test_screen_equals_a_full_repaint_after_any_key(tmp_path: Path, no_color: str) -> None:
    environment = fenced(tmp_path) | {"PYTHONPATH": str(CHECKOUT), "COLORTERM": "truecolor"}
    if no_color:
        environment["NO_COLOR"] = no_color
    argv = [sys.executable, "-m", "tests.tui.table_demo"]
    with PtySession(argv, environment) as session:
        session.wait_for("model-0")
        for number, key in enumerate(KEYS):
            session.press(key)
            before = session.look
            session.press("R")
            assert session.look == before, f"after {key}, key number {number}"
        session.press("ctrl+q")
