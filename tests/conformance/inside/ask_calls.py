"""Boot the real Pipelex of this environment once, and make the first call of some of its models: does it leave?

Argument: a JSON object `{"project", "home", "env", "extras": [folder], "timeout": seconds, "port"}`; `extras` are
folders of further packages, `port` null or a number. Standard input: one call a line, `{"type", "handle"}`. Standard
output: one line for the boot, `{"error": null | text}`, then one for each call, `{"left", "error_type", "message"}`,
each made in a fork.

Every host name leads to a port of this machine that nothing answers on; a call has left once something connects to it.
With `port` it leads to a server that answers, and the call has left once it returns.
"""

from __future__ import annotations

import asyncio
import enum
import importlib
import inspect
import json
import os
import signal
import socket
import sys
import threading
import types
import typing
from typing import Any, NoReturn

import ask_boot

JOBS = {
    "llm": ("pipelex.cogt.llm.llm_job:LLMJob", "gen_text"),
    "text_extractor": ("pipelex.cogt.extract.extract_job:ExtractJob", "extract_pages"),
    "img_gen": ("pipelex.cogt.img_gen.img_gen_job:ImgGenJob", "gen_image"),
    "search": ("pipelex.cogt.search.search_job:SearchJob", "search_sourced_answer"),
    "judgment": ("pipelex.cogt.judgment.judgment_job:JudgmentJob", "judge"),
}
GETTERS = {"llm": "get_llm_worker", "text_extractor": "get_extract_worker", "img_gen": "get_img_gen_worker"}
FACTORIES = {
    "search": ("pipelex.cogt.search.search_worker_factory:SearchWorkerFactory", "make_search_worker"),
    "judgment": ("pipelex.cogt.judgment.judgment_worker_factory:JudgmentWorkerFactory", "make_judgment_worker"),
}
TEXTS = {
    "document_uri": "https://pages.example/one.pdf",
    "temperature": 0.5,
    "user_text": "hello",
    "positive_text": "a cat",
    "query": "what is new",
    "model": "",
}
"""Values for fields of these names, also where they are optional."""
LIMIT = 600


def filled(kind: type[Any], handle: str) -> Any:
    """A value of a class of Pipelex with every required field filled."""
    values = {}
    for name, field in kind.model_fields.items():
        if name in TEXTS:
            values[name] = TEXTS[name] or handle
        elif field.is_required():
            values[name] = value_of(field.annotation, handle)
    return kind(**values)


