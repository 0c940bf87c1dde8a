"""Bytes to a terminal, without waiting for it: what it does not take at once goes when it is ready for more."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import time
from collections.abc import Callable
from typing import Final

_PATIENCE_S: Final = 2.0
"""How long a terminal that takes nothing is waited for at the end."""


class Output:
    """What is written to one terminal. Not for use from several threads."""

    def __init__(self, fileno: int, ready: Callable[[], None] = lambda: None) -> None:
        """`fileno`: a descriptor of the terminal. `ready` is called when all is sent that had to wait."""
        self._ready = ready
        self._waiting = bytearray()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._fileno, self._own = _of_our_own(fileno)

    @property
    def stalled(self) -> bool:
        """Whether the terminal has not taken all yet."""
        return bool(self._waiting)

    def send(self, text: str) -> None:
        """Send a text, now or as soon as the terminal takes it."""
        data = text.encode("utf-8", "replace")
        if self._waiting:
            self._waiting += data
            return
        sent = self._try(data)
        if sent < len(data):
            self._waiting += data[sent:]
            self._loop = asyncio.get_running_loop()
            self._loop.add_writer(self._fileno, self._more)

    def close(self) -> None:
        """Send what is left, as long as the terminal takes it, and end."""
        if self._loop is not None:
            self._loop.remove_writer(self._fileno)
        limit = time.monotonic() + _PATIENCE_S
        while self._waiting and (left := limit - time.monotonic()) > 0:
            if not select.select([], [self._fileno], [], left)[1]:
                break
            del self._waiting[: self._try(bytes(self._waiting))]
        self._waiting.clear()
        if self._own:
            with contextlib.suppress(OSError):
                os.close(self._fileno)

    def _more(self) -> None:
        del self._waiting[: self._try(bytes(self._waiting))]
        if not self._waiting:
            assert self._loop is not None
            self._loop.remove_writer(self._fileno)
            self._ready()

    def _try(self, data: bytes) -> int:
        """How much of it the terminal took. One that is gone takes everything: nobody sees it any more."""
        sent = 0
        while sent < len(data):
            try:
                sent += os.write(self._fileno, data[sent:])
            except BlockingIOError:
                return sent
            except OSError:
                return len(data)
        return sent


def _of_our_own(fileno: int) -> tuple[int, bool]:
    """A descriptor that does not block: opened anew, as the given one is shared with the shell. Else the given one."""
    try:
        return os.open(os.ttyname(fileno), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC), True
    except OSError:
        return fileno, False
