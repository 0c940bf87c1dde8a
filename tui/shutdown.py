"""Leaving in a hurry: signals, and a line that drops. What is being written is finished; edits are in the draft."""

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
"""How long a commit that is running is waited for; it takes milliseconds, unless the disk hangs."""

_THROW_AWAY: Final[list[str]] = []
"""Folders that nobody is to find after the end, however it comes."""


@contextlib.contextmanager
def throw_away_folder(prefix: str) -> Iterator[Path]:
    """A folder for a while; it is also gone when the process ends in a hurry."""
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        _THROW_AWAY.append(name)
        try:
            yield Path(name)
        finally:
            _THROW_AWAY.remove(name)


@runtime_checkable
class SavesTyped(Protocol):
    """An app that can save what is typed and is no edit yet."""

    def save_typed(self) -> None:
        """Save it as a draft."""


def install_signal_handlers(app: App[Any]) -> None:
    """Leave on the signals that ask for it, with the exit status they give: 143, 130, and 129 without a terminal."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):  # not in the main thread
            loop.add_signal_handler(number, app.exit, None, 128 + number)
    with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
        loop.add_signal_handler(signal.SIGHUP, hang_up, app)


def hang_up(app: object = None) -> None:
    """End the process as a hang-up does: nobody is there to be told anything, and the terminal takes no more bytes."""
    if isinstance(app, SavesTyped):
        with contextlib.suppress(Exception):  # whatever is wrong, the process ends
            app.save_typed()
    store = sys.modules.get("core.files.store.lock")
    if store is not None:
        store.RUNNING.acquire(timeout=COMMIT_WAIT_S)
    for folder in _THROW_AWAY:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(128 + signal.SIGHUP)


def terminal_is_gone() -> bool:
    """Whether what was a terminal is none any more: the line dropped while nobody was reading from it."""
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
