"""What a process used: instructions where the kernel gives them, CPU time, wake-ups, memory. From Linux's /proc."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import struct
from pathlib import Path
from typing import Final

_SYSCALL: Final = {"x86_64": 298, "aarch64": 241}
# Of the attribute: inherited by threads and children, nothing of the kernel or below it.
_FLAGS: Final = 1 << 1 | 1 << 5 | 1 << 6


class Instructions:
    """Counts what a process executes in user space: nearly free of noise. Many machines and containers forbid it."""

    def __init__(self, pid: int) -> None:
        self._fd = -1
        number = _SYSCALL.get(platform.machine())
        if number is not None and platform.system() == "Linux":
            attributes = struct.pack("IIQQQQQIIQ", 0, 64, 1, 0, 0, 3, _FLAGS, 0, 0, 0)
            buffer = ctypes.create_string_buffer(attributes, 64)
            self._fd = ctypes.CDLL(None, use_errno=True).syscall(number, buffer, pid, -1, -1, 8)

    def millions(self) -> float | None:
        """So far; None where it cannot be told."""
        if self._fd < 0:
            return None
        value, enabled, running = struct.unpack("QQQ", os.read(self._fd, 24))
        return value * enabled / running / 1e6 if running else None

    def close(self) -> None:
        """Count no more."""
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
    """Milliseconds of CPU time so far, of all threads that there are."""
    return sum(int(text.split()[0]) for text in _tasks(pid, "schedstat")) / 1e6


def wakeups(pid: int) -> int:
    """How often its threads went to sleep, and so were woken."""
    return sum(
        int(number)
        for text in _tasks(pid, "status")
        for number in re.findall(r"\nvoluntary_ctxt_switches:\s+(\d+)", text)
    )


def peak_mib(pid: int) -> float:
    """The most memory that it had so far, in MiB."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+)", text)
    return int(found[1]) / 1024 if found else 0.0
