"""Hostile providers checked from the app in a real terminal: only safe text reaches the terminal."""

from __future__ import annotations

import json
from base64 import b64encode
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.core.probes.check_runs import backend, tree
from tests.support.fake_servers import (
    Behaviour,
    Server,
    Talk,
    answer,
    endless_chunks,
    gzip_bomb,
    huge,
    models,
    raw,
    redirect,
)
from tests.support.trees import write_tree
from tests.trust.escapes import foreign
from tests.trust.hostile_tree import TEXTS
from tests.trust.terminal import Terminal
from tests.tui.checks.test_checks_in_terminal import project

pytestmark = pytest.mark.pty

NASTY = "\x1b]0;owned\x07\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\u202egnp.exe[@click=app.quit]x[/nope]\x1b[?1049l\r\n\x00"
SHORT = [text for text in TEXTS if 0 < len(text) <= 512]

IDS = answer(
    {
        "data": [
            {
                "id": text,
                "name": text,
                "owned_by": text,
                "deprecation": text,
                "description": text,
                "context_length": 10**30,
                "pricing": {"prompt": text, "completion": "1e999"},
                "architecture": {"input_modalities": [text], "output_modalities": [text]},
            }
            for text in (*SHORT, "m0", "plain-model")
        ]
    },
    headers={"X-Request-Id": "id\x9b31m\x9d0;x\x9c", "Server": "\x9b2J", "X-RateLimit-Left": "\xad\x85"},
)


def in_headers(talk: object) -> None:
    """Bytes that no header may have, in a status line and in headers."""
    evil = b"HTTP/1.1 200 \x1b]0;owned\x07\r\nX-Request-Id: \x1b[2Jx\r\nContent-Length: 2\r\n\r\n{}"
    talk.send(evil)  # type: ignore[attr-defined]


ANSWERS: dict[str, Behaviour] = {
    "ids": IDS,
    "error": answer({"error": {"message": NASTY, "code": NASTY, "type": NASTY}}, 401, {"WWW-Authenticate": "\x9b1m"}),
    "page": answer(f"<html><title>{NASTY}</title></html>".encode()),
    "other": answer({NASTY: [NASTY, {NASTY: NASTY}]}),
    "bytes": answer(NASTY.encode() + bytes(range(256))),
    "headers": in_headers,
    "redirect": redirect("https://\x9b31m.example/\x9d"),
    "quota": answer({"error": {"message": NASTY + " billing " + "\u200b" * 500}}, 429, {"Retry-After": "\x9bm"}),
    "huge": huge,
    "bomb": gzip_bomb,
    "endless": endless_chunks,
    "many": models(*(f"m{number}\x1b[31m" for number in range(20_000))),
    "deep": answer(b"[" * 100_000),
    "not http": lambda talk: talk.send(NASTY.encode() * 50),
}


def test_hostile_sequences_do_not_reach_the_terminal(tmp_path: Path) -> None:
    with ExitStack() as stack:
        servers = {name: stack.enter_context(Server({"/v1/models": how})) for name, how in ANSWERS.items()}
        root = project(tmp_path, [one.url for one in servers.values()])
        app = stack.enter_context(Terminal(tmp_path / "home", [str(root)]))
        app.wait_for("5 Problems")
        app.send("1", "g", "T")
        app.wait_for("good, ")
        app.settle(0.5)
        assert "asking" not in app.text
        for _ in ANSWERS:
            app.send("l", "pagedown", "end", "h", "down", patience=0.05)
        app.send(
            "5", "l", "pagedown", "h", "down", "l", "end", "h", "0", "pagedown", "2", "L", "pagedown", patience=0.05
        )
        app.settle(0.5)
        assert app.ended is None
        assert foreign(app.raw) == []
        assert b"\\x1b]0;owned" in app.raw  # told, in a form that does nothing


def test_hostile_ids_are_listed_filtered_and_imported_as_text(tmp_path: Path) -> None:
    with Server({"/v1/models": IDS}) as server:
        root = project(tmp_path, [server.url])
        with Terminal(tmp_path / "home", [str(root)]) as app:
            app.wait_for("5 Problems")
            app.send("1", "t")
            app.wait_for("0/1 now")
            app.settle(0.5)
            app.send("i")
            app.wait_for("served by b00")
            app.send("end", "home", *["space"] * 12, "/", *"plain", "enter", "space", "esc", "a", patience=0.05)
            app.settle(1.0)
            app.send("esc", "esc")
            app.wait_for("not written")
            app.send("w")
            app.settle(0.5)
            app.send("pagedown", "pagedown", "w")
            app.settle(1.0)
            assert app.ended is None
            assert foreign(app.raw) == []
        written = (root / ".pipelex/inference/backends/b00.toml").read_text(encoding="utf-8")
        assert "plain-model" in written
        assert "\x1b" not in written


