"""Suspends and ends the process: shell job control, signals, and a lost terminal.

A running commit is finished first; unwritten edits are in the draft.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

if TYPE_CHECKING:
    from textual.app import App

COMMIT_WAIT_S = 5.0
"""The longest wait for a running commit, which takes milliseconds unless the disk hangs."""

_TEMPORARY_FOLDERS: Final[list[str]] = []
"""Folders to remove even when the process is killed by a signal."""


@contextlib.contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A temporary folder, which is also removed when a signal ends the process."""
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        _TEMPORARY_FOLDERS.append(name)
        try:
            yield Path(name)
        finally:
            _TEMPORARY_FOLDERS.remove(name)


@runtime_checkable
class SavesTyped(Protocol):
    """An app that can save typed text that is not an edit yet."""

    def save_typed(self) -> None:
        """Save typed text as a draft."""


def install_signal_handlers(app: App[Any]) -> None:
    """Exit on SIGTERM (status 143), SIGINT (130) and SIGHUP (129)."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):  # not in the main thread
            loop.add_signal_handler(number, app.exit, None, 128 + number)
    with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
        loop.add_signal_handler(signal.SIGHUP, hang_up, app)


def hang_up(app: object = None) -> None:
    """Exit after a hang-up, without output, as the terminal accepts none."""
    if isinstance(app, SavesTyped):
        with contextlib.suppress(Exception):  # the process must end in any case
            app.save_typed()
    store = sys.modules.get("core.files.store.lock")
    if store is not None:
        store.RUNNING.acquire(timeout=COMMIT_WAIT_S)
    for folder in _TEMPORARY_FOLDERS:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(128 + signal.SIGHUP)


def terminal_is_gone() -> bool:
    """Whether the terminal of stdin has been closed, as after a lost connection."""
    import termios

    stdin = sys.__stdin__
    if stdin is None:
        return False
    try:
        termios.tcgetattr(stdin.fileno())
    except termios.error as error:
        return bool(error.args and error.args[0] == errno.EIO)
    except (OSError, ValueError):
        return False
    return False


def has_job_control() -> bool:
    """Whether the parent is in this session and another process group, as a shell with job control is.

    After `ssh -t HOST pipedeck` it is not: a process that stops there would hang the connection.
    """
    parent = os.getppid()
    try:
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    except OSError:  # the parent has ended
        return False
