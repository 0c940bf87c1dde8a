"""The map page: a family of the selected name, the next one by its key, one backend, and what is copied of it."""

from __future__ import annotations

from tests.tui.pages.reading import Shop, export, page


async def test_map_of_the_selected_name_goes_from_family_to_family(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("4", "M")
        assert "map  llm" in app.lines[0]
        assert "@best-gemini" in app.text
        assert "x gemini-2.5-pro" in page(app)
        assert export(app).plain() == shop.says("map", "--family", "llm")
        before = app.lines[0]
        await app.press("M")
        assert app.lines[0] != before
        await app.press("escape", "1", "M")
        assert ", anthropic" in app.lines[0]
        assert "openai" not in page(app)
        assert export(app).plain() == shop.says("map", "--backend", "anthropic")
        document = export(app).json()
        assert '"backend": "anthropic"' in document
        assert "$writing" in document


async def test_map_is_narrowed_by_words(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("M", "slash")
        await app.type("openai gpt-5")
        assert "$reasoning" in app.text
        assert "anthropic" not in page(app)
        assert "3 names, 2 models, 1 backend" in app.lines[0]
        await app.press("enter")
        assert export(app).plain() == shop.says("map", "--filter", "openai gpt-5")
        assert export(app).command == "pipedeck map --filter 'openai gpt-5'"
        await app.press("slash")
        await app.type("x")
        assert "no line has openai gpt-5x" in app.text
        await app.press("escape")
        assert "anthropic" in page(app)
        await app.press("escape")
        assert app.main.selected.kind == "overview"
