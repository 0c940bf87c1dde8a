"""Pages in terminals of all sizes and kinds: nothing is cut, nothing needs a colour."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app_driver import demo
from tests.tui.edit.test_jobs_in_terminal import Typed
from tests.tui.test_sizes import KEYS as PICTURES
from tui.pages import route_tester
from tui.pages.page_screen import PageScreen

KEYS = {
    name: keys
    for name, keys in PICTURES.items()
    if name.startswith(("explain", "layers", "defaults", "keys", "every", "without", "watch"))
    or name in ("compare-profiles", "models-compared")
}


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (200, 60)])
@pytest.mark.parametrize("name", KEYS)
async def test_all_of_a_page_can_be_read(name: str, size: tuple[int, int]) -> None:
    """Page by page to its end: every word of every line is seen, and the keys are told all the time."""
    async with demo(size) as app:
        await app.press(*KEYS[name])
        screen = app.app.screen
        assert isinstance(screen, PageScreen)
        seen: list[str] = []
        for _ in range(40):
            assert app.lines[0].startswith("━ ")
            assert "? help" in app.lines[-1]
            assert all(len(line) <= size[0] for line in app.lines)
            seen += app.lines[1:-1]
            if screen.lines.scroll_offset.y == screen.lines.max_scroll_y:
                break
            await app.press("pagedown")
        text = " ".join(" ".join(seen).split())
        assert "…" not in text
        for line in screen.lines.lines:
            for word in "".join(part for part, _ in line.spans).split():
                assert word in text or len(word) > size[0] // 3, word


@pytest.mark.parametrize("size", [(60, 16), (200, 60)])
async def test_a_name_is_tested_in_small_and_large_terminals(size: tuple[int, int]) -> None:
    async with demo(size) as app:
        await app.press("equals_sign", *"gpt-5-mini")
        assert isinstance(app.app.screen, route_tester.RouteTesterScreen)
        assert "+ gpt-5-mini -> openai  by gpt-*" in app.text
        assert "esc back" in app.lines[-1]


TERMINALS = {
    "tmux": {"TERM": "screen-256color", "COLORTERM": "", "TMUX": "/tmp/none,1,0"},
    "16 colours": {"TERM": "xterm-16color", "COLORTERM": "", "PIPEDECK_THEME": "ansi"},
    "no colour": {"NO_COLOR": "1"},
}


@pytest.mark.pty
@pytest.mark.parametrize("kind", TERMINALS)
def test_the_jobs_are_done_in_every_terminal(kind: str, tmp_path: Path) -> None:
    with Typed(tmp_path, "--no-mouse", **TERMINALS[kind]) as app:
        app.keys("2", "V", "K", "$")
        app.until("> + mistral-small")
        app.keys("e")
        app.until("the model  mistral-small at mistral")
        app.keys("6")
        app.until("3 of 3 required variables set")
        app.keys("c", "all_anth", "enter")
        app.until("compare  own_keys -> all_anthropic")
        app.keys("=", "gpt-5.9")
        app.until("x gpt-5.9 -> no backend")
        app.keys("esc", "1", "!")
        app.until("without anthropic")
        app.keys("4", "I")
        app.until("layers  $writing")
        app.keys("0")
        app.until("can it run?")
        assert app.leave() == 0
