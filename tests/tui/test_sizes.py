"""The app at all terminal sizes, and golden screens of the sample at two of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.tui.app_driver import demo

GOLDENS = Path(__file__).parent / "goldens"
KEYS: dict[str, tuple[str, ...]] = {
    "overview": (),
    "backend": ("1", "down"),
    "model": ("2", "down"),
    "route": ("3",),
    "preset": ("4", "down", "down", "down"),
    "dead-preset": ("4", "down", "down", "down", "down", "down", "down"),
    "problem": ("5", "down"),
    "go-to": ("colon", "g", "e", "m"),
    "help": ("question_mark",),
    "explain": ("4", "e"),
    "explain-dead": ("4", *("down",) * 6, "e"),
    "explain-backend": ("1", "e"),
    "explain-cause": ("5", "e"),
    "explain-route": ("3", *("down",) * 3, "e"),
    "layers": ("4", "I"),
    "defaults": ("e",),
    "keys": ("6",),
    "compare-profiles": ("c", *"all_an", "enter"),
    "compare-pick": ("c",),
    "every-profile": ("c", "enter"),
    "without-backend": ("1", "exclamation_mark"),
    "route-test": ("equals_sign", *"gpt-5-mini"),
    "catalogue": ("2", "V", "K", "dollar_sign", "z"),
    "catalogue-empty": ("2", "V", "less_than_sign"),
    "a-call": ("4", "e", "number_sign"),
    "layers-profile": ("I",),
    "releases-compared": ("c", *"0.16.0", "enter"),
    "key-lost": ("6", "exclamation_mark"),
    "models-compared": ("2", "down", "space", "space", "space", "c"),
    "copy": ("4", "Y"),
    "watch": ("W",),
    "map": ("4", "M"),
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", KEYS)
async def test_screen_matches_its_golden(name: str, size: tuple[int, int]) -> None:
    """Set PIPEDECK_UPDATE_GOLDENS=1 to update the goldens, then review the diff."""
    golden = GOLDENS / f"{name}-{size[0]}x{size[1]}.txt"
    async with demo(size) as app:
        await app.press(*KEYS[name])
        shown = app.text + "\n"
    if os.environ.get("PIPEDECK_UPDATE_GOLDENS") == "1":
        GOLDENS.mkdir(exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (99, 31), (120, 40), (200, 60)])
async def test_essential_text_fits_every_size(size: tuple[int, int]) -> None:
    async with demo(size) as app:
        assert len(app.lines) == size[1]
        assert all(len(line) <= size[0] for line in app.lines)
        for number, title in enumerate(("Backends", "Models", "Routes", "Deck", "Problems"), 1):
            assert f"{number} {title}" in app.left
        assert "runs in part" in app.lines[1]
        assert "keys 3/3" in app.lines[1]
        assert "? help" in app.lines[-1]
        assert "q quit" in app.lines[-1]
        for pane in "12345":
            await app.press(pane, "down")
            selected = app.main.pane.table.selected
            assert selected is not None


@pytest.mark.parametrize("size", [(59, 24), (80, 15), (20, 5)])
async def test_too_small_terminal_is_reported_in_one_line(size: tuple[int, int]) -> None:
    async with demo(size) as app:
        assert app.lines[0].startswith(" too small: ")
        assert not any(app.lines[1:])


async def test_wide_terminals_show_more_columns() -> None:
    async with demo((120, 40)) as app:
        await app.press("2")
        assert "backend" in app.left
        assert app.text.count("│") >= 30
    async with demo((200, 60)) as app:
        await app.press("2")
        assert "text_extractor" in app.left


async def test_resize_keeps_position_and_selection() -> None:
    async with demo() as app:
        await app.press("4", "down", "down")
        for size in ((120, 40), (60, 16), (30, 10), (80, 24)):
            await app.pilot.resize_terminal(*size)
            await app.settle()
        assert "preset  llm / extract-facts" in app.right
        selected = app.main.panes["deck"].table.selected
        assert selected is not None
        assert "$extract-facts" in selected.cells
