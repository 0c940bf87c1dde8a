"""Non-blocking output to a terminal: bytes that it does not accept at once are queued."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import time
from collections.abc import Callable
from typing import Final

_CLOSE_TIMEOUT_S: Final = 2.0
"""The longest wait at the end for a blocked terminal."""


class Output:
    """The output queue of one terminal. Not thread-safe."""

    def __init__(self, fileno: int, ready: Callable[[], None] = lambda: None) -> None:
        """`fileno`: a descriptor of the terminal. `ready` is called when the queue has been sent."""
        self._ready = ready
        self._queue = bytearray()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._fileno, self._own = _reopen(fileno)

    @property
    def stalled(self) -> bool:
        """Whether bytes are queued."""
        return bool(self._queue)

    def send(self, text: str) -> None:
        """Send a text, now or as soon as the terminal accepts it."""
        data = text.encode("utf-8", "replace")
        if self._queue:
            self._queue += data
            return
        sent = self._try(data)
        if sent < len(data):
            self._queue += data[sent:]
            self._loop = asyncio.get_running_loop()
            self._loop.add_writer(self._fileno, self._more)

    def close(self) -> None:
        """Send the queue, as long as the terminal accepts it, and close."""
        if self._loop is not None:
            self._loop.remove_writer(self._fileno)
        limit = time.monotonic() + _CLOSE_TIMEOUT_S
        while self._queue and (left := limit - time.monotonic()) > 0:
            if not select.select([], [self._fileno], [], left)[1]:
                break
            del self._queue[: self._try(bytes(self._queue))]
        self._queue.clear()
        if self._own:
            with contextlib.suppress(OSError):
                os.close(self._fileno)

    def _more(self) -> None:
        del self._queue[: self._try(bytes(self._queue))]
        if not self._queue:
            assert self._loop is not None
            self._loop.remove_writer(self._fileno)
            self._ready()

    def _try(self, data: bytes) -> int:
        """The number of bytes that the terminal accepted; all of them when it is gone."""
        sent = 0
        while sent < len(data):
            try:
                sent += os.write(self._fileno, data[sent:])
            except BlockingIOError:
                return sent
            except OSError:
                return len(data)
        return sent


def _reopen(fileno: int) -> tuple[int, bool]:
    """A new non-blocking descriptor, as `fileno` is shared with the shell; `fileno` itself when that fails."""
    try:
        return os.open(os.ttyname(fileno), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC), True
    except OSError:
        return fileno, False
