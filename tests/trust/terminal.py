"""Runs the app in a pseudo-terminal and records all its output and its exit status."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.pty_session import PtySession
from tests.support.environment import fenced

CHECKOUT = Path(__file__).resolve().parents[2]


class Terminal(PtySession):
    """The app on a project. `raw` is its whole output."""

    def __init__(
        self,
        home: Path,
        arguments: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.raw = b""
        environment = fenced(home) | {"PYTHONPATH": str(CHECKOUT), "COLORTERM": "truecolor"} | dict(variables or {})
        super().__init__([sys.executable, "-m", "tui", *arguments], environment, columns, rows)

    def __enter__(self) -> Terminal:
        return self

    def _draw(self, data: bytes) -> None:
        self.raw += data
        super()._draw(data)

    @property
    def pid(self) -> int:
        """The process of the app."""
        return self._process.pid

    @property
    def ended(self) -> int | None:
        """The exit status; None while it runs."""
        return self._process.poll()

    @property
    def text(self) -> str:
        """The text of the screen."""
        return "\n".join(self.lines)

    def wait_for(self, text: str) -> int:
        """Read until `text` is on the screen; return at once when it already is. Raises TimeoutError."""
        self._read(0.1)
        return 0 if text in self.text else super().wait_for(text)

    def send(self, *keys: str, patience: float = 0.15) -> None:
        """Press keys; unlike `press`, output is not required."""
        for key in keys:
            if self.ended is not None:
                return
            os.write(self._terminal, KEYS.get(key, key.encode()))
            # A pause distinguishes Escape from the start of a sequence.
            self._read(max(patience, 0.6) if key == "esc" else patience)

    def send_at_once(self, *keys: str) -> None:
        """Press keys at once, as if pasted, without a pause."""
        os.write(self._terminal, b"".join(KEYS.get(key, key.encode()) for key in keys))

    def listen(self, seconds: float) -> None:
        """Read output for a number of seconds."""
        end = time.monotonic() + seconds
        while (remaining := end - time.monotonic()) > 0 and select.select([self._terminal], [], [], remaining)[0]:
            try:
                self._draw(os.read(self._terminal, 65536))
            except OSError:  # on Linux: the program has ended
                return

    def send_blindly(self, data: bytes) -> None:
        """Type without reading; keys that exceed the buffer of the terminal are dropped."""
        if select.select([], [self._terminal], [], 0.02)[1]:
            os.write(self._terminal, data)

    def resize(self, columns: int, rows: int) -> None:
        """Resize the terminal and read the output."""
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.kill(signal.SIGWINCH)
        self._screen.resize(rows, columns)
        self._read(0.03)

    def settle(self, patience: float = 1.0, limit: float = 60.0) -> bool:
        """Read until the app is silent. False when it is not within the limit."""
        end = time.monotonic() + limit
        while self._read(patience):
            if time.monotonic() > end:
                return False
        return True

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to the app."""
        os.kill(self.pid, number)

    def drop(self) -> None:
        """Close the terminal, as a lost connection does."""
        os.close(self._terminal)
        self._terminal = os.open(os.devnull, os.O_RDWR)

    def wait(self, seconds: float) -> int:
        """Wait for the exit status; raises TimeoutExpired."""
        return self._process.wait(timeout=seconds)

    @property
    def memory_mb(self) -> float:
        """The memory of the process (MB)."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0


KEYS: Mapping[str, bytes] = {
    "down": b"\x1b[B",
    "up": b"\x1b[A",
    "left": b"\x1b[D",
    "right": b"\x1b[C",
    "pagedown": b"\x1b[6~",
    "pageup": b"\x1b[5~",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "enter": b"\r",
    "tab": b"\t",
    "esc": b"\x1b",
    "space": b" ",
    "backspace": b"\x7f",
    "ctrl+q": b"\x11",
    "ctrl+r": b"\x12",
    "ctrl+l": b"\x0c",
    "ctrl+t": b"\x14",
    "ctrl+c": b"\x03",
    "ctrl+s": b"\x13",
}
