"""Notices of the kernel that something in a folder has changed, so that nobody has to look; on Linux only."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Iterable
from typing import Final

# Of inotify: attributes, written and closed, moved from and to, created, deleted; and only if it is a folder.
_CHANGES: Final = 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x01000000
_AT_MOST: Final = 500
"""A user has some thousands of them for all programs: a tree of more folders is looked at instead."""


class Notices:
    """Calls `noticed` in the event loop when something changes in the folders that were named."""

    def __init__(self, noticed: Callable[[], None]) -> None:
        """To be made in the event loop."""
        self._noticed = noticed
        self._loop = asyncio.get_running_loop()
        self._fd = -1
        self._folders: set[str] = set()
        if sys.platform == "linux":
            with contextlib.suppress(OSError, AttributeError):
                self._libc = ctypes.CDLL(None, use_errno=True)
                self._fd = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd >= 0:
            self._loop.add_reader(self._fd, self._read)

    def watch(self, folders: Iterable[str]) -> bool:
        """Take notice of these too. False: of some none comes, so somebody has to look."""
        if self._fd < 0:
            return False
        wanted = {folder for folder in folders if os.path.isdir(folder)}  # noqa: PTH112 - the paths of core are texts
        if len(wanted) > _AT_MOST:
            return False
        for folder in wanted - self._folders:
            if self._libc.inotify_add_watch(self._fd, os.fsencode(folder), _CHANGES) < 0:
                return False
            self._folders.add(folder)
        return True

    def close(self) -> None:
        """Take notice of nothing more."""
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _read(self) -> None:
        # What changed is seen by looking: a name that came may be one that is not read, or a folder to be watched too.
        with contextlib.suppress(BlockingIOError):
            while os.read(self._fd, 65536):
                pass
        self._folders.clear()
        self._noticed()
