"""The styles of tones in every theme."""

from __future__ import annotations

import pytest
from textual.app import App

from tests.tui.idle import run_app
from tests.tui.table_demo import Demo
from tui.styles.themes import THEMES
from tui.widgets.line_widget import palette_of
from tui.widgets.runs import Tone


def themed(name: str) -> App[None]:
    app = Demo()
    for theme in THEMES.values():
        app.register_theme(theme)
    app.theme = name
    return app


@pytest.mark.parametrize("theme", [*(theme.name for theme in THEMES.values()), "textual-dark", "textual-light"])
async def test_every_theme_has_every_tone(theme: str) -> None:
    app = themed(theme)
    async with run_app(app):
        palette = palette_of(app)
        tones: tuple[Tone, ...] = ("", "dim", "bad", "warn", "good", "accent", "heading", "header", "cursor")
        for focused in (False, True):
            styles = [palette.style(tone, focused) for tone in tones]
            assert all(style.color and style.bgcolor for style in styles)
        assert palette.style("cursor", True) != palette.style("", True)
        assert palette.style("bad", False) != palette.style("good", False)


async def test_palette_is_cached_per_theme() -> None:
    app = themed("textual-dark")
    async with run_app(app) as pilot:
        before = palette_of(app)
        assert palette_of(app) is before
        app.theme = "textual-light"
        await pilot.pause()
        assert palette_of(app) is not before
        assert palette_of(app).style("", False) != before.style("", False)


async def test_cursor_is_reversed_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Demo()
    async with run_app(app):
        assert palette_of(app).style("cursor", True).reverse
        assert not palette_of(app).style("cursor", False).reverse
