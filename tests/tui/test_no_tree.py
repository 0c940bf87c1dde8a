"""The start screen: searched folders and options when there is no tree."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app_driver import open_app
from tui.loading import Request
from tui.sample import copy_sample
from tui.screens.start import StartScreen


def nothing(home: Path) -> Request:
    return Request(None, environ={"HOME": str(home)})


async def test_start_screen_shows_searched_folders_and_options(fenced_environment: Path) -> None:
    async with open_app(nothing(fenced_environment)) as app:
        assert isinstance(app.app.screen, StartScreen)
        assert "no .pipelex/inference found here" in app.text
        for offer in ("d  demo", "o  another folder", "n  new", "q  quit"):
            assert offer in app.text


async def test_demo_opens_from_the_start_screen(fenced_environment: Path) -> None:
    async with open_app(nothing(fenced_environment)) as app:
        await app.press("enter")
        assert "runs in part: 1 of 7 LLM presets dead" in app.lines[1]


async def test_folder_opens_and_a_wrong_one_is_reported(fenced_environment: Path, tmp_path: Path) -> None:
    copy_sample(tmp_path / "shop")
    async with open_app(nothing(fenced_environment)) as app:
        await app.press("o")
        await app.type("nowhere")
        await app.press("enter")
        assert app.lines[-1] == " nowhere: no such file or directory"
        await app.press(*["backspace"] * len("nowhere"))
        await app.type("shop")
        await app.press("enter")
        assert "1 Backends  4 on" in app.left
        assert "keys 0/3" in app.lines[1]


async def test_help_and_quit_on_the_start_screen(fenced_environment: Path) -> None:
    async with open_app(nothing(fenced_environment)) as app:
        await app.press("question_mark")
        assert "open a throw-away copy of the sample" in app.text
        await app.press("escape", "q")
    assert app.app.return_code == 0
