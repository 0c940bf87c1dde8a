"""Checks in the app: started by a key, shown in rows and the inspector, cancelled, imported from."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.core.probes.check_runs import backend, tree
from tests.support.fake_servers import Server, Talk, answer, models
from tests.support.polling import until_in_loop
from tests.support.trees import write_tree
from tests.tui.app_driver import open_app, request_for
from tests.tui.checks.check_screens import approve, idle, server_tree, silent, tried, until
from tests.tui.edit.trees import sample
from tui.dialogs.ask import AskScreen
from tui.screens.served import ServedScreen


async def test_enabled_backends_are_checked_and_show_their_results() -> None:
    async with sample() as app:
        await app.press("1", "T")
        await until(app, idle(app))
        rows = {line.split()[0]: line for line in app.left.splitlines() if line.split()}
        assert tried(app, "anthropic") == "now", rows
        assert "openai       on  refused" in app.left
        await app.press("1", "g")
        assert "reached, key valid" in app.details
        assert "3 declared and served" in app.details
        assert "1 served, not declared" in app.details
        assert "GET" in app.details
        assert "x-api-key: ••••••" in app.details
        assert "response" in app.details
        assert "HTTP 200, 4 models in it" in app.details
        assert "content-type: application/json" in app.details
        await app.press("j")
        assert "the key is rejected" in app.details
        assert "fix: set OPENAI_API_KEY to a valid key of this provider" in app.details
        await app.press("j")
        assert "declared, not served" in app.details
        await app.press("2", "g")
        assert "tried just now" in app.details


async def test_served_model_is_selected_imported_reviewed_and_undone() -> None:
    async with sample() as app:
        before = app.files
        await app.press("1", "g", "i")
        assert "not known yet" in app.text
        await app.press("t")
        await until(app, idle(app))
        await app.press("i")
        assert isinstance(app.app.screen, ServedScreen)
        assert "claude-opus-4-1" in app.text
        await app.press("space")
        assert "1 marked" in app.text
        await app.press("a")
        assert "it states no price" in app.text
        assert "claude-opus-4-1" in app.app.session.view.catalog.declared  # type: ignore[union-attr]
        assert app.files == before
        await app.press("w", "w")
        assert "claude-opus-4-1" in app.read("backends/anthropic.toml")
        await app.press("escape", "u")
        assert "claude-opus-4-1" not in app.main.session.view.catalog.declared  # type: ignore[union-attr]


async def test_served_models_are_filtered_and_declared_ones_not_imported() -> None:
    async with sample() as app:
        await app.press("1", "g", "t")
        await until(app, idle(app))
        await app.press("i", "slash")
        await app.type("haiku")
        await app.press("enter")
        assert "claude-opus-4-1" not in app.text
        await app.press("space")
        assert "declared already as claude-4.5-haiku" in app.text
        await app.press("escape")
        assert "claude-opus-4-1" in app.text
        await app.press("escape")
        assert not isinstance(app.app.screen, ServedScreen)


async def test_new_destination_requires_confirmation_and_esc_cancels(tmp_path: Path) -> None:
    seen: list[bytes] = []
    server = await silent(seen)
    root = server_tree(tmp_path, server.sockets[0].getsockname()[1])
    async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-key")) as app:
        await app.press("1", "g", "t")
        await until(app, lambda: isinstance(app.app.screen, AskScreen))
        assert "KEY was never sent to" in app.text
        await app.press("escape")
        await until(app, idle(app))
        assert not seen
        await app.press("t")
        await until(app, lambda: isinstance(app.app.screen, AskScreen))
        await app.press("down", "enter")
        await until(app, lambda: bool(seen))
        await app.press("escape")
        await until(app, idle(app))
        assert "cancelled" in app.text
        assert "sk-canary-key" not in app.text + app.details
    server.close()


async def test_host_of_the_local_network_is_asked_after_one_yes(tmp_path: Path) -> None:
    # The proxy stands for the network: it receives what is sent without encryption.
    with Server({"*": models("m0")}) as proxy:
        made = backend("lan", "openai", endpoint="http://10.1.2.3:8000/v1", api_key="${KEY}")
        root = write_tree(tmp_path / "project", tree(made))
        variables = {"KEY": "sk-canary-key", "HTTP_PROXY": proxy.url}
        async with open_app(request_for(root, tmp_path / "home", **variables)) as app:
            await app.press("1", "g", "t")
            await until(app, lambda: isinstance(app.app.screen, AskScreen))
            assert "KEY would be sent to http://10.1.2.3:8000 without encryption" in app.text
            assert not proxy.requests
            await app.press("down", "enter")
            await until(app, idle(app))
            assert [request.target for request in proxy.requests] == ["http://10.1.2.3:8000/v1/models"]
            assert f"through the proxy {proxy.url} (HTTP_PROXY)" in app.details
            await app.press("t")
            await until(app, lambda: len(proxy.requests) == 2)
            assert not isinstance(app.app.screen, AskScreen)


async def test_keys_and_exit_work_during_twenty_checks(tmp_path: Path) -> None:
    seen: list[bytes] = []
    server = await silent(seen)
    root = server_tree(tmp_path, server.sockets[0].getsockname()[1], 20)
    async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-key")) as app:
        await app.press("1", "T")
        await until(app, lambda: isinstance(app.app.screen, AskScreen))
        await app.press("down", "enter")
        await until(app, lambda: bool(seen))
        checks = app.main.checking
        assert checks is not None
        assert checks._job is not None
        run = checks._job.run
        assert run is not None
        for key in "jkjkjkjkjkjk":
            before = app.app.session.selected
            await app.pilot.press(key)
            assert app.app.session.selected != before
            assert run.wait(0) is None  # no server has answered yet
        await app.press("q")
    assert run.wait(0) is None
    run.cancel()
    await asyncio.to_thread(run.wait, 2)
    server.close()
    await until_in_loop(lambda: len(asyncio.all_tasks()) == 1)


async def test_cached_results_are_shown_in_the_next_session_without_requests(tmp_path: Path) -> None:
    requests: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        body = b'{"object":"list","data":[{"id":"a"},{"id":"n\\u001b[31mew"}]}'
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: "
        writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    root = server_tree(tmp_path, server.sockets[0].getsockname()[1])
    request = request_for(root, tmp_path / "home", KEY="sk-canary-key")
    async with open_app(request) as app:
        assert not requests
        await app.press("1", "g", "t")
        await until(app, lambda: isinstance(app.app.screen, AskScreen))
        await app.press("down", "enter")
        await until(app, idle(app))
        assert tried(app, "b0") == "now"
        assert "\x1b" not in app.text
    sent = len(requests)
    async with open_app(request) as app:
        await until(app, lambda: app.app.session.live.any)
        await app.press("1", "g")
        assert tried(app, "b0") == "now"
        assert "in a previous session" in app.details
    assert len(requests) == sent
    server.close()


def test_startup_does_not_import_check_libraries() -> None:
    import subprocess

    code = "import sys, tui.app; print([m for m in sys.modules if m == 'httpx' or m.startswith('core.probes')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_served_models_are_refreshed_from_their_screen(tmp_path: Path) -> None:
    task_queue = [models("a", "b"), models("a", "b", "c"), answer({"error": {"code": "invalid_api_key"}}, 401)]

    def in_turn(talk: Talk) -> None:
        task_queue.pop(0)(talk)

    with Server({"/v1/models": in_turn}) as server:
        root = server_tree(tmp_path, server.port)
        async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-key")) as app:
            await app.press("1", "g", "t")
            await approve(app)
            await until(app, idle(app))
            await app.press("i")
            assert "2 served, 1 declared" in app.text
            await app.press("t")
            await until(app, lambda: "3 served, 1 declared" in app.text)
            await app.press("t")
            await until(app, lambda: "the key is rejected" in app.text)
            assert "0 served" in app.text
            assert isinstance(app.app.screen, ServedScreen)
