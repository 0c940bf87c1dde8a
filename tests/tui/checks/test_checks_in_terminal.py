"""Keys, cancellation and exit during checks, in a real terminal over real sockets."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.core.probes.check_runs import backend, tree
from tests.support.fake_servers import Behaviour, Server, Talk, models
from tests.support.polling import until
from tests.support.trees import write_tree
from tests.trust.terminal import CHECKOUT, Terminal

pytestmark = pytest.mark.pty

HUNG = "import socket, threading\nsocket.getaddrinfo = lambda *_, **__: threading.Event().wait(120)\n"
"""A system whose look-ups of names never come back; read by Python when it starts."""


NO_TIMEOUT = {"PIPEDECK_CHECK_TIMEOUT": "100"}
"""What ends before is cancelled."""


class Leaving:
    """Takes requests, never answers, and counts the clients that have gone away."""

    def __init__(self) -> None:
        self.accepted = 0
        self.gone = 0

    def __call__(self, talk: Talk) -> None:
        self.accepted += 1
        talk.sock.settimeout(100)
        while talk.sock.recv(4096):
            pass
        self.gone += 1


def project(folder: Path, urls: Sequence[str]) -> Path:
    """A project with a backend for each address, none of which needs a key."""
    made = [backend(f"b{number:02}", "openai", f"m{number}", endpoint=f"{url}/v1") for number, url in enumerate(urls)]
    write_tree(folder / "project", tree(*made))
    return folder / "project"


def server(behaviour: Behaviour) -> Server:
    return Server({"/v1/models": behaviour})


PAGES = {
    "a list": ([], "1 Backends"),
    "the details": (["l"], "live check"),
    "the filter": (["/"], "filter /"),
    "the help": (["?"], "keys and symbols"),
    "the go-to list": ([":"], "go to"),
    "a form": (["enter"], "endpoint"),
}
"""Where one may be while providers are asked: the keys that lead there, and words that stand there then."""


@pytest.mark.parametrize("where", PAGES)
def test_esc_cancels_and_keeps_the_screen(where: str, tmp_path: Path) -> None:
    keys, words = PAGES[where]
    hung = Leaving()
    with (
        server(hung) as silent,
        Terminal(tmp_path / "home", [str(project(tmp_path, [silent.url] * 2))], variables=NO_TIMEOUT) as app,
    ):
        app.wait_for("5 Problems")
        app.settle(0.5)
        app.send("1", "T")
        app.wait_for("esc cancels")
        app.send(*keys)
        app.wait_for(words)
        until(lambda: hung.accepted == 2)
        os.write(app._terminal, b"\x1b")
        _read_until(app, lambda: hung.gone == 2)
        app.settle(0.5)
        assert words in app.text  # the first esc stops, the second one leaves
        assert "asking" not in app.text
        if keys not in ([], ["l"]):
            app.send("esc")
            app.settle(0.3)
        app.send("1")
        app.wait_for("cancelled")


def test_esc_cancels_on_the_served_models_screen(tmp_path: Path) -> None:
    hung = Leaving()
    task_queue: list[Behaviour] = [models("m0", "other"), hung]

    def then_silent(talk: Talk) -> None:
        (task_queue.pop(0) if len(task_queue) > 1 else task_queue[0])(talk)

    with (
        server(then_silent) as provider,
        Terminal(tmp_path / "home", [str(project(tmp_path, [provider.url]))], variables=NO_TIMEOUT) as app,
    ):
        app.wait_for("5 Problems")
        app.send("1", "t")
        app.wait_for("0/1 now")
        app.send("i")
        app.wait_for("served by b00")
        app.send("t")
        _read_until(app, lambda: hung.accepted == 1)
        os.write(app._terminal, b"\x1b")
        _read_until(app, lambda: hung.gone == 1)
        app.settle(0.5)
        assert "served by b00" in app.text
        app.send("esc")
        app.wait_for("0/1 now")  # what was known before stays


def test_keys_are_answered_during_twenty_checks(tmp_path: Path) -> None:
    """Half of the providers never answer; the others do so one after the other, each with 500 models."""

    def delayed(number: int) -> Behaviour:
        many = models(*(f"m{number}-{model}" for model in range(500)))

        def answer(talk: Talk) -> None:
            if not talk.delay(0.2 + 0.12 * number):
                many(talk)

        return answer

    silent = Leaving()
    with server(silent) as hole:
        slow = [server(delayed(number)) for number in range(10)]
        for one in slow:
            one.__enter__()
        urls = [hole.url] * 10 + [one.url for one in slow]
        root = project(tmp_path, urls)
        variables = NO_TIMEOUT | {"PIPEDECK_CHECK_AT_ONCE": "20"}
        with Terminal(tmp_path / "home", [str(root)], variables=variables) as app:
            app.wait_for("5 Problems")
            app.settle(1.0)
            app.send("1", "g", "T")
            app.wait_for("esc cancels")
            for key in "jkjkjkjkjkjkjkjkjkjk":
                row = app.text.find("\n> b")
                os.write(app._terminal, key.encode())
                _read_until(app, lambda row=row: app.text.find("\n> b") != row)  # type: ignore[misc]
            assert "esc cancels" in app.text
            app.send("esc")
            app.wait_for("cancelled")
        for one in slow:
            one.__exit__()


def _read_until(app: Terminal, holds: Callable[[], object]) -> None:
    """Show what the app draws until a condition holds."""

    def read() -> object:
        app._read(0.01)
        return holds()

    until(read)


def test_exit_does_not_wait_for_a_host_lookup(tmp_path: Path) -> None:
    (tmp_path / "hung").mkdir()
    (tmp_path / "hung" / "sitecustomize.py").write_text(HUNG)
    root = project(tmp_path, ["http://slow-names.example"] * 3)
    variables = {"PYTHONPATH": f"{tmp_path / 'hung'}{os.pathsep}{CHECKOUT}"}
    with Terminal(tmp_path / "home", [str(root)], variables=variables | NO_TIMEOUT) as app:
        app.wait_for("5 Problems")
        app.settle(0.5)
        app.send("1", "T")
        app.wait_for("0/1 asking")
        os.write(app._terminal, b"q")
        _read_until(app, lambda: app.ended is not None)
        assert app.ended == 0
