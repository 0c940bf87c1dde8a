"""The page of the history of checks, and its rounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fake_servers import Server, black_hole, models
from tests.tui.app_driver import open_app, request_for
from tests.tui.checks.check_screens import approve, checking, server_tree, until
from tui.pages.watch_page import WatchScreen


async def test_rounds_are_started_by_a_key_and_end_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEDECK_WATCH_EVERY", "3600")
    monkeypatch.setenv("PIPEDECK_WATCH_FOR", "1")
    with Server({"/v1/models": models("a")}) as server:
        request = request_for(server_tree(tmp_path, server.port), tmp_path / "home", KEY="sk-canary-of-the-watch")
        async with open_app(request) as app:
            await app.press("W")
            assert "not asked yet" in app.text
            assert "W start asking" in app.lines[-1]
            assert server.requests == []
            await app.press("W")
            await approve(app)
            await until(app, lambda: "ended by itself" in app.text)
            assert len(server.requests) == 1
            assert "1 of 1 good" in app.text
            assert "█" in app.text
            assert "sk-canary" not in app.text
            await app.press("escape")
            assert not isinstance(app.app.screen, WatchScreen)
        # The next session has the history, and asks nothing.
        async with open_app(request) as app:
            await app.press("W")
            await until(app, lambda: "1 of 1 good" in app.text)
            assert len(server.requests) == 1


async def test_escape_ends_a_round_then_the_page(tmp_path: Path) -> None:
    with Server({"*": black_hole}) as server:
        async with open_app(
            request_for(server_tree(tmp_path, server.port), tmp_path / "home", KEY="sk-canary-of-the-watch")
        ) as app:
            await app.press("W", "W")
            await approve(app)
            await until(app, lambda: len(server.requests) == 1)
            assert "each 30 s until " in app.text
            await app.press("escape")
            await until(app, lambda: "ended at" in app.text)
            checks = checking(app)
            assert checks is not None
            assert not checks.running
            await app.press("W")
            await until(app, lambda: len(server.requests) == 2)
            await app.press("1")
            assert not isinstance(app.app.screen, WatchScreen)
            assert not checks.running
