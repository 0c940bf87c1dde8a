"""The go-to list: in sections, the commands of the place first, those that cannot run last."""

from __future__ import annotations

import re

from tests.tui.app_driver import AppDriver, demo
from tui.dialogs.pick import PickTable


def sections(app: AppDriver) -> list[str]:
    """The sections of the list in their order, with repetitions where they are mixed."""
    rows = app.app.screen.query_one(PickTable).rows
    return [row.cells[0][0] for row in rows if row.cells[0][0]]


async def test_sections_stand_together_until_something_is_typed() -> None:
    async with demo() as app:
        await app.press("5", "colon")
        shown = sections(app)
        assert shown[:2] == ["here", "anywhere"]
        assert shown[-1] == "not now"
        assert {"deck", "backends", "models", "routes", "problems", "profiles"} < set(shown)
        assert len(shown) == len(set(shown))
        assert re.match(r"> here +\S", app.lines[4])


async def test_command_that_cannot_run_says_why_in_full() -> None:
    async with demo() as app:
        await app.press("5", "colon")
        await app.type("only this")
        assert app.lines[-1].startswith("  only this: o works on a backend: press 1  key o")


async def test_typing_finds_names_and_commands() -> None:
    async with demo() as app:
        await app.press("colon")
        await app.type("best-claude")
        assert app.lines[4].startswith("> deck      @best-claude")
        await app.press("enter")
        assert "alias  llm / best-claude" in app.right
