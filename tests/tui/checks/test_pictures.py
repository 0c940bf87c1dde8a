"""Pictures of the screens of checks at two sizes, with ports and times normalized."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.app_driver import AppDriver, demo, open_app, request_for
from tests.tui.checks.check_screens import idle, server_tree, silent, until
from tui.dialogs.ask import AskScreen

GOLDENS = Path(__file__).parent / "goldens"
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])

KEYS: dict[str, tuple[str, ...]] = {
    "tried": ("g",),
    "refused": ("g", "j"),
    "refused-exchange": ("g", "j", "l", "G"),
    "not-served": ("g", "j", "j"),
    "tried-names": ("4",),
    "tried-models": ("1", "g", "2"),
    "live-problem": ("5", "j"),
    "live-overview": ("0",),
    "served": ("g", "i", "space"),
}
"""What to press once all backends of the demo were asked."""


def evened(text: str) -> str:
    """The screen without what is another each time: ports, and the hundredths of seconds."""
    text = re.sub(r"127\.0\.0\.1:\d{5}", "127.0.0.1:40404", text)
    return re.sub(r"\b\d\.\d\d s\b", "0.30 s", text)


def compare(name: str, size: tuple[int, int], app: AppDriver) -> None:
    """Set PIPEDECK_UPDATE_GOLDENS=1 to write the pictures anew, then look at the difference."""
    golden = GOLDENS / f"{name}-{size[0]}x{size[1]}.txt"
    shown = evened(app.text) + "\n"
    if os.environ.get("PIPEDECK_UPDATE_GOLDENS") == "1":
        GOLDENS.mkdir(exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


@SIZES
async def test_picture_of_check_results(size: tuple[int, int]) -> None:
    async with demo(size) as app:
        await app.press("1", "T")
        await until(app, idle(app))
        for name, keys in KEYS.items():
            await app.press("1", *keys)
            compare(name, size, app)
            while app.app.screen is not app.app.screen_stack[0] and len(app.app.screen_stack) > 2:
                await app.press("escape")


@SIZES
async def test_picture_of_a_completion(size: tuple[int, int]) -> None:
    async with demo(size) as app:
        await app.press("4", "t")
        await until(app, lambda: isinstance(app.app.screen, AskScreen))
        compare("ask-model", size, app)
        await app.press("down", "enter")
        await until(app, lambda: "asked for one word" in app.text)
        compare("asking-model", size, app)
        await until(app, idle(app))
        compare("model-answered", size, app)


@SIZES
async def test_picture_of_a_new_destination_and_of_waiting(size: tuple[int, int], tmp_path: Path) -> None:
    seen: list[bytes] = []
    server = await silent(seen)
    root = server_tree(tmp_path, server.sockets[0].getsockname()[1], 3)
    request = replace(request_for(root, tmp_path / "home", KEY="sk-canary-key"), label="a project")
    async with open_app(request, size) as app:
        await app.press("1", "T")
        await until(app, lambda: isinstance(app.app.screen, AskScreen))
        compare("new-host", size, app)
        await app.press("down", "enter")
        await until(app, lambda: len(seen) == 2 and app.left.count("asking") == 2)
        compare("asking", size, app)
        await app.press("escape")
        await until(app, idle(app))
        compare("cancelled", size, app)
    server.close()
