"""Measures a program in a pseudo-terminal: the time until its screen is ready, and the costs of each key."""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from tests.benchmarks.counters import Instructions, cpu_ms, peak_mib, wakeups
from tests.benchmarks.pty_session import PtySession

SETTLED_S: Final = 0.4
"""The silence that ends a start (seconds)."""
SILENCE_S: Final = 0.06
"""The silence after which the answer to a key is complete, where the program works on (seconds)."""
_SYNC: Final = re.compile(rb"\x1b\[\?2026([hl])")
_ANSWERS: Final = (
    (b"\x1b[?2048$p", b"\x1b[?2048;2$y"),
    (b"\x1b[?u", b"\x1b[?0u"),
    (b"\x1b[?2048h", b"\x1b[48;%(rows)d;%(columns)d;%(high)d;%(wide)dt"),
)
"""More answers of modern terminals, without which Textual does less work at its start than for users."""


class Moment(NamedTuple):
    """A read from the terminal: seconds since the start, and CPU time and instructions of the program until then."""

    at: float
    size: int
    cpu_ms: float
    millions: float | None


class Start(NamedTuple):
    """The figures of a start; `ready` is the time at which all expected texts were on the screen."""

    ready: Moment
    size: int
    writes: int
    changed: int
    """Cells that changed after that."""


class Pressed(NamedTuple):
    """The figures of a key: bytes, reads, frames, changed cells, time to the last byte, CPU time."""

    size: int
    writes: int
    frames: int
    cells: int
    quiet_ms: float
    cpu_ms: float
    millions: float | None


class Idle(NamedTuple):
    """The figures of an idle second: bytes, milliseconds of CPU time, wake-ups, millions of instructions."""

    size: float
    cpu_ms: float
    wakeups: float
    millions: float | None


class Meter(PtySession):
    """Starts a program and measures it."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str], columns: int, rows: int) -> None:
        self._log: list[Moment] = []
        self._texts: Sequence[str] = ()
        self._ready: Moment | None = None
        self._look_then: object = None
        self._in_frame = False
        self._tail = b""
        self._frames = 0
        self._drawn = 0
        self._size = {"rows": rows, "columns": columns, "high": rows * 20, "wide": columns * 10}
        self._begun = time.perf_counter()
        super().__init__(argv, environment, columns, rows)
        self._instructions = Instructions(self.pid)

    def __enter__(self) -> Meter:
        return self

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def _arrived(self, data: bytes) -> None:
        at = time.perf_counter() - self._begun
        self._log.append(Moment(at, len(data), cpu_ms(self.pid), self._millions()))
        for question, answer in _ANSWERS:
            if question in data:
                os.write(self._terminal, answer % {k.encode(): v for k, v in self._size.items()})

    def _millions(self) -> float | None:
        return self._instructions.millions()

    def _draw(self, data: bytes) -> None:
        super()._draw(data)
        marks = _SYNC.findall(self._tail + data)
        self._frames += marks.count(b"l")
        self._in_frame = marks[-1] == b"h" if marks else self._in_frame
        self._tail = data[-7:] if b"\x1b" in data[-7:] and not _SYNC.search(data[-8:]) else b""
        moment = self._log[self._drawn]
        self._drawn += 1
        if self._ready is None and self._texts and not self._in_frame:
            text = "\n".join(self._screen.display)
            if all(expected in text for expected in self._texts):
                self._ready, self._look_then = moment, self.look

    def start(self, texts: Sequence[str], patience: float = 60.0) -> Start:
        """Wait until all texts are on the screen and the program is silent. Raises TimeoutError."""
        self._texts = texts
        limit = time.perf_counter() + patience
        while self._ready is None:
            if not self._read(5.0) and (time.perf_counter() > limit or self._process.poll() is not None):
                raise TimeoutError(f"{texts} did not appear; the screen shows:\n" + "\n".join(self.lines))
        while self._read(SETTLED_S):
            if time.perf_counter() > limit:  # a blinking cursor
                break
        return Start(self._ready, sum(m.size for m in self._log), len(self._log), self._changed(self._look_then))

    def _changed(self, before: object) -> int:
        assert isinstance(before, list)
        pairs = zip(before, self.look, strict=True)
        return sum(before != after for old, new in pairs for before, after in zip(old, new, strict=True))

    def measure(self, key: str) -> Pressed:
        """Press a key and wait until the program is silent."""
        before, first, frames = self.look, len(self._log), self._frames
        cpu, millions = cpu_ms(self.pid), self._millions()
        start = time.perf_counter()
        size = self.press(key)
        now = self._millions()
        return Pressed(
            size=size,
            writes=len(self._log) - first,
            frames=self._frames - frames,
            cells=self._changed(before),
            quiet_ms=(self._log[-1].at + self._begun - start) * 1000,
            cpu_ms=cpu_ms(self.pid) - cpu,
            millions=now - millions if now is not None and millions is not None else None,
        )

    def wait_busy(self, texts: Sequence[str], patience: float = 60.0) -> None:
        """Wait until all texts are on the screen of a program that works on in the background. Raises TimeoutError."""
        limit = time.perf_counter() + patience
        while not all(any(expected in line for line in self.lines) for expected in texts):
            if time.perf_counter() > limit:
                raise TimeoutError(f"{texts} did not appear; the screen shows:\n" + "\n".join(self.lines))
            select.select([self._terminal], [], [], 1.0)
            self._read(0.0, quiet=0.0)

    def answer_ms(self, key: str, patience: float = 10.0) -> float:
        """Press a key; the milliseconds until the screen has changed, while the program works on in the background.

        Raises TimeoutError when nothing changes.
        """
        start = last = time.perf_counter()
        self.type(key)
        while select.select([self._terminal], [], [], patience if last == start else SILENCE_S)[0]:
            self._read(0.0, quiet=0.0)
            last = time.perf_counter()
        if last == start:
            raise TimeoutError(f"nothing came back for {key}; the screen shows:\n" + "\n".join(self.lines))
        return (last - start) * 1000

    def idle(self, seconds: float) -> Idle:
        """Measure the idle program for some seconds."""
        cpu, woken, millions = cpu_ms(self.pid), wakeups(self.pid), self._millions()
        start, size = time.perf_counter(), 0
        while (remaining := start + seconds - time.perf_counter()) > 0:
            if select.select([self._terminal], [], [], remaining)[0]:
                size += self._read(0)
        now = self._millions()
        return Idle(
            size=size / seconds,
            cpu_ms=(cpu_ms(self.pid) - cpu) / seconds,
            wakeups=(wakeups(self.pid) - woken) / seconds,
            millions=(now - millions) / seconds if now is not None and millions is not None else None,
        )

    def peak_mib(self) -> float:
        """Peak memory (MiB)."""
        return peak_mib(self.pid)

    def leave(self, key: str = "ctrl+q") -> float:
        """Press the quit key; returns the milliseconds until the process has ended."""
        start = time.perf_counter()
        self.type(key)
        while self._read(5.0, quiet=0.0):
            pass
        self._process.wait(timeout=10)
        return (time.perf_counter() - start) * 1000
