"""After a live check all parts of the screen agree: what failed is green nowhere, and no column is lost for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.probes.check_runs import Spec, backend, tree
from tests.support.fake_servers import Server, answer, models
from tests.support.trees import write_tree
from tests.tui.app_driver import AppDriver, open_app, request_for
from tests.tui.checks.check_screens import approve, checking, idle, tried, until
from tests.tui.edit.trees import sample
from tui.dialogs.ask import AskScreen
from tui.live import TRIED_WIDTH, WORDS
from tui.widgets.line_widget import palette_of

PRICED = Spec("m0-id", "costs = { input = 1.0, output = 2.0 }")
NO_KEY = answer({"error": {"code": "invalid_api_key", "message": "no such key"}}, 401)
PLACES = ("0", "1", "2", "3", "4", "5", "6")


def project(folder: Path, server: Server) -> Path:
    """A project whose only backend is at a server on this machine; its only model serves every name."""
    files = tree(backend("b0", "openai", PRICED, endpoint=f"{server.url}/v1", api_key="${KEY}"))
    files["routing_profiles.toml"] += 'default = "b0"\n'
    files["deck/1.toml"] += '\n[llm.presets]\nwriting = { model = "m0", temperature = 0.5 }\n'
    return write_tree(folder / "project", files)


def green(app: AppDriver) -> list[str]:
    """The texts in the colour of success on the screen."""
    colour = palette_of(app.app).style("good", focused=False).color
    strips = app.app.screen._compositor.render_strips()
    return [
        segment.text.strip()
        for strip in strips
        for segment in strip
        if segment.style is not None and segment.style.color == colour and segment.text.strip()
    ]


async def check_all(app: AppDriver) -> None:
    """Ask all backends, as for the first time."""
    await app.press("1", "T")
    await approve(app)
    await until(app, idle(app))


async def assert_refused_everywhere(app: AppDriver) -> None:
    assert tried(app, "b0") == "now"
    for key in PLACES:
        await app.press(key)
        # Loading reads files only: the release does load them.
        assert set(green(app)) <= ({"ok"} if key == "0" else set()), (key, app.text)
        if key == "6":
            assert "0 of 1 required variables set, 1 refused" in app.lines[0]
            await app.press("escape")
            continue
        assert "cannot run" in app.lines[1]
        assert "keys 0/1" in app.lines[1]
    await app.press("1", "g")
    assert "x on, its key is refused" in app.details
    assert "b0 on refused 1/1 now" in " ".join(app.left.split())
    await app.press("4", "M")
    assert "x $writing" in app.text
    assert not green(app)
    await app.press("escape")
    assert "x FAILS m0 at b0" in app.details
    await app.press("e")
    assert not green(app)
    assert "x fails" in app.lines[0]


async def test_nothing_is_green_after_a_refused_key(tmp_path: Path) -> None:
    with Server({"/v1/models": NO_KEY}) as server:
        root = project(tmp_path, server)
        async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-key"), (120, 36)) as app:
            await app.press("1")
            assert "its key is set" in green(app)
            await check_all(app)
            await assert_refused_everywhere(app)


async def test_model_that_refuses_the_key_refuses_it_for_its_backend(tmp_path: Path) -> None:
    with Server({"/v1/chat/completions": NO_KEY}) as server:
        root = project(tmp_path, server)
        async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-key"), (120, 36)) as app:
            await ask_model(app)
            await assert_refused_everywhere(app)


async def ask_model(app: AppDriver) -> None:
    """Ask the first model for one word, as for the first time."""
    await app.press("2", "t")
    await approve(app)
    await until(app, lambda: isinstance(app.app.screen, AskScreen) and "for one word?" in app.text)
    await app.press("down", "enter")
    await until(app, lambda: not checking(app).running)  # type: ignore[union-attr]
    await until(app, idle(app))


async def test_key_refused_by_a_model_wins_over_a_list_that_anyone_may_read(tmp_path: Path) -> None:
    with Server({"/v1/models": models("m0-id"), "/v1/chat/completions": NO_KEY}) as server:
        root = project(tmp_path, server)
        async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-key"), (120, 36)) as app:
            await check_all(app)
            assert "now" in green(app)
            await app.press("2", "t")
            await until(app, lambda: isinstance(app.app.screen, AskScreen))
            await app.press("down", "enter")
            await until(app, lambda: not checking(app).running)  # type: ignore[union-attr]
            await until(app, lambda: idle(app)() and not green(app))
            await assert_refused_everywhere(app)


async def test_model_that_is_not_served_fails_alone(tmp_path: Path) -> None:
    missing = answer({"error": {"code": "model_not_found", "message": "no m0-id here"}}, 404)
    with Server({"/v1/chat/completions": missing}) as server:
        root = project(tmp_path, server)
        async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-key"), (120, 36)) as app:
            await ask_model(app)
            assert tried(app, "b0") == "now"
            await app.press("2")
            assert not set(green(app)) - {"now", "+ on", "on", "key set", "+"}, app.text
            assert "absent" in app.left
            assert "x FAILS at b0" in app.details
            await app.press("4")
            assert "x FAILS m0 at b0" in app.details


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160])
async def test_check_adds_a_column_and_takes_none_away(width: int) -> None:
    async with sample((width, 36)) as app:
        before = {}
        for number, name in ((1, "backends"), (2, "models"), (4, "deck")):
            await app.press(str(number))
            before[name] = app.main.panes[name].table.shown_columns
        await app.press("1", "T")
        await until(app, idle(app))
        for number, name in ((1, "backends"), (2, "models"), (4, "deck")):
            await app.press(str(number))
            shown = app.main.panes[name].table.shown_columns
            assert set(shown) >= set(before[name])
            if width >= 80:
                assert set(shown) == {*before[name], "tried"}


def test_words_fit_their_column() -> None:
    assert max(map(len, WORDS.values())) <= TRIED_WIDTH