def value_of(annotation: Any, handle: str) -> Any:
    """A value for a type annotation."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return value_of(arguments[0], handle)
    if origin in (typing.Union, types.UnionType):
        return None if type(None) in arguments else value_of(arguments[0], handle)
    if origin is typing.Literal:
        return arguments[0]
    if origin is dict:
        return {"one": value_of(arguments[1], handle)}
    if origin is not None:
        return origin()
    if inspect.isclass(annotation) and issubclass(annotation, enum.Enum):
        members = list(annotation)
        return next((member for member in members if member.value == "auto"), members[0])
    if hasattr(annotation, "model_fields"):
        return filled(annotation, handle)
    return {str: "x", int: 1, float: 0.5, bool: False}.get(annotation)


def of_the_hub(name: str) -> Any:
    """A function of the hub, under either of its names."""
    return ask_boot.first_importable(f"pipelex.runtime_hub:{name}", f"pipelex.hub:{name}")


def worker_of(model_type: str, handle: str) -> Any:
    """The worker of a model, as a pipe gets it."""
    if model_type in GETTERS:
        getter = ask_boot.first_importable(
            f"pipelex.runtime_hub:{GETTERS[model_type]}", f"pipelex.hub:{GETTERS[model_type]}"
        )
        return getter(handle)
    factory, method = FACTORIES[model_type]
    deck = of_the_hub("get_model_deck")()
    types_ = ask_boot.first_importable("pipelex.cogt.model_backends.model_type:ModelType")
    model = deck.get_required_inference_model(model_handle=handle, model_type=types_(model_type))
    make = getattr(ask_boot.first_importable(factory), method)
    arguments = {"inference_model": model}
    if "reporting_delegate" in inspect.signature(make).parameters:
        arguments["reporting_delegate"] = of_the_hub("get_report_delegate")()
    return make(**arguments)


def call(model_type: str, handle: str) -> None:
    """Make the first call of a model. Raises what it raises."""
    worker = worker_of(model_type, handle)
    place, method = JOBS[model_type]
    job = filled(ask_boot.first_importable(place), handle)
    made = getattr(worker, method)(job)
    if inspect.isawaitable(made):
        asyncio.run(wait_for(made))


async def wait_for(made: Any) -> None:
    """Await it, whatever kind of awaitable it is."""
    await made


def lead_everywhere_here() -> None:
    """Have every name and every connection of this process lead to `Here.port` of this machine, `PAGES` to its own."""
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex

    def lookup(host: object, *_args: object, **_named: object) -> list[tuple[object, ...]]:
        port = Here.pages if host in (PAGES, PAGES.encode()) else Here.port
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]

    def address_of(address: Any) -> Any:
        if not isinstance(address, tuple) or address[1] == Here.pages:
            return address
        return ("127.0.0.1", Here.port)

    def connect(self: socket.socket, address: Any) -> None:
        real_connect(self, address_of(address))

    def connect_ex(self: socket.socket, address: Any) -> int:
        return real_connect_ex(self, address_of(address))

    setattr(socket, "getaddrinfo", lookup)  # noqa: B010 - a method of the standard library is replaced
    setattr(socket.socket, "connect", connect)  # noqa: B010
    setattr(socket.socket, "connect_ex", connect_ex)  # noqa: B010


PAGES = "pages.example"
"""The host of web pages, which some releases fetch themselves before they ask a provider."""


class Here:
    """The port of this machine to which every connection leads; on 9 nothing answers."""

    port = 9
    pages = 0
    """The port of the server of web pages; 0 without one."""
    modules: frozenset[str] = frozenset()
    """The modules that were imported before the fork."""
    answering = threading.Lock()
    """Taken by the thread that answers, so that no other one does."""


def answer(writer: int, **facts: object) -> NoReturn:
    """Send the answer of a fork and the modules it has imported, and end it, whatever else still runs."""
    Here.answering.acquire()
    imported = ask_boot.newly_imported(Here.modules)
    with os.fdopen(writer, "wb") as stream:
        stream.write(json.dumps([facts, imported], default=str).encode())
    os._exit(0)


def answer_of(child: int, reader: int) -> dict[str, Any] | None:
    """The answer of a fork, whose modules are imported for the next one; None without an answer in time."""
    with os.fdopen(reader, encoding="utf-8", errors="replace") as stream:
        text = stream.read()
    os.waitpid(child, 0)
    if not text:
        return None
    facts, imported = json.loads(text)
    ask_boot.import_all(imported)
    return dict(facts)


def wait_for_connection(writer: int) -> int:
    """Listen on a port, and answer that the call has left once something connects to it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def wait() -> None:
        listener.accept()
        answer(writer, left=True, error_type=None, message=None)

    threading.Thread(target=wait, daemon=True).start()
    return int(listener.getsockname()[1])


def answer_in_fork(request: dict[str, Any], timeout: int, port: int | None) -> str:
    """One call, in a process of its own."""
    reader, writer = os.pipe()
    Here.modules = frozenset(sys.modules)
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.alarm(timeout)
        Here.port = port or wait_for_connection(writer)
        try:
            call(request["type"], request["handle"])
            answer(writer, left=port is not None, error_type=None, message="done here")
        except BaseException as exc:
            chain: list[str] = []
            cause: BaseException | None = exc
            while cause is not None and len(chain) < 5:
                chain.append(f"{type(cause).__name__}: {cause}"[:LIMIT])
                cause = cause.__cause__ or cause.__context__
            answer(writer, left=False, error_type=type(exc).__name__, message=" / ".join(chain))
    os.close(writer)
    return json.dumps(
        answer_of(child, reader) or {"left": False, "error_type": "NoAnswer", "message": "no answer in time"}
    )


def main() -> int:
    """Boot, then answer every call of standard input."""
    request = json.loads(sys.argv[1])
    sys.path += request["extras"]
    path = os.environ.get("PATH", os.defpath)
    os.environ.clear()
    os.environ.update({"PATH": path, "TZ": "UTC", "HOME": request["home"], **request["env"]})
    os.chdir(request["project"])
    real_stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    lead_everywhere_here()
    try:
        importlib.import_module("pipelex.pipelex").Pipelex.make()
        error = None
    except BaseException as exc:
        error = f"{type(exc).__name__}: {exc}"
    print(json.dumps({"error": error}), file=real_stdout, flush=True)
    for line in sys.stdin if error is None else ():
        print(answer_in_fork(json.loads(line), int(request["timeout"]), request["port"]), file=real_stdout, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
