"""Run by the Python of a release: what the client of OpenAI there calls for endpoints and keys, asked of a transport.

stdin: `{"endpoints": [...], "keys": [...]}`. stdout: for each endpoint the address that is called, or the name of the
exception; for each key whether a server on this machine got it in one piece.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import importlib
import importlib.util
import json
import sys
import threading
from typing import Any

# Only the environment of a release has them.
openai: Any = importlib.import_module("openai")
httpx: Any = importlib.import_module("httpx2" if importlib.util.find_spec("httpx2") else "httpx")


SEEN: list[str | None] = []


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        SEEN.append(self.headers.get("authorization"))
        self.send_response(404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


async def called(endpoint: str) -> str:
    seen: list[str] = []

    def answer(request: Any) -> Any:
        seen.append(str(request.url))
        return httpx.Response(404, json={})

    try:
        client = openai.AsyncOpenAI(
            api_key="k",
            base_url=endpoint,
            max_retries=0,
            http_client=httpx.AsyncClient(transport=httpx.MockTransport(answer)),
        )
        await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}])
    except Exception as error:
        return seen[0] if seen else type(error).__name__
    return seen[0]


async def sent(key: str, port: int) -> bool:
    SEEN.clear()
    with contextlib.suppress(Exception):
        client = openai.AsyncOpenAI(api_key=key, base_url=f"http://127.0.0.1:{port}/v1", max_retries=0)
        await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}])
    return SEEN[:1] == [f"Bearer {key}"]


async def main() -> None:
    asked = json.load(sys.stdin)
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answers = {
        "version": openai.__version__,
        "endpoints": [await called(endpoint) for endpoint in asked["endpoints"]],
        "keys": [await sent(key, server.server_address[1]) for key in asked["keys"]],
    }
    json.dump(answers, sys.stdout)


asyncio.run(main())
