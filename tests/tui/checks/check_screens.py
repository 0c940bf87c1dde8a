"""Helpers for tests of checks in the app: polling, and trees with backends on this machine."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from tests.core.probes.check_runs import backend, tree
from tests.support.polling import until_in_loop
from tests.support.trees import write_tree
from tests.tui.app_driver import AppDriver
from tui.checks.check_run import Checking
from tui.dialogs.ask import AskScreen
from tui.live import TRIED_WIDTH
from tui.screens.main import MainScreen


async def until(app: AppDriver, holds: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    await until_in_loop(holds)
    await app.settle()


def checking(app: AppDriver) -> Checking | None:
    """The checks of the main screen, whichever is shown."""
    return next(screen.checking for screen in app.app.screen_stack if isinstance(screen, MainScreen))


def tried(app: AppDriver, backend: str) -> str:
    """The cell of a backend in the column of live checks, from the screen; empty without one."""
    found = re.search(rf"^[> ] {backend} .*? \S+/\d+ (.{{1,{TRIED_WIDTH}}})", app.left, re.MULTILINE)
    return found[1].strip() if found is not None else ""


def idle(app: AppDriver) -> Callable[[], bool]:
    """Whether all checks are done and shown."""

    def holds() -> bool:
        session, checks = app.app.session, checking(app)
        assert session.view is not None
        if not session.live.any or checks is None or checks.running:
            return False
        return session.view.live_results.results == session.live.results(session.view.catalog)

    return holds


def server_tree(folder: Path, port: int, count: int = 1) -> Path:
    """A project with backends at one server on this machine."""
    made = [
        backend(f"b{number}", "openai", "a", endpoint=f"http://127.0.0.1:{port}/v1", api_key="${KEY}")
        for number in range(count)
    ]
    write_tree(folder / "project", tree(*made))
    return folder / "project"


async def silent(seen: list[bytes]) -> asyncio.Server:
    """A server that accepts requests and never answers."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read(4096))
        await reader.read()
        writer.close()

    return await asyncio.start_server(take, "127.0.0.1", 0)


async def approve(app: AppDriver) -> None:
    """Approve this machine as destination of the key."""
    await until(app, lambda: isinstance(app.app.screen, AskScreen))
    await app.press("down", "enter")
