"""The demo's provider: a local HTTP server that answers like the providers of the sample, without any account.

Anthropic accepts the key and lists more models than are declared, OpenAI refuses the key, and Mistral has removed a
model. The server is started by the first check in the demo.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

ORIGINS: Final = ("https://api.anthropic.com", "https://api.openai.com", "https://api.mistral.ai")
"""The origins that the server answers for."""

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


class _Handler(BaseHTTPRequestHandler):
    """Answers a request; the first segment of the path is the provider's host."""

    server: _Server
    server_version = "pipedeck-demo"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer with a list of models."""
        host = self.path.split("/")[1]
        self._answer(host, _LISTS.get(host))

    def do_POST(self) -> None:
        """Answer with a completion of one word."""
        request = json.loads(self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1 << 20)))
        host = self.path.split("/")[1]
        completion = _PONG.get(host)
        self._answer(host, {"model": request["model"], **completion} if completion is not None else None)

    def _answer(self, host: str, content: object) -> None:
        self.server.ended.wait(self.server.delay)
        status, data = (200, content) if content is not None else (401, _REFUSED)
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("request-id" if host == "api.anthropic.com" else "x-request-id", "demo-0001")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the text would appear on the screen of the app."""


class DemoProvider:
    """The server, started on demand."""

    def __init__(self, delay: float = 0.3) -> None:
        """`delay`: seconds until each answer, so that the progress of a check is visible."""
        self._delay = delay
        self._server: _Server | None = None

    def start(self) -> Mapping[str, str]:
        """Start the server unless it runs. Returns its URL for each origin, as `PlanOptions.stand_ins`."""
        if self._server is None:
            self._server = _Server(("127.0.0.1", 0), _Handler)
            self._server.delay = self._delay
            self._server.ended = threading.Event()
            threading.Thread(target=self._server.serve_forever, args=(0.05,), name="demo provider", daemon=True).start()
        url = f"http://127.0.0.1:{self._server.server_port}"
        return {origin: f"{url}/{urlsplit(origin).hostname}" for origin in ORIGINS}

    def stop(self) -> None:
        """Stop the server if it runs."""
        server, self._server = self._server, None
        if server is not None:
            server.ended.set()
            server.shutdown()
            server.server_close()

    def __enter__(self) -> DemoProvider:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