def test_twenty_thousand_served_models_are_browsed(tmp_path: Path) -> None:
    many = models(*(f"vendor-{number % 50}/model-{number}" for number in range(20_000)))
    with Server({"/v1/models": many}) as server:
        root = project(tmp_path, [server.url])
        with Terminal(tmp_path / "home", [str(root)]) as app:
            app.wait_for("5 Problems")
            app.send("1", "t")
            app.wait_for("0/1 now")
            app.settle(0.5)
            app.send("i")
            app.wait_for("20000 served")
            app.send("end")
            app.wait_for("model-19999")
            app.send("home", "/", "1", "9", "9", "9", "8", "enter")
            app.wait_for("model-19998")
            app.send("space")
            app.wait_for("1 marked")
            assert app.memory_mb < 400


def test_hostile_completion_is_shown_as_text(tmp_path: Path) -> None:
    body = json.dumps(
        {
            "model": NASTY,
            "choices": [{"message": {"role": NASTY, "content": NASTY}}],
            "usage": {"prompt_tokens": 10**25, "completion_tokens": -5},
        }
    ).encode()
    with Server(
        {"/v1/chat/completions": lambda talk: talk.send(raw(body, headers={"X-Request-Id": "\x9b31m"}))}
    ) as one:
        root = project(tmp_path, [one.url])
        with Terminal(tmp_path / "home", [str(root)]) as app:
            app.wait_for("5 Problems")
            app.send("1", "2", "t")
            app.wait_for("for one word?")
            app.send("down", "enter")
            app.wait_for("answered in")
            app.settle(0.5)
            app.send("l", "pagedown", "pagedown")
            assert "HTTP 200" in app.text
            app.send("end")
            assert foreign(app.raw) == []


def test_repeated_key_is_neither_shown_nor_stored(tmp_path: Path) -> None:
    """A server that gives back what it was sent: in ids, texts, errors and headers, escaped, encoded and cut."""
    key = "sk-canary-7Hq2Zr9wLm4TkX0v"
    forms = (key, quote(key, safe=""), b64encode(key.encode()).decode(), key.encode().hex(), key.upper())

    def listing(talk: Talk) -> None:
        entries = [{"id": f"m-{form}", "name": form, "owned_by": form, "deprecation": form} for form in forms]
        body = json.dumps({"data": [{"id": "m0"}, {"id": "m1"}, *entries]}).encode()
        talk.send(raw(body, headers={"X-Request-Id": key, "Server": f"s {key}", "X-RateLimit-Key": forms[2]}))

    def refusing(talk: Talk) -> None:
        text = "".join(f"\\u{ord(letter):04x}" for letter in key)
        body = f'{{"error": {{"message": "{"x" * 285} {text} wrong", "code": "{key}"}}}}'.encode()
        talk.send(raw(body, 401, {"WWW-Authenticate": f'Bearer error="{key}"', "Location": f"https://{key}.example"}))

    def odd(talk: Talk) -> None:
        talk.send(raw(json.dumps({key: {"a": list(forms)}}).encode()))

    def word(talk: Talk) -> None:
        content = f"{'y' * 70} {key}"
        body = {"model": f"m1-{key}", "choices": [{"message": {"content": content}}], "usage": {"prompt_tokens": 1}}
        talk.send(raw(json.dumps(body).encode(), headers={"X-Request-Id": key}))

    with ExitStack() as stack:
        ways = (listing, refusing, odd)
        servers = [stack.enter_context(Server({"/v1/models": one, "/v1/chat/completions": word})) for one in ways]
        made = [
            backend(f"b{number}", "openai", f"m{number}", endpoint=f"{one.url}/v1", api_key="${MY_KEY}")
            for number, one in enumerate(servers)
        ]
        write_tree(tmp_path / "project", tree(*made))
        home = tmp_path / "home"
        app = stack.enter_context(Terminal(home, [str(tmp_path / "project")], variables={"MY_KEY": key}))
        app.wait_for("5 Problems")
        app.send("1", "T")
        for _ in range(3):
            app.wait_for("send a key to a new host?")
            app.send("down", "enter")
            app.settle(0.3)
        app.wait_for("1 good, 1 not, 1 not proven")
        app.settle(0.5)
        for _ in servers:
            app.send("1", "l", "pagedown", "pagedown", "end", "h", "down", patience=0.05)
        app.send("1", "g", "i", "end", patience=0.1)
        app.settle(0.3)  # what follows an escape too soon would make a sequence of it
        app.send("esc")
        app.settle(0.3)
        app.send("2", "t")
        app.wait_for("for one word?")
        app.send("down", "enter")
        app.wait_for("answered in")
        app.send("l", "pagedown", "pagedown", "end", "h", "5", "l", "0", "pagedown", "L", "pagedown", "q", patience=0.1)
        assert app.ended is None
        app.send("q")
        assert app.wait(5) == 0
        assert [server.requests != [] for server in servers] == [True] * 3
        stored = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
        assert b"b0" in stored
        for form in forms:
            half = form[: len(form) // 2 + 2].encode().lower()
            assert half not in app.raw.lower(), form
            assert half not in stored.lower(), form
