"""The completion of one model in the app: confirmation, request, answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.probes.check_runs import Spec, backend, tree
from tests.support.fake_servers import Server, answer, black_hole, models, raw
from tests.support.trees import write_tree
from tests.tui.app_driver import AppDriver, open_app, request_for
from tests.tui.checks.check_screens import checking, tried, until
from tests.tui.edit.trees import sample
from tui.dialogs.ask import AskScreen

PRICED = Spec("m0-id", "costs = { input = 1.0, output = 2.0 }")
ANSWERED = {
    "model": "m0-id-2026-01-01",
    "choices": [{"message": {"content": "pong"}}],
    "usage": {"prompt_tokens": 15, "completion_tokens": 5},
}


def project(folder: Path, url: str, *specs: Spec, **fields: str) -> Path:
    write_tree(folder / "project", tree(backend("b0", "openai", *specs, endpoint=f"{url}/v1", **fields)))
    return folder / "project"


async def asks(app: AppDriver) -> None:
    await until(app, lambda: isinstance(app.app.screen, AskScreen))


async def is_idle(app: AppDriver) -> None:
    await until(app, lambda: checking(app) is not None and not checking(app).running)  # type: ignore[union-attr]


async def test_completion_is_sent_after_confirmation_and_shows_the_answer(tmp_path: Path) -> None:
    with Server({"/v1/chat/completions": answer(ANSWERED, headers={"X-Request-Id": "r-1"})}) as server:
        root = project(tmp_path, server.url, PRICED)
        async with open_app(request_for(root, tmp_path / "home"), (120, 40)) as app:
            await app.press("2", "t")
            await asks(app)
            assert "ask m0 of b0 for one word?" in app.text
            assert '"Answer with the one word: pong"' in app.text
            assert f"POST {server.url}/v1/chat/completions" in app.text
            assert "about 16 output tokens" in app.text
            assert "about $0.000047, at $1 in and $2 out per million tokens" in app.text
            await app.press("enter")
            await is_idle(app)
            assert "not sent" in app.text
            assert server.requests == []
            await app.press("t")
            await asks(app)
            await app.press("down", "enter")
            await is_idle(app)
            assert len(server.requests) == 1
            assert "m0 answered in" in app.lines[-1]
            assert "as m0-id-2026-01-01, $0.000025" in app.lines[-1]
            assert "+ answered just now" in app.details
            assert "another model answered" not in app.details  # it is the same with its date
            assert "it said pong" in app.details
            assert "input tokens 15" in app.details
            assert "request id r-1" in app.details
            assert '{"model": "m0-id", "messages"' in app.details


async def test_responding_model_and_error_are_shown(tmp_path: Path) -> None:
    ways = [{**ANSWERED, "model": "cheap-one"}, None]

    def in_turn(talk: object) -> None:
        response = ways.pop(0)
        error = answer({"error": {"code": "model_not_found", "message": "no m0-id here"}}, 404)
        (answer(response) if response is not None else error)(talk)  # type: ignore[arg-type]

    with Server({"/v1/chat/completions": in_turn}) as server:
        async with open_app(request_for(project(tmp_path, server.url, PRICED), tmp_path / "home")) as app:
            await app.press("2", "t")
            await asks(app)
            await app.press("down", "enter")
            await is_idle(app)
            assert "! another model answered: cheap-one" in app.details
            await app.press("t")
            await asks(app)
            await app.press("down", "enter")
            await is_idle(app)
            assert "unknown model: no m0-id here" in app.details
            assert "another model answered" not in app.details


async def test_esc_cancels_a_completion(tmp_path: Path) -> None:
    with Server({"/v1/chat/completions": black_hole}) as server:
        async with open_app(request_for(project(tmp_path, server.url, PRICED), tmp_path / "home")) as app:
            await app.press("2", "t")
            await asks(app)
            await app.press("down", "enter")
            await until(app, lambda: bool(server.requests))
            assert "asked for one word" in app.details
            await app.press("escape")
            assert checking(app) is not None
            assert not checking(app).running  # type: ignore[union-attr]
            assert app.lines[-1] == " cancelled"
            assert "asked for one word" not in app.details


async def test_list_request_is_free(tmp_path: Path) -> None:
    with Server({"/v1/models": models("m0-id")}) as server:
        async with open_app(request_for(project(tmp_path, server.url, PRICED), tmp_path / "home")) as app:
            await app.press("2", "t")
            await asks(app)
            assert "only ask b0 what it serves  costs nothing" in app.text
            await app.press("down", "down", "enter")
            await until(app, lambda: tried(app, "b0") == "now")
            assert [request.path for request in server.requests] == ["/v1/models"]


async def test_unknown_price_is_shown(tmp_path: Path) -> None:
    with Server({}) as server:
        root = project(tmp_path, server.url, Spec("m0-id"))
        async with open_app(request_for(root, tmp_path / "home")) as app:
            await app.press("2", "t")
            await asks(app)
            assert "price unknown: the tree states none" in app.text


async def test_completion_at_a_new_destination_requires_confirmation(tmp_path: Path) -> None:
    with Server({"/v1/chat/completions": answer(ANSWERED)}) as server:
        root = project(tmp_path, server.url, PRICED, api_key="${KEY}")
        async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-key")) as app:
            await app.press("2", "t")
            await asks(app)
            assert "KEY was never sent to" in app.text
            await app.press("escape")
            await is_idle(app)
            assert "not sent: KEY was never sent to" in app.text
            await app.press("t")
            await asks(app)
            await app.press("down", "enter")
            await until(app, lambda: "for one word?" in app.text)
            assert "KEY in its headers" in app.text
            assert server.requests == []
            await app.press("down", "enter")
            await is_idle(app)
            assert server.requests[0].headers["authorization"] == "Bearer sk-canary-key"
            assert "sk-canary-key" not in app.text + app.details


async def test_untestable_model_shows_the_reason() -> None:
    async with sample() as app:
        for row, words in ((7, "only language models can be tested"), (6, "it ends at no model")):
            await app.press("4", "g", *["j"] * row)
            await app.press("t")
            await is_idle(app)
            assert words in app.lines[-1]


async def test_invalid_proxy_is_shown_and_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPEDECK_PROXY", "socks5://somebody:secret@host")
    with Server({"/*": lambda talk: talk.send(raw(b"{}"))}) as server:
        async with open_app(request_for(project(tmp_path, server.url, PRICED), tmp_path / "home")) as app:
            await app.press("1", "t")
            await is_idle(app)
            assert "not checked: the proxy's address is not of the form http://HOST:PORT" in app.lines[-1]
            assert "secret" not in app.text
        assert server.requests == []
