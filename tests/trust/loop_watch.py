"""Measures how long the event loop of the app is blocked, with a stack of the blocking code."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

TICK_S: Final = 0.01
SUSPECT_S: Final = 0.08
"""The duration of an iteration of the loop after which its stack is recorded (seconds)."""


@dataclass
class Blocked:
    """The longest iteration of the loop in each part of a test (seconds), without the time of other programs.

    An iteration lasts while its own thread runs, and while another thread of the app holds the interpreter lock.
    """

    longest: dict[str, float] = field(default_factory=dict)
    stacks: dict[str, str] = field(default_factory=dict)
    part: str = "start"
    _turn: tuple[float, float] = (0.0, 0.0)

    def note(self, seconds: float) -> None:
        """Record an iteration of the loop."""
        self.longest[self.part] = max(self.longest.get(self.part, 0.0), seconds)

    def over(self, seconds: float) -> dict[str, str]:
        """The parts that blocked longer than a limit, each with its time and stack."""
        return {
            part: f"{longest * 1000:.0f} ms\n{self.stacks.get(part, '')}"
            for part, longest in self.longest.items()
            if longest > seconds
        }


def _held_up() -> float:
    """The seconds for which this thread was runnable but other programs ran, where the system reports it."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


@asynccontextmanager
async def watching() -> AsyncIterator[Blocked]:
    """Watch the thread of the running loop within the context."""
    blocked = Blocked()
    thread = threading.get_ident()
    ended = threading.Event()
    began = [time.monotonic()]

    async def tick() -> None:
        clock = began[0] = time.monotonic()
        cpu_time, held_up = time.process_time(), _held_up()
        while True:
            await asyncio.sleep(TICK_S)
            last = clock, cpu_time, held_up
            clock = began[0] = time.monotonic()
            cpu_time, held_up = time.process_time(), _held_up()
            # Under load each is an upper bound: the CPU time of this thread, and that of the whole app.
            blocked.note(min(clock - last[0] - TICK_S - (held_up - last[2]), cpu_time - last[1]))

    def look() -> None:
        recorded = 0.0
        while not ended.wait(TICK_S):
            started = began[0]
            if started != recorded and time.monotonic() - started > SUSPECT_S + TICK_S:
                recorded = started
                frame = sys._current_frames().get(thread)
                stack = traceback.extract_stack(frame) if frame is not None else []
                lines = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in stack]
                blocked.stacks[blocked.part] = " < ".join(reversed(lines[-14:]))

    watcher = threading.Thread(target=look, daemon=True)
    ticking = asyncio.ensure_future(tick())
    watcher.start()
    try:
        yield blocked
    finally:
        ticking.cancel()
        ended.set()
        watcher.join()
