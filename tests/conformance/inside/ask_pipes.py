"""Boot the real Pipelex of this environment once, and run pipes: does the call of each reach its provider?

Argument: a JSON object `{"project", "home", "env", "extras": folder, "timeout": seconds}`; `extras` is a folder of
further packages. Standard input: one run a line, `{"pipe", "text", "inputs", "calls"}`. Standard output: one line for
the boot, `{"error": null | text}`, then one for each run, `{"ran", "message"}`, each made in a fork.

Every host name leads to a port of this machine, that of web pages to one that answers. A pipe has run once it makes
the last of its `calls`, which is not answered, or when it ends without a provider. The calls before are answered with
a text.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import socket
import sys
import threading
from typing import Any

import ask_boot
import ask_calls

LIMIT = 400


async def run(request: dict[str, Any]) -> None:
    """Run a pipe, as a program does. Raises what it raises."""
    try:
        execute = ask_boot.first_importable("pipelex.pipeline.runner:PipelexMTHDSProtocol")().execute
    except LookupError:
        execute = ask_boot.first_importable("pipelex.pipeline.runner:PipelexRunner")().execute_pipeline
    await execute(pipe_code=request["pipe"], mthds_contents=[request["text"]], inputs=request["inputs"])


TEXT = {"type": "output_text", "text": "hello", "annotations": []}
MESSAGE = {"id": "m", "type": "message", "role": "assistant", "status": "completed", "content": [TEXT]}
COMPLETION = {"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "input_tokens": 1, "output_tokens": 1, "total_tokens": 2}


def send_pages(listener: socket.socket) -> None:
    """Answer every request with a web page."""
    page = b"<html><body>hello</body></html>"
    while True:
        with listener.accept()[0] as connection, connection.makefile("rwb") as stream:
            while stream.readline().strip():
                pass
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n"
            stream.write(f"{head}Connection: close\r\n\r\n".encode() + page)


def send_text(connection: socket.socket) -> None:
    """Answer a request to the API of completions, or to that of responses, with a text."""
    with connection, connection.makefile("rwb") as stream:
        line, length = stream.readline().decode(), 0
        while (header := stream.readline().decode().strip()) != "":
            if header.lower().startswith("content-length:"):
                length = int(header.partition(":")[2])
        stream.read(length)
        body: dict[str, object] = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "usage": USAGE}
        if "/responses" in line:
            body |= {"object": "response", "created_at": 1, "status": "completed", "output": [MESSAGE], "tools": []}
            body |= {"parallel_tool_calls": True, "tool_choice": "auto"}
        else:
            body["choices"] = [COMPLETION]
        data = json.dumps(body).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        stream.write(f"{head}Connection: close\r\n\r\n".encode() + data)


def answer_in_fork(request: dict[str, Any], timeout: int) -> str:
    """One run, in a process of its own."""
    reader, writer = os.pipe()
    ask_calls.Here.modules = frozenset(sys.modules)
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.alarm(timeout)
        listener = socket.create_server(("127.0.0.1", 0))
        ask_calls.Here.port = listener.getsockname()[1]
        pages = socket.create_server(("127.0.0.1", 0))
        ask_calls.Here.pages = pages.getsockname()[1]
        threading.Thread(target=send_pages, args=(pages,), daemon=True).start()

        def wait() -> None:
            for _ in range(request["calls"] - 1):
                send_text(listener.accept()[0])
            listener.accept()
            ask_calls.answer(writer, ran=True, message=None)

        threading.Thread(target=wait, daemon=True).start()
        try:
            asyncio.run(run(request))
            ask_calls.answer(writer, ran=True, message="done here")
        except BaseException as exc:
            chain: list[str] = []
            cause: BaseException | None = exc
            while cause is not None and len(chain) < 6:
                chain.append(f"{type(cause).__name__}: {cause}"[:LIMIT])
                cause = cause.__cause__ or cause.__context__
            ask_calls.answer(writer, ran=False, message=" / ".join(chain))
    os.close(writer)
    return json.dumps(ask_calls.answer_of(child, reader) or {"ran": False, "message": "no answer in time"})


def main() -> int:
    """Boot, then answer every run of standard input."""
    request = json.loads(sys.argv[1])
    sys.path.append(request["extras"])
    path = os.environ.get("PATH", os.defpath)
    os.environ.clear()
    os.environ.update({"PATH": path, "TZ": "UTC", "HOME": request["home"], "DO_NOT_TRACK": "1", **request["env"]})
    os.chdir(request["project"])
    real_stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    ask_calls.lead_everywhere_here()
    try:
        importlib.import_module("pipelex.pipelex").Pipelex.make()
        importlib.import_module("pipelex.pipeline.runner")
        error = None
    except BaseException as exc:
        error = f"{type(exc).__name__}: {exc}"
    print(json.dumps({"error": error}), file=real_stdout, flush=True)
    for line in sys.stdin if error is None else ():
        print(answer_in_fork(json.loads(line), int(request["timeout"])), file=real_stdout, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
