"""Creating a tree in the app: the list of providers, the selection, the preview, writing."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import inspect_tree
from core.verdict import Verdict
from tests.cli.test_recover import kill_at_rename
from tests.core.store.disks import CRASHED
from tests.tui.app_driver import open_app
from tui.loading import Request
from tui.screens.create import CreateScreen
from tui.screens.main import MainScreen
from tui.screens.start import StartScreen

SECRET = "sk-not-to-be-shown"


@pytest.fixture
def request_(fenced_environment: Path) -> Request:
    return Request(None, environ={"HOME": str(fenced_environment), "ANTHROPIC_API_KEY": SECRET, "FAL_API_KEY": ""})


async def test_providers_are_listed_with_the_state_of_their_keys(request_: Request, tmp_path: Path) -> None:
    async with open_app(request_) as app:
        await app.press("n")
        assert isinstance(app.app.screen, CreateScreen)
        assert "for Pipelex 0.92.2" in app.lines[0]
        assert "> [x] anthropic    Claude                   key set: ANTHROPIC_API_KEY" in app.lines
        assert "  [ ] fal          images by FLUX and SDXL  empty: FAL_API_KEY" in app.lines
        assert "  [ ] ollama       models on your own mach… needs no key" in app.lines
        assert app.lines[-2] == " 9 files, profile all_anthropic; no provider makes images or searches the web"
        assert SECRET not in app.text
        await app.press("escape")
        assert isinstance(app.app.screen, StartScreen)
    assert list(tmp_path.iterdir()) == []


async def test_three_keys_create_a_runnable_tree(request_: Request, tmp_path: Path) -> None:
    async with open_app(request_) as app:
        await app.press("n", "w")
        await app.settle()
        assert isinstance(app.app.screen, MainScreen)
        assert app.lines[1].startswith(" ok can run")
        assert "It runs: every name in use ends" in app.right
    report = inspect_tree(str(tmp_path), environ=request_.environ)
    assert report.verdict[0] is Verdict.OK
    assert report.catalog.enabled == ("anthropic", "internal")


async def test_a_creation_that_was_cut_off_is_finished(request_: Request, tmp_path: Path) -> None:
    assert kill_at_rename(["init", "--backend", "anthropic"], 5) == CRASHED
    left = len(list(tmp_path.rglob("*.toml")))
    async with open_app(request_) as app:
        await app.settle()
        assert isinstance(app.app.screen, MainScreen)
        assert app.lines[1].startswith(" ok can run")
    assert 0 < left < len(list(tmp_path.rglob("*.toml")))


async def test_space_and_enter_toggle_providers(request_: Request, tmp_path: Path) -> None:
    async with open_app(request_) as app:
        await app.press("n", "j", "space")
        assert "> [x] openai       GPT and GPT Image        no key: OPENAI_API_KEY" in app.lines
        assert app.lines[-2].endswith("1 variable to set before Pipelex starts")
        await app.press("enter", "k", "space")
        assert app.lines[-2].startswith(" there is no provider of language models, and a tree needs one")
        await app.press("w")
        assert app.lines[-1] == " no files to write yet: see the line above"
        await app.press("v")
        assert app.lines[-1] == " no files to view yet: see the line above"
    assert list(tmp_path.iterdir()) == []


async def test_files_are_previewed(request_: Request, tmp_path: Path) -> None:
    async with open_app(request_) as app:
        await app.press("n", "v")
        assert "the files of the new tree" in app.text
        assert " backends/anthropic.toml" in app.lines
        await app.press("escape")
        assert isinstance(app.app.screen, CreateScreen)
    assert list(tmp_path.iterdir()) == []


async def test_changed_release_keeps_the_possible_selection(request_: Request) -> None:
    async with open_app(request_) as app:
        await app.press("n", *["j"] * 16, "space")
        assert "> [x] linkup       web search and web pages no key: LINKUP_API_KEY" in app.lines
        await app.press("r")
        await app.type("0.10.0")
        await app.press("enter")
        assert "for Pipelex 0.10.0" in app.lines[0]
        assert app.lines[-1] == " 0.10.0 cannot use linkup"
        assert "[x] anthropic" in app.text
        assert app.lines[-2] == " 5 files, profile all_anthropic"
        await app.press("w")
        await app.settle()
        assert "release 0.10.0" in app.lines[0]


async def test_obstacle_is_reported(request_: Request, tmp_path: Path) -> None:
    async with open_app(request_) as app:
        await app.press("n")
        (tmp_path / ".pipelex" / "inference").mkdir(parents=True)
        (tmp_path / ".pipelex" / "inference" / "backends.toml").write_text("# somebody else's, just now")
        await app.press("w")
        assert app.lines[-1] == " backends.toml exists already and is not overwritten"
        (tmp_path / ".pipelex" / "inference" / "backends.toml").unlink()
        (tmp_path / ".pipelex" / "inference").rmdir()
        (tmp_path / ".pipelex").rmdir()
        (tmp_path / ".pipelex").write_text("a file")
        await app.press("w")
        await app.settle()
        assert app.lines[-1] == " nothing was written: .pipelex is a file, not a folder"
        assert isinstance(app.app.screen, CreateScreen)


async def test_read_only_mode_refuses_creation(fenced_environment: Path) -> None:
    async with open_app(Request(None, environ={"HOME": str(fenced_environment)}, read_only=True)) as app:
        await app.press("n")
        assert app.lines[-1] == " nothing can be written: it was opened read-only"


async def test_works_at_60x16(request_: Request) -> None:
    async with open_app(request_, size=(60, 16)) as app:
        await app.press("n")
        assert any(line.startswith("> [x] anthropic    Claude") for line in app.lines)
        assert app.lines[-1].startswith(" space choose  w write  esc back  v view files")
