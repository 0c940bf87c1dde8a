"""Pictures of the forms and of the review at two sizes, and that all of it fits at others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.tui.edit.trees import sample

GOLDENS = Path(__file__).parent / "goldens"
WAYS: dict[str, tuple[str, ...]] = {
    "form-backend": ("1", "enter"),
    "form-model": ("2", "enter"),
    "form-route": ("3", "enter"),
    "form-profile": ("3", "G", "up", "enter"),
    "form-preset": ("4", "enter"),
    "form-choice": ("4", *["down"] * 9, "enter"),
    "form-alias": ("4", "G", *["up"] * 3, "enter"),
    "form-waterfall": ("4", "G", "enter"),
    "typing-wrong": ("4", "enter", "down", "down", "enter", *["backspace"] * 3, "9"),
    "pick-model": ("4", "enter", "enter"),
    "profiles": ("p",),
    "use-only": ("1", "o"),
    "delete": ("4", "down", "down", "x"),
    "fix": ("5", "f"),
    "add-backend": ("1", "a"),
    "text": ("4", "v"),
    "edited": ("1", "down", "space"),
    "review": ("1", "down", "space", "w"),
    "consent": ("1", "down", "space", "w", "w"),
    "quit-question": ("1", "space", "q"),
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", WAYS)
async def test_it_looks_as_it_should(name: str, size: tuple[int, int]) -> None:
    """Set PIPEDECK_UPDATE_GOLDENS=1 to write the pictures anew, then look at the difference."""
    golden = GOLDENS / f"{name}-{size[0]}x{size[1]}.txt"
    async with sample(size) as app:
        await app.press(*WAYS[name])
        shown = ""
        for _ in range(50):  # on a busy machine a part of the screen may be rendered with a delay
            shown = app.text + "\n"
            if golden.exists() and shown == golden.read_text(encoding="utf-8"):
                break
            await app.settle()
    if os.environ.get("PIPEDECK_UPDATE_GOLDENS") == "1":
        GOLDENS.mkdir(exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [(60, 16), (200, 60)], ids=["60x16", "200x60"])
async def test_forms_and_review_fit(size: tuple[int, int]) -> None:
    async with sample(size) as app:
        for keys, words in (
            (("4", "enter"), "enter change"),
            (("escape", "1", "down", "enter"), "esc back"),
            (("escape", "space"), "not written"),
            (("w",), "w write"),
        ):
            await app.press(*keys)
            for _ in range(50):  # on a busy machine a new screen may appear with a delay
                if words in app.text:
                    break
                await app.settle()
            assert words in app.text
            assert len(app.lines) == size[1]
            assert all(len(line) <= size[0] for line in app.lines)
