"""The watch on the files of a tree: changes on disk are merged, and only conflicts with edits are asked about."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from core.files.git import branch_of
from core.formatting import counted
from core.safe_text import safe
from tui.messages import DiskChecked
from tui.protocols import StatusLine

if TYPE_CHECKING:
    from tui.editing.flow import Editing

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


NOTICED_EVERY: Final = 30
"""Where the kernel gives notice the disk is looked at so many times less often: only for changes that come from
elsewhere, over a network, of which it knows nothing.
"""
SETTLED_S: Final = 0.1
"""Who writes one file often writes several."""
BUSY_S: Final = 2.0
"""While something is worked out nobody looks."""
MOST_NAMED = 3


class Watch:
    """Looks at the disk when something changes there, in a thread; as long as nothing did nobody notices."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self._screen = editing.screen
        self._looking = False
        self._again = False
        self._told: tuple[str, ...] = ()
        self._said: tuple[str, ...] = ()
        self._branch: str | None = None
        self._every = 0.0
        self._notices: Notices | None = None
        self._timer: Timer | None = None
        self._often: bool | None = None
        self._waiting: Timer | None = None

    def start(self, every: float) -> None:
        """Look every so many seconds from now on, or when the kernel gives notice; never when that is 0."""
        if not every:
            return
        self._every = every
        self._notices = Notices(self._noticed)
        self.look()

    def _noticed(self) -> None:
        self._screen.set_timer(SETTLED_S, self.look)

    def _later(self) -> None:
        """Look again before long: now is not the time to take anything in."""
        if self._waiting is None:
            self._waiting = self._screen.set_timer(BUSY_S, self._look_again)

    def _look_again(self) -> None:
        self._waiting = None
        self.look()

    def _look_every(self, often: bool) -> None:
        """Go on looking, as often as is needed."""
        if self._every and often is not self._often:
            if self._timer is not None:
                self._timer.stop()
            self._often = often
            self._timer = self._screen.set_interval(self._every * (1 if often else NOTICED_EVERY), self.look)

    def look(self) -> None:
        """Look now, unless one is looking already or something is being worked out."""
        session = self._screen.session
        if self._looking:
            self._again = True
            return
        if self._editing.busy:
            self._later()
            return
        if session.view is None:
            return
        workspace = session.workspace
        self._looking = True

        def run() -> None:
            # First, so that what changes while one looks is noticed.
            often = self._notices is None or not self._notices.watch(workspace.folders)
            try:
                moved = workspace.moved()
            except OSError:
                moved = ()
            branch = branch_of(workspace.root)
            self._screen.post_message(DiskChecked(workspace, moved, branch, often))

        self._screen.run_worker(run, thread=True, group="watch", exit_on_error=False)

    def checked(self, event: DiskChecked) -> None:
        """Merge what has changed, unless a task is running or another screen is shown."""
        moved, branch = event.changed, event.branch
        self._looking = False
        self._look_every(event.poll)
        if self._again:
            self._again = False
            self._noticed()
        screen = self._screen
        if self._editing.busy or event.workspace is not screen.session.workspace:
            self._later()
            return
        if not moved:
            self._told = self._said = ()
            self._branch = branch
            return
        current: object = screen.app.screen
        if current is not screen:
            # A question over a form or a review would be in the way; writing looks at the disk anyway.
            self._say_there(moved)
            self._later()
        elif moved != self._told:
            # What conflicts is asked once, and again when more files have changed.
            self._told = moved
            self._editing.refresh(then=partial(self._tell, self._switched(branch)), taken=self._taken)
            self._branch = branch

    def _taken(self, taken: bool) -> None:
        if taken:
            self._told = ()

    def _switched(self, branch: str) -> str:
        if self._branch is None or branch == self._branch:
            return ""
        return f"branch {safe(self._branch or '(none)')} -> {safe(branch or '(none)')}: "

    def _tell(self, switched: str, message: str) -> None:
        self._screen.show_status(f"{switched}{message or 'nothing has changed on disk'}")

    def _say_there(self, moved: tuple[str, ...]) -> None:
        """Say once, where one is, that something has changed; it is taken in when one is back."""
        there = self._screen.app.screen
        if moved == self._said or not isinstance(there, StatusLine) or getattr(there, "answered", False):
            return
        self._said = moved
        names = ", ".join(map(safe, moved)) if len(moved) <= MOST_NAMED else counted(len(moved), "file")
        there.show_status(f"changed on disk meanwhile: {names}; it is looked at again before anything is written")
