"""Forbids the network: a socket to another machine fails the test that opened it."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest


class NetworkForbidden(RuntimeError):
    """A test tried to reach another machine. Not an `OSError`, which the code under test would handle."""


class NetworkFence:
    """Refuses and records connections and name lookups other than loopback and unix sockets."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Patch `socket` for the lifetime of `patch`."""
        connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
        getaddrinfo = socket.getaddrinfo

        def guarded_connect(self_: socket.socket, address: Any) -> None:
            self._check_address(self_, address)
            connect(self_, address)

        def guarded_connect_ex(self_: socket.socket, address: Any) -> int:
            self._check_address(self_, address)
            return connect_ex(self_, address)

        def guarded_sendto(self_: socket.socket, data: Any, *remaining: Any) -> int:
            self._check_address(self_, remaining[-1])
            return sendto(self_, data, *remaining)

        def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
            self._check_host(host, "look up")
            return getaddrinfo(host, *args, **kwargs)

        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)

    def report(self) -> str | None:
        """The message for a failed test; None without attempts."""
        if not self.attempts:
            return None
        tried = ", ".join(dict.fromkeys(self.attempts))
        return f"this test tried to leave the machine: {tried}. Serve what it needs on 127.0.0.1."

    def _check_address(self, sock: socket.socket, address: Any) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            self._check_host(address[0], "connect to")

    def _check_host(self, host: Any, purpose: str) -> None:
        if not is_loopback(host):
            self.attempts.append(f"{purpose} {host}")
            raise NetworkForbidden(f"a test may not {purpose} {host}: only loopback and unix sockets are allowed")


def is_loopback(host: Any) -> bool:
    """Whether a host is this machine; of names only localhost is."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host)
    if name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
