"""Lives and prices in the app: columns, trail, inspector, the cause with its fix, and the page of prices."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.lives.clock import VARIABLE
from core.lives.index import packed_index
from tests.support.trees import KEYS, extended, llm, minimal, with_preset, write_tree
from tests.tui.app_driver import AppDriver, open_app
from tui.loading import Request

SERVICES = {
    "openai": {
        "torn": [[["0", "", 3, 15]], [["0", 200000, 0], ["1", 131000, 8000]]],
        "gone": [[["0", "", 3, 15]], [["0", 200000, 0]], "", [["0", "", "2026-11-30", "fresh"]]],
        "dear": [[["0", "", 30, 150, {"cached": 3}, [[200000, 60, 300, 6]], {"batch": [15, 75]}]]],
        "fresh": [[["0", "", 3, 15]]],
    }
}


def tree(tmp_path: Path, index: bytes | None = None) -> Request:
    files = extended(minimal("0.92.2"), "backends/openai.toml", "".join(map(llm, SERVICES["openai"])))
    files["backends/openai.toml"] = files["backends/openai.toml"].replace("-id", "")
    root = write_tree(tmp_path / "project", with_preset(files, "p", "gone"))
    document: dict[str, object] = {"format": 1, "built": "2100-01-01", "services": SERVICES}
    document["sources"] = [["depdesk", "1", "2026-11-09"], ["litellm", "1", "2026-11-20"]]
    folder = tmp_path / "data" / "pipedeck"
    folder.mkdir(parents=True)
    (folder / "index.json.gz").write_bytes(packed_index(document) if index is None else index)
    environ = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), **KEYS}
    return Request(str(root), release="0.92.2", environ=environ, cwd=str(root))


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2026-12-01")


async def go_to(app: AppDriver, name: str) -> None:
    await app.press("colon")
    await app.type(name)
    await app.press("enter")


async def test_lists_trail_and_inspector_show_the_end(tmp_path: Path) -> None:
    async with open_app(tree(tmp_path), (120, 40)) as app:
        await app.press("2", "z")
        [line] = [line for line in app.lines if "+ gone " in line]
        assert "!2026-11-30" in line
        [line] = [line for line in app.lines if "+ dear " in line]
        assert "x10" in line
        await app.press("z")
        await go_to(app, "dear")
        assert "price x10 off: no source has that of the file" in app.details
        assert "$60 / $300 above 200k tokens $15 / $75 batch" in app.details
        await go_to(app, "torn")
        assert "context 131k tokens, as litellm of 2026-11-20 says not 200k by depdesk" in app.details
        await go_to(app, "$p")
        assert "gone ended on 2026-11-30, says depdesk of 2026-11-09; successor fresh" in app.details
        await app.press("e")
        assert "ended on 2026-11-30" in app.text


async def test_the_fix_of_the_cause_moves_the_name_and_undo_returns(tmp_path: Path) -> None:
    async with open_app(tree(tmp_path)) as app:
        await app.press("5", "slash")
        await app.type("gone")
        await app.press("enter", "f")
        while "fresh" not in app.text:
            await app.press("enter")
        await app.press("enter")
        view = app.main_below.session.view
        assert view is not None
        assert view.lives is not None
        assert not [problem for problem in view.report.problems if problem.code == "model-ended"]
        await app.press("u")
        view = app.main_below.session.view
        assert view is not None
        assert [problem.subject for problem in view.report.problems if problem.code == "model-ended"] == ["gone"]


async def test_marked_prices_are_taken_as_one_edit(tmp_path: Path) -> None:
    async with open_app(tree(tmp_path)) as app:
        await app.press("D")
        assert "1 price differs" in app.text
        await app.press("space", "a")
        assert "every compared price agrees with a source" in app.text
        assert app.main_below.session.workspace.history.at == 1
        await app.press("u")
        assert "1 price differs" in app.text
        await app.press("space", "space", "up", "enter")
        assert app.main.session.selected.name == "dear"


async def test_a_broken_index_is_a_note_and_lists_stay(tmp_path: Path) -> None:
    async with open_app(tree(tmp_path, b"broken")) as app:
        assert app.main.session.knowledge is not None, "the shipped one"
        assert any("index of lives and prices" in entry.message for entry in app.main.session.log.entries)
        await app.press("D")
        assert "gpt-4o-mini" in app.text
