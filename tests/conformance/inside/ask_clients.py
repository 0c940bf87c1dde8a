"""Run by the Python of a release: what the client of OpenAI there calls for endpoints and keys, asked of a transport.

stdin: `{"endpoints": [...], "keys": [...]}`. stdout: for each endpoint the address that is called, or the name of the
exception; for each key whether a server on this machine got it in one piece.
"""

import asyncio
import http.server
import json
import sys
import threading

import openai

try:
    import httpx2 as httpx
except ImportError:
    import httpx


SEEN = []


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        SEEN.append(self.headers.get("authorization"))
        self.send_response(404)
        self.end_headers()

    def log_message(self, *args):
        pass


async def called(endpoint):
    seen = []

    def answer(request):
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


async def sent(key, port):
    SEEN.clear()
    try:
        client = openai.AsyncOpenAI(api_key=key, base_url=f"http://127.0.0.1:{port}/v1", max_retries=0)
        await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}])
    except Exception:
        pass
    return SEEN[:1] == [f"Bearer {key}"]


async def main():
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
