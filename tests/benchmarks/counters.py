"""Resource use of a process, from Linux's /proc: CPU time, wake-ups, memory, and instructions where available."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import struct
from pathlib import Path
from typing import Final

_SYSCALL: Final = {"x86_64": 298, "aarch64": 241}
# Flags of the event: inherited by threads and children, user space only.
_FLAGS: Final = 1 << 1 | 1 << 5 | 1 << 6


class Instructions:
    """Counts the instructions of a process in user space, almost without noise. Often forbidden in containers."""

    def __init__(self, pid: int) -> None:
        self._fd = -1
        number = _SYSCALL.get(platform.machine())
        if number is not None and platform.system() == "Linux":
            attributes = struct.pack("IIQQQQQIIQ", 0, 64, 1, 0, 0, 3, _FLAGS, 0, 0, 0)
            buffer = ctypes.create_string_buffer(attributes, 64)
            self._fd = ctypes.CDLL(None, use_errno=True).syscall(number, buffer, pid, -1, -1, 8)

    def millions(self) -> float | None:
        """Millions of instructions until now; None when unavailable."""
        if self._fd < 0:
            return None
        value, enabled, running = struct.unpack("QQQ", os.read(self._fd, 24))
        return value * enabled / running / 1e6 if running else None

    def close(self) -> None:
        """Stop counting."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _tasks(pid: int, name: str) -> list[str]:
    texts = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            texts.append((task / name).read_text(encoding="ascii"))
    except OSError:
        pass
    return texts


def cpu_ms(pid: int) -> float:
    """CPU time until now of all its threads (milliseconds)."""
    return sum(int(text.split()[0]) for text in _tasks(pid, "schedstat")) / 1e6


def wakeups(pid: int) -> int:
    """The number of voluntary context switches of its threads, each followed by a wake-up."""
    return sum(
        int(number)
        for text in _tasks(pid, "status")
        for number in re.findall(r"\nvoluntary_ctxt_switches:\s+(\d+)", text)
    )


def peak_mib(pid: int) -> float:
    """Peak memory until now (MiB)."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    match = re.search(r"VmHWM:\s+(\d+)", text)
    return int(match[1]) / 1024 if match else 0.0
