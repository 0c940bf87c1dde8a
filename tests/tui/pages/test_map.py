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
