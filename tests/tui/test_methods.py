"""The list of methods: shown once they are read and only where there are any; its keys, and edits that follow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.core.methods.test_pipes import BLIND, DEAD, FINE, HEAD, pipe, with_pipes
from tests.support.trees import KEYS, g3_1, write_tree
from tests.tui.app_driver import AppDriver, open_app, request_for


@asynccontextmanager
async def opened(project: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[AppDriver]:
    async with open_app(request_for(project, project.parent / "home", **KEYS), size) as driver:
        yield driver


async def test_pipes_are_listed_with_their_trail(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    with_pipes(project, DEAD, FINE, BLIND)
    async with opened(project, (120, 40)) as app:
        assert "runs in part: 1 of 3 pipes of this project can run" in app.text
        assert "reading methods" not in app.text
        assert "7 Methods  1 can run" in app.text
        await app.press("7")
        assert "x dead" in app.left
        assert "pipe  shop / dead" in app.right
        assert "there is no preset wirting" in app.details
        await app.press("j")
        assert "pipe  shop / fine" in app.right
        assert "fine = $cheap" in app.details
        assert "gpt-4o-mini" in app.details
        await app.press("j")
        assert "x images (photo): the model reads no images" in app.details
        await app.press("enter")
        assert "shop.mthds" in app.lines[0]


async def test_a_tree_without_methods_looks_as_before(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    write_tree(project, g3_1())
    async with opened(project) as app:
        assert "Methods" not in app.text
        assert "can run" in app.text
        await app.press("7")
        assert "no pipe of the project uses a model" in app.text


async def test_methods_are_found_by_name_and_explained(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    with_pipes(project, FINE, files=g3_1())
    async with opened(project) as app:
        await app.press(":")
        await app.type("fine")
        await app.press("enter")
        assert "pipe  shop / fine" in app.right
        await app.press("e")
        assert "explain" in app.lines[0]
        assert "fine = $cheap" in app.text
        await app.press("escape", "4")
        await app.press("/")
        await app.type("cheap")
        await app.press("enter")
        assert "used by" in app.details
        assert "fine" in app.details.partition("used by")[2]


async def test_a_pipe_is_repointed_and_undone(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    with_pipes(project, BLIND)
    text = (project / "shop.mthds").read_text(encoding="utf-8")
    async with opened(project) as app:
        await app.press("7", "m")
        await app.type("eye")
        await app.press("enter")
        assert "1 of 1 pipe of this project can run" in app.text
        assert "blind = eye" in app.details
        await app.press("w", "enter")
        assert (project / "shop.mthds").read_text(encoding="utf-8") == text.replace('"$cheap"', '"eye"')
        await app.press("escape", "u")
        assert "0 of 1 pipe of this project can run" in app.text


async def test_a_rename_in_the_deck_changes_methods_in_the_same_step(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    with_pipes(project, pipe('output = "Text"\nmodel = "$mine"', name="a"), files=g3_1() | {"deck/x_custom.toml": MINE})
    async with opened(project) as app:
        await app.press(":")
        await app.type("$mine")
        await app.press("enter", "r")
        await app.type("-new")
        await app.press("enter")
        assert "1 reference in 1 method file follows" in app.text.replace("\n", " ")
        await app.press("w")
        assert "shop.mthds" in app.text


MINE = '[llm.presets]\nmine = { model = "gpt-4o-mini", temperature = 0.5 }\n'


async def test_changed_method_files_are_reread(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    with_pipes(project, DEAD, files=g3_1())
    async with opened(project) as app:
        assert "0 of 1 pipe of this project can run" in app.text
        (project / "shop.mthds").write_text(HEAD + FINE, encoding="utf-8")
        await app.press("R")
        assert "1 of 1 pipe of this project can run" in app.text
        (project / "shop.mthds").unlink()
        await app.press("7", "R")
        assert "Methods" not in app.left
