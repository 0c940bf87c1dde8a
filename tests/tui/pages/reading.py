"""Reading pages, and what the command line says of the same tree."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cli.process import run
from tests.tui.app_driver import AppDriver, open_app, request_for
from tui.pages.exports import Export
from tui.pages.page_screen import PageScreen
from tui.sample import copy_sample, demo_environment


class Shop:
    """The sample as a project of one's own, with the variables that the demo has."""

    def __init__(self, folder: Path, home: Path) -> None:
        copy_sample(folder / "shop")
        self.root = folder / "shop"
        self.home = home
        self.keys = {name: value for name, value in demo_environment(home).items() if name.endswith("_KEY")}

    @asynccontextmanager
    async def open_app(self, size: tuple[int, int] = (80, 24)) -> AsyncIterator[AppDriver]:
        """The app on it, as if somebody had been here before."""
        seen = self.home / ".local" / "state" / "pipedeck" / "seen"
        seen.parent.mkdir(parents=True, exist_ok=True)
        seen.touch()
        async with open_app(request_for(self.root, self.home, **self.keys), size) as app:
            yield app

    def says(self, *arguments: str) -> str:
        """What the command prints into a pipe."""
        environ = self.keys
        done = run(*arguments, environ=environ, cwd=self.root)
        assert done.returncode in (0, 1, 3), done.stderr
        return done.stdout

    def document(self, *arguments: str) -> object:
        """What the command prints as JSON."""
        data: object = json.loads(self.says(*arguments, "--json"))
        return data


@pytest.fixture
def shop(tmp_path: Path, fenced_environment: Path) -> Shop:
    """The sample as a project of one's own."""
    assert os.environ["HOME"] == str(fenced_environment)
    return Shop(tmp_path, fenced_environment)


def page(app: AppDriver) -> str:
    """All that a page says, in one line with single blanks, whether it is in view or not."""
    screen = app.app.screen
    assert isinstance(screen, PageScreen), screen
    spans = (span for line in screen.lines.lines for span in (*line.spans, (" ", "")))
    return " ".join("".join(text for text, _ in spans).split())


def export(app: AppDriver) -> Export:
    """What can be copied or written of a page."""
    screen = app.app.screen
    assert isinstance(screen, PageScreen)
    assert screen.page is not None
    assert screen.page.export is not None
    return screen.page.export
