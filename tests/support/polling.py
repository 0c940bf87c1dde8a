"""Waiting for what threads and other processes bring about: the one place where a test lets time pass."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

WITHIN_S = 30.0
"""Far more than anything takes on a machine that does other items too."""
_STEP_S = 0.005


def until(holds: Callable[[], object], within: float = WITHIN_S) -> None:
    """Wait until something holds. Raises TimeoutError when it does not within so many seconds."""
    ends = time.monotonic() + within
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError(f"it did not come about within {within:g} s")
        time.sleep(_STEP_S)


async def until_in_loop(holds: Callable[[], object], within: float = WITHIN_S) -> None:
    """The same, while the loop goes on."""
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(_STEP_S)


def listens(port: int) -> bool:
    """Whether something takes connections at a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
