"""Any keys, then undo to the start: the same bytes on the disk and in memory."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.support.stock import StockFactory
from tests.tui.edit.trees import Editable, sample, stock_tree
from tui.screens.main import MainScreen

SEQUENCES = int(os.environ.get("PIPEDECK_RANDOM_KEYS", "3"))
"""How many sequences are tried; a campaign sets PIPEDECK_RANDOM_KEYS=200."""
LENGTH = 30
KEYS = (
    *["down"] * 6,
    *["up"] * 3,
    *["enter"] * 6,
    *["space"] * 5,
    *("1", "2", "3", "4", "5", "J", "K", "m", "x", "d", "r", "f", "a", "o", "p", "v", "w", "u", "ctrl+r"),
    *["escape"] * 5,
    *("tab", "pagedown", "G", "g", "l", "0", "7", "z", "backspace", "slash", "left_square_bracket"),
    *("e", "I", "I", "c", "exclamation_mark", "equals_sign", "6", "number_sign"),
)


async def _try(app: Editable, seed: int) -> None:
    keys = random.Random(seed)
    before = app.files
    workspace = app.app.session.workspace
    pressed = []
    for _ in range(LENGTH):
        key = keys.choice(KEYS)
        pressed.append(key)
        await app.press(key)
        assert len(app.lines) == 24
    for _ in range(12):  # out of whatever is open: a text that was typed takes two
        if isinstance(app.app.screen, MainScreen):
            break
        await app.press("escape")
    assert isinstance(app.app.screen, MainScreen), (seed, pressed, app.text)
    workspace = app.app.session.workspace
    while workspace.history.at:
        app.main.editing.undo()
        await app.settle()
    await app.press("escape", "escape")
    for path, content in workspace.pending.items():
        assert (app.tree / Path(path).relative_to(app.tree)).read_bytes() != content
    if workspace.dirty:  # something was written on the way: write what undo brought back
        result = workspace.save(accept_errors=True)
        assert not workspace.dirty, result
    assert app.files == before, (seed, pressed)


@pytest.mark.parametrize("seed", range(SEQUENCES))
async def test_any_keys_undone_leave_every_byte_on_the_sample(seed: int) -> None:
    async with sample() as app:
        await _try(app, seed)


@pytest.mark.parametrize("seed", range(max(SEQUENCES // 6, 1)))
async def test_any_keys_undone_leave_every_byte_on_a_stock_tree(
    seed: int, stock: StockFactory, fenced_environment: Path
) -> None:
    release = ("0.92.2", "0.14.3", "0.17.6", "0.10.2")[seed % 4]
    async with stock_tree(stock(release), fenced_environment, ANTHROPIC_API_KEY="made-up") as app:
        await _try(app, 1000 + seed)
