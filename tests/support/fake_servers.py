"""Fake HTTP servers on loopback with correct and faulty behaviours: real sockets, one thread per connection."""

from __future__ import annotations

import contextlib
import functools
import gzip
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

Json = Mapping[str, object] | list[object]


@dataclass(frozen=True)
class Request:
    """A received request. Names of headers are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass
class Talk:
    """A connection, for a behaviour to use. `ended` is set when the server is being closed."""

    sock: socket.socket
    request: Request
    ended: threading.Event

    def send(self, data: bytes) -> None:
        """Send raw bytes; a closed connection is ignored."""
        with contextlib.suppress(OSError):
            self.sock.sendall(data)

    def delay(self, seconds: float) -> bool:
        """Wait; returns whether the server is being closed."""
        return self.ended.wait(seconds)


Behaviour = Callable[[Talk], None]


class Server:
    """A server with a behaviour per path: exact, or the longest prefix that ends in `*`. Records every request."""

    def __init__(self, routes: Mapping[str, Behaviour], context: ssl.SSLContext | None = None) -> None:
        self.routes = dict(routes)
        self.requests: list[Request] = []
        self._context = context
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="server", daemon=True)

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(30)
        with contextlib.suppress(OSError, ValueError), contextlib.ExitStack() as stack:
            plain = stack.enter_context(contextlib.closing(sock))
            talk_to = plain
            if self._context is not None:
                talk_to = stack.enter_context(self._context.wrap_socket(plain, server_side=True))
            request = _read(talk_to)
            if request is not None:
                self.requests.append(request)
                self._behaviour(request.path)(Talk(talk_to, request, self._ended))

    def _behaviour(self, path: str) -> Behaviour:
        if path in self.routes:
            return self.routes[path]
        fits = [key for key in self.routes if key.endswith("*") and path.startswith(key[:-1])]
        return self.routes[max(fits, key=len)] if fits else answer({"error": {"message": "no such path"}}, 404)


def _read(sock: socket.socket) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        part = sock.recv(65536)
        if not part or len(data) > 1 << 20:
            return None
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ", 2)
    pairs = (line.partition(":") for line in lines[1:])
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    while len(body) < int(headers.get("content-length", 0)):
        body += sock.recv(65536)
    return Request(method, target, headers, body)


# ---- correct behaviours


def raw(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None, *, length: int | None = None
) -> bytes:
    """A complete response as bytes."""
    sent = {"Content-Length": str(len(body) if length is None else length), "Connection": "close", **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode("latin-1") + body


def answer(data: Json | bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Behaviour:
    """Respond with JSON or bytes."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    complete = raw(body, status, {"Content-Type": "application/json", **(headers or {})})
    return lambda talk: talk.send(complete)


def models(*ids: str, **more: object) -> Behaviour:
    """Respond with a list of models in OpenAI's format, as vLLM does, which lists all of them."""
    return answer({"object": "list", "data": [{"id": name, "owned_by": "vllm", **more} for name in ids]})


def only_with(header: str, value: str, good: Behaviour, bad: Behaviour) -> Behaviour:
    """Respond successfully only when a header has this value."""
    return lambda talk: (good if talk.request.headers.get(header.lower()) == value else bad)(talk)


@dataclass
class InTurn:
    """Use the behaviours in turn; the last one is repeated."""

    behaviours: list[Behaviour]
    times: list[float] = field(default_factory=list)

    def __call__(self, talk: Talk) -> None:
        number = len(self.times)
        self.times.append(time.monotonic())
        self.behaviours[min(number, len(self.behaviours) - 1)](talk)


# ---- faulty behaviours


def black_hole(talk: Talk) -> None:
    """Read the request and never respond."""
    talk.delay(30)


def slow_headers(talk: Talk) -> None:
    """Send the head of the response byte by byte, so that no read timeout fires."""
    for byte in raw(b"{}" * 200):
        if talk.delay(0.1):
            return
        talk.send(bytes([byte]))


def slow_body(talk: Talk) -> None:
    """Send the head at once and the body slowly."""
    talk.send(raw(b"", length=10_000))
    while not talk.delay(0.1):
        talk.send(b" ")


def reset(talk: Talk) -> None:
    """Reset the connection."""
    talk.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def reset_in_body(talk: Talk) -> None:
    """Reset the connection within the body."""
    talk.send(raw(b'{"data": [', length=1000))
    talk.delay(0.05)
    reset(talk)


def silent_end(talk: Talk) -> None:
    """Close without a response."""


def truncated(talk: Talk) -> None:
    """Send less than the Content-Length."""
    talk.send(raw(b'{"data": []}', length=5000))


def garbage(talk: Talk) -> None:
    """Send bytes that are not HTTP."""
    talk.send(b"\x00\xff\x16\x03 SSH-2.0-nonsense\r\n\r\n\r\n")


def huge(talk: Talk) -> None:
    """Send 200 MB."""
    talk.send(raw(b"", length=200 << 20))
    _stream(talk, b"x" * (1 << 20), 200)


def endless_chunks(talk: Talk) -> None:
    """Send chunks without end."""
    talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    _stream(talk, b"10000\r\n" + b"[" * 65536 + b"\r\n", 1 << 20)


def _stream(talk: Talk, part: bytes, times: int) -> None:
    for _ in range(times):
        if talk.ended.is_set():
            return
        talk.sock.sendall(part)


def gzip_bomb(talk: Talk) -> None:
    """Send 200 kB that decompress to 200 MB."""
    talk.send(raw(_bomb(), headers={"Content-Encoding": "gzip"}))


def gzip_bomb_in_gzip(talk: Talk) -> None:
    """Send a few hundred bytes that decompress to 200 MB in two steps."""
    talk.send(raw(gzip.compress(_bomb()), headers={"Content-Encoding": "gzip, gzip"}))


@functools.cache
def _bomb() -> bytes:
    return gzip.compress(b"\0" * (200 << 20), compresslevel=9)


def redirect(target: str) -> Behaviour:
    """Redirect to another address."""
    return answer(b"", 302, {"Location": target})


@contextlib.contextmanager
def unaccepting() -> Iterator[int]:
    """Open a port on which connections hang, as its backlog is full. Yields the port."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.connect(listener.getsockname())
        yield listener.getsockname()[1]


def closed_port() -> int:
    """A port without a listener."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
