"""The network fence: a socket that leaves this machine fails the test that opened it."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest


class NetworkForbidden(RuntimeError):
    """A test tried to reach another machine. Not an `OSError`, so that code handling outages does not swallow it."""


class NetworkFence:
    """Refuses every connection and name look-up beyond loopback and unix sockets, and remembers each attempt."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Put the fence around `socket` for as long as `patch` lasts."""
        connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
        getaddrinfo = socket.getaddrinfo

        def guarded_connect(self_: socket.socket, address: Any) -> None:
            self._check_address(self_, address)
            connect(self_, address)

        def guarded_connect_ex(self_: socket.socket, address: Any) -> int:
            self._check_address(self_, address)
            return connect_ex(self_, address)

        def guarded_sendto(self_: socket.socket, data: Any, *rest: Any) -> int:
            self._check_address(self_, rest[-1])
            return sendto(self_, data, *rest)

        def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
            self._check_host(host, "look up")
            return getaddrinfo(host, *args, **kwargs)

        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)

    def report(self) -> str | None:
        """What to tell who wrote the test, or None when nothing tried to leave."""
        if not self.attempts:
            return None
        tried = ", ".join(dict.fromkeys(self.attempts))
        return f"this test tried to leave the machine: {tried}. Serve what it needs on 127.0.0.1."

    def _check_address(self, sock: socket.socket, address: Any) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            self._check_host(address[0], "connect to")

    def _check_host(self, host: Any, what: str) -> None:
        if not is_loopback(host):
            self.attempts.append(f"{what} {host}")
            raise NetworkForbidden(f"a test may not {what} {host}: only loopback and unix sockets are allowed")


def is_loopback(host: Any) -> bool:
    """Whether a host, given as socket functions take it, is this machine. A name other than localhost is not."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host)
    if name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
