"""Disks for tests: each counts the store's system calls and does something at one of them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.files.store import Disk

CALLS = tuple(name for name in vars(Disk) if not name.startswith("_"))
CRASHED = 77

READING = frozenset(
    {"close", "read", "seek_start", "lock", "fstat", "lstat", "realpath", "access", "sizes", "attributes"}
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class StepDisk(Disk):
    """Calls `before(name)` ahead of each system call. Nothing is forced to the platter: these tests cut no power."""

    def __init__(self) -> None:
        self.steps = 0
        self.names: list[str] = []
        self.changing = False
        """Whether the call at hand may change anything."""
        self.changes = 0
        """The number of calls that may change something."""

    def before(self, name: str) -> None:
        """What happens ahead of a call."""

    def after(self, name: str) -> None:
        """What happens behind a call that worked."""

    def fsync(self, fd: int) -> None:
        os.fstat(fd)


def _counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def step(self: StepDisk, *arguments: Any) -> Any:
        self.steps += 1
        self.names.append(name)
        self.changing = name not in READING and not (name == "open" and arguments[1] & WRITING == 0)
        self.changes += self.changing
        if name == "close":  # the system closes even when it reports an error
            call(self, *arguments)
            self.before(name)
            return None
        self.before(name)
        result = call(self, *arguments)
        self.after(name)
        return result

    return step


for _name in CALLS:
    setattr(StepDisk, _name, _counted(_name, getattr(StepDisk, _name)))


class FaultDisk(StepDisk):
    """Fails the n-th call (from 1), or with `on` every call from the n-th; with `late`, after having done it.

    With `on` and `only_changes`, reading goes on to work: the file system has become read-only.
    """

    def __init__(
        self, step: int, code: int, *, on: bool = False, late: bool = False, only_changes: bool = False
    ) -> None:
        super().__init__()
        self.step, self.code, self.on, self.late, self.only_changes = step, code, on, late, only_changes

    def before(self, name: str) -> None:
        if not self.late or name == "close":
            self._fail()

    def after(self, name: str) -> None:
        # What makes a descriptor or reads has nothing to be done twice; failing late there would only leak.
        if self.late and name in ("rename", "unlink", "mkdir", "rmdir", "fsync", "link", "truncate", "chmod"):
            self._fail()

    def _fail(self) -> None:
        if self.only_changes and not self.changing:
            return
        if self.steps == self.step or (self.on and self.steps > self.step):
            raise OSError(self.code, os.strerror(self.code))

    @property
    def reached(self) -> bool:
        return self.steps >= self.step


class ShortDisk(StepDisk):
    """The n-th write (from 1) takes only half of its data; with `full`, those after it find the disk full."""

    def __init__(self, step: int, *, full: bool = False) -> None:
        super().__init__()
        self.step, self.full, self.writes = step, full, 0

    def write(self, fd: int, data: memoryview) -> int:
        self.writes += 1
        if self.full and self.writes > self.step:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.writes == self.step and len(data) > 1:
            data = data[: len(data) // 2]
        return os.write(fd, data)

    @property
    def reached(self) -> bool:
        return self.writes >= self.step


class LyingDisk(StepDisk):
    """Flips a bit of each write that contains these bytes, and reports success."""

    def __init__(self, holds: bytes) -> None:
        super().__init__()
        self.holds = holds

    def write(self, fd: int, data: memoryview) -> int:
        content = bytes(data)
        return os.write(fd, content[:-1] + bytes([content[-1] ^ 1]) if self.holds in content else content)


class CrashDisk(StepDisk):
    """Ends the process ahead of the n-th call, as a kill would: nothing is closed, flushed or cleaned.

    With `only_changes`, ahead of the n-th call that may change something: a crash ahead of a call that reads leaves the
    same disk as one ahead of the next change.
    """

    def __init__(self, step: int, *, only_changes: bool = False) -> None:
        super().__init__()
        self.step, self.only_changes = step, only_changes

    def before(self, name: str) -> None:
        if (self.changes if self.only_changes else self.steps) == self.step:
            os._exit(CRASHED)


class FaultThenCrashDisk(CrashDisk):
    """Fails at one call, and ends the process ahead of the n-th call behind it that may change something."""

    def __init__(self, fault: int, step: int) -> None:
        super().__init__(step, only_changes=True)
        self.fault = fault

    def before(self, name: str) -> None:
        if self.steps == self.fault:
            self.changes = 0
            raise OSError(errno.EIO, "input/output error")
        if self.steps > self.fault:
            super().before(name)


class HookDisk(StepDisk):
    """Does something once, ahead of the n-th call of one name."""

    def __init__(self, name: str, number: int, hook: Callable[[], None]) -> None:
        super().__init__()
        self.name, self.number, self.hook = name, number, hook

    def before(self, name: str) -> None:
        if name == self.name:
            self.number -= 1
            if self.number == 0:
                self.hook()


def in_child(task: Callable[[], None]) -> int:
    """Run something in a forked child; its exit code, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            task()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def open_files() -> int:
    """How many descriptors this process has open."""
    return sum(1 for _ in Path("/dev/fd").iterdir())
