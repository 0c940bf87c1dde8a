"""The marks of drift in the lists and the inspector, which come after the first screen and follow edits."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app_driver import AppDriver, open_app
from tests.tui.pages.test_upgrade import request_for

SIZE = (150, 36)
WORDS = ("yours", "behind", "both", "gone")


async def marks(app: AppDriver, title: str) -> dict[str, str]:
    """The marks of the rows of a list, by name, once they are known; empty without the column."""
    await app.app.workers.wait_for_complete()
    await app.settle()
    lines = app.left.split("\n")
    start = next(number for number, line in enumerate(lines) if f"━ {title}" in line)
    if not lines[start + 1].endswith("drift"):
        return {}
    rows = [line.lstrip("> ").removeprefix("+ ").removeprefix("x ").split() for line in lines[start + 2 :]]
    end = next((number for number, row in enumerate(rows) if not row or row[0].startswith("─")), len(rows))
    return {row[0]: row[-1] if row[-1] in WORDS else "" for row in rows[:end]}


async def test_lists_mark_what_differs_from_the_kits(tmp_path: Path) -> None:
    async with open_app(request_for(tmp_path), SIZE) as app:
        await app.press("4")
        found = await marks(app, "4 Deck")
        assert found["$team"] == "yours"
        assert found["$cheap"] == ""
        await app.press("/", *"team", "enter")
        assert "yours: your own or changed by you" in app.details
        await app.press("1")
        assert (await marks(app, "1 Backends"))["pipelex_inference"] == "yours"


async def test_marks_follow_edits(tmp_path: Path) -> None:
    async with open_app(request_for(tmp_path), SIZE) as app:
        await app.press("1")
        before = await marks(app, "1 Backends")
        name = app.main.session.selected.name
        await app.press("space")
        assert await marks(app, "1 Backends") == {**before, name: "both"}
        assert before[name] == ""
        await app.press("u")
        assert await marks(app, "1 Backends") == before


async def test_without_an_installation_there_is_no_column(tmp_path: Path) -> None:
    request = request_for(tmp_path)
    (tmp_path / "project" / ".venv").rename(tmp_path / "elsewhere")
    async with open_app(request, SIZE) as app:
        await app.press("4")
        assert await marks(app, "4 Deck") == {}
        assert "team" in app.left
