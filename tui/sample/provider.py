"""The provider of the demo: a server on this machine that answers as those of the sample do, without any account.

It plays three parts: one that takes the key and lists what is declared and more, one that refuses the key, and one that
has taken a model away. Started only when somebody asks for a check in the demo.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

PARTS: Final = ("https://api.anthropic.com", "https://api.openai.com", "https://api.mistral.ai")
"""The origins that it stands in for."""

_LISTS: Final[Mapping[str, object]] = {
    "api.anthropic.com": {
        "data": [
            {"id": "claude-opus-4-5", "display_name": "Claude Opus 4.5", "max_tokens": 64000},
            {"id": "claude-sonnet-4-5", "display_name": "Claude Sonnet 4.5", "max_tokens": 64000},
            {"id": "claude-haiku-4-5", "display_name": "Claude Haiku 4.5", "max_tokens": 64000},
            {"id": "claude-opus-4-1", "display_name": "Claude Opus 4.1", "max_tokens": 32000},
        ],
        "has_more": False,
    },
    "api.mistral.ai": {
        "data": [
            {
                "id": "mistral-large-2512",
                "aliases": ["mistral-large-latest"],
                "max_context_length": 262144,
                "capabilities": {"completion_chat": True, "vision": True},
            },
            {
                "id": "mistral-small-2506",
                "aliases": ["mistral-small-latest"],
                "max_context_length": 131072,
                "capabilities": {"completion_chat": True, "vision": True},
            },
            {
                "id": "mistral-medium-2508",
                "aliases": ["mistral-medium-latest"],
                "max_context_length": 131072,
                "capabilities": {"completion_chat": True, "vision": True},
            },
            {
                "id": "codestral-2508",
                "aliases": ["codestral-latest"],
                "max_context_length": 256000,
                "capabilities": {"completion_chat": True},
            },
            {"id": "mistral-embed-2312", "capabilities": {"embedding": True}, "deprecation": "2027-03-31"},
        ]
    },
}
_REFUSED: Final = {"error": {"message": "Incorrect API key provided: demo.", "code": "invalid_api_key"}}
_PONG: Final[Mapping[str, Mapping[str, object]]] = {
    "api.anthropic.com": {
        "content": [{"type": "text", "text": "pong"}],
        "usage": {"input_tokens": 15, "output_tokens": 4},
    },
    "api.mistral.ai": {
        "choices": [{"message": {"role": "assistant", "content": "pong"}}],
        "usage": {"prompt_tokens": 15, "completion_tokens": 4},
    },
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    delay = 0.0
    ended: threading.Event


class _Answering(BaseHTTPRequestHandler):
    """Answers one request. The first part of the path says for whom."""

    server: _Server
    server_version = "pipedeck-demo"
    sys_version = ""

    def do_GET(self) -> None:
        """A list of models."""
        host = self.path.split("/")[1]
        self._answer(host, _LISTS.get(host))

    def do_POST(self) -> None:
        """One word."""
        sent = json.loads(self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1 << 20)))
        host = self.path.split("/")[1]
        found = _PONG.get(host)
        self._answer(host, {"model": sent["model"], **found} if found is not None else None)

    def _answer(self, host: str, found: object) -> None:
        self.server.ended.wait(self.server.delay)
        status, data = (200, found) if found is not None else (401, _REFUSED)
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("request-id" if host == "api.anthropic.com" else "x-request-id", "demo-0001")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: it would land in the middle of the screen."""


class DemoProvider:
    """The server, while it is wanted."""

    def __init__(self, delay: float = 0.3) -> None:
        """`delay`: seconds until each answer, so that one can see it being waited for."""
        self._delay = delay
        self._server: _Server | None = None

    def start(self) -> Mapping[str, str]:
        """Start it, if it is not there yet. Returns what stands in for which origin, for the terms of a plan."""
        if self._server is None:
            self._server = _Server(("127.0.0.1", 0), _Answering)
            self._server.delay = self._delay
            self._server.ended = threading.Event()
            threading.Thread(target=self._server.serve_forever, args=(0.05,), name="demo provider", daemon=True).start()
        url = f"http://127.0.0.1:{self._server.server_port}"
        return {origin: f"{url}/{urlsplit(origin).hostname}" for origin in PARTS}

    def stop(self) -> None:
        """Stop it, if it is there."""
        server, self._server = self._server, None
        if server is not None:
            server.ended.set()
            server.shutdown()
            server.server_close()

    def __enter__(self) -> DemoProvider:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
