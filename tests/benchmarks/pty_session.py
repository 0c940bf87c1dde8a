"""Runs a program in a pseudo-terminal: keys in, bytes out, as over SSH."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

import pyte

from tests.support.screen import Screen

QUIET_S: Final = 0.08
"""The silence after which the output of a program is complete (seconds)."""
LIMIT_S: Final = 30.0

NOT_FOR_PYTE: Final = re.compile(rb"\x1b\[[<>=?][0-9;]*(?:u|\$p)")
MODES: Final = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
KEYBOARD: Final = re.compile(rb"\x1b\[([<>])[0-9]*u")
AT_REST: Final[Mapping[str, bool]] = {"7": True, "25": True}
"""The default modes of a terminal: line wrap and cursor."""
UNFINISHED: Final = re.compile(rb"\x1b(?:\[[<>=?0-9;$]*)?\Z")

KEYS: Final[Mapping[str, bytes]] = {
    "down": b"\x1b[B",
    "up": b"\x1b[A",
    "pagedown": b"\x1b[6~",
    "pageup": b"\x1b[5~",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "enter": b"\r",
    "esc": b"\x1b",
    "tab": b"\t",
    "ctrl+q": b"\x11",
}


def works(pid: int) -> bool:
    """Whether a process is running or runnable, on Linux; False elsewhere."""
    for thread in Path(f"/proc/{pid}/task").glob("*/stat"):
        with contextlib.suppress(OSError):  # the process has ended
            if thread.read_text(encoding="utf-8", errors="replace").rpartition(") ")[2][:1] in ("R", "D"):
                return True
    return False


class PtySession:
    """A program in a terminal of `columns` x `rows` cells; closed with the context.

    The terminal supports synchronised output as modern terminals do, so frame marks are counted too, and records the
    modes that are set.
    """

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str], columns: int = 80, rows: int = 24) -> None:
        self._screen = Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""
        self.modes: dict[str, bool] = dict(AT_REST)
        self._terminal, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._process = subprocess.Popen(
            argv, stdin=inside, stdout=inside, stderr=inside, env=dict(environment), start_new_session=True
        )
        os.close(inside)

    def __enter__(self) -> PtySession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._terminal)

    @property
    def lines(self) -> list[str]:
        """The lines of the screen, without trailing blanks."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def look(self) -> list[list[tuple[str, ...]]]:
        """Every cell as visible: its character, background and attributes, and its foreground unless it is blank."""
        rows, columns = range(self._screen.lines), range(self._screen.columns)
        cells = ((self._screen.buffer[row][column] for column in columns) for row in rows)
        return [
            [
                (cell.data, cell.bg, cell.fg if cell.data != " " or cell.reverse else "", f"{cell.bold}{cell.reverse}")
                for cell in line
            ]
            for line in cells
        ]

    @property
    def left_on(self) -> list[str]:
        """The modes that differ from the defaults."""
        return [mode for mode, on in self.modes.items() if on != AT_REST.get(mode, False)]

    def wait_for(self, text: str) -> int:
        """Read until `text` is on the screen and the program silent. Returns the bytes read; raises `TimeoutError`."""
        total = self._read(LIMIT_S)
        limit = time.monotonic() + LIMIT_S
        while not any(text in line for line in self.lines):
            if time.monotonic() > limit or self._process.poll() is not None:
                raise TimeoutError(f"{text!r} never came; the screen shows:\n" + "\n".join(self.lines))
            total += self._read(1.0)
        return total

    def type(self, key: str) -> None:
        """Press a key without reading."""
        os.write(self._terminal, KEYS.get(key, key.encode()))

    def press(self, key: str) -> int:
        """Press a key and read the resulting output. Returns its bytes; raises `TimeoutError` without any."""
        self.type(key)
        got = self._read(LIMIT_S)
        if not got:
            raise TimeoutError(f"nothing came back for {key}; the screen shows:\n" + "\n".join(self.lines))
        return got

    def _read(self, patience: float, quiet: float = QUIET_S) -> int:
        """Wait `patience` seconds for the first byte, read until the first silence, and render the output."""
        chunks: list[bytes] = []
        while self._comes(quiet if chunks else patience):
            try:
                data = os.read(self._terminal, 65536)
            except OSError:  # on Linux: the program has ended
                break
            if not data:
                break
            self._arrived(data)
            chunks.append(data)
            if b"\x1b[?2026$p" in data:
                os.write(self._terminal, b"\x1b[?2026;2$y")
        # Rendered during silence: rendering at once would take CPU time from the program.
        for data in chunks:
            self._draw(data)
        return sum(map(len, chunks))

    def _comes(self, seconds: float) -> bool:
        """Whether output comes in that time; a program that is still running gets more time."""
        limit = time.monotonic() + LIMIT_S
        while not select.select([self._terminal], [], [], seconds)[0]:
            if seconds == 0 or not works(self._process.pid) or time.monotonic() > limit:
                return False
        return True

    def _arrived(self, data: bytes) -> None:
        """Record the time of output."""

    def _draw(self, data: bytes) -> None:
        """Render the output, without the sequences of newer terminals that pyte would show as text."""
        data = self._held + data
        unfinished = UNFINISHED.search(data)
        end = unfinished.start() if unfinished else len(data)
        self._held = data[end:]
        for numbers, state in MODES.findall(data[:end]):
            for number in numbers.decode().split(";"):
                self.modes[number] = state == b"h"
        for direction in KEYBOARD.findall(data[:end]):
            self.modes["keyboard"] = direction == b">"
        self._stream.feed(NOT_FOR_PYTE.sub(b"", data[:end]))
