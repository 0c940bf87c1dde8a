"""Polls a condition of threads and other processes: the only place where a test sleeps."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

WITHIN_S = 30.0
"""The default timeout (seconds), sufficient under load."""
_STEP_S = 0.005


def until(holds: Callable[[], object], within: float = WITHIN_S) -> None:
    """Wait until a condition holds. Raises TimeoutError after the timeout (seconds)."""
    ends = time.monotonic() + within
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError(f"it did not come about within {within:g} s")
        time.sleep(_STEP_S)


async def until_in_loop(holds: Callable[[], object], within: float = WITHIN_S) -> None:
    """Wait until a condition holds, without blocking the event loop."""
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(_STEP_S)


def listens(port: int) -> bool:
    """Whether a port of this machine accepts connections."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
