"""The watch on the files of a tree: changes on disk are merged, and only conflicts with edits are asked about."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from core.files.git import branch_of
from core.formatting import counted
from core.safe_text import safe
from tui.messages import DiskChecked
from tui.protocols import StatusLine

if TYPE_CHECKING:
    from tui.editing.session_edits import Editing

# inotify: attributes, closed after writing, moved from and to, created, deleted; only folders.
_EVENTS: Final = 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x01000000
_MAX_FOLDERS: Final = 500
"""A user has some thousands of inotify watches for all programs: larger trees are polled."""

POLL_FACTOR_WITH_NOTICES: Final = 30
"""The factor by which the disk is polled less often with inotify, which does not report changes over a network."""
SETTLE_S: Final = 0.1
"""The wait after a change: several files are often written in a row."""
BUSY_S: Final = 2.0
"""The wait before the next check while a task runs or another screen is shown."""
MAX_NAMES = 3


class Notices:
    """Calls a function in the event loop when something changes in the watched folders, by inotify: on Linux only."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """To be made in the event loop."""
        self._changed = changed
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
        """Watch more folders. False when some cannot be watched, so that they have to be polled."""
        if self._fd < 0:
            return False
        existing = {folder for folder in folders if os.path.isdir(folder)}  # noqa: PTH112 - core has paths as text
        if len(existing) > _MAX_FOLDERS:
            return False
        for folder in existing - self._folders:
            if self._libc.inotify_add_watch(self._fd, os.fsencode(folder), _EVENTS) < 0:
                return False
            self._folders.add(folder)
        return True

    def close(self) -> None:
        """Stop watching."""
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _read(self) -> None:
        # The events are dropped: the check that follows compares all files, and watches new folders.
        with contextlib.suppress(BlockingIOError):
            while os.read(self._fd, 65536):
                pass
        self._folders.clear()
        self._changed()


class Watch:
    """Checks the disk in a thread, regularly and after each notice; shows nothing as long as nothing has changed."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self._screen = editing.screen
        self._checking = False
        self._repeat = False
        self._merging: tuple[str, ...] = ()
        """The changed files of the last merge, while its conflicts are not decided."""
        self._notified: tuple[str, ...] = ()
        """The changed files last named on another screen."""
        self._branch: str | None = None
        self._interval_s = 0.0
        self._notices: Notices | None = None
        self._timer: Timer | None = None
        self._polling: bool | None = None
        self._retry: Timer | None = None

    def start(self, interval_s: float) -> None:
        """Check the disk from now on, at this interval and after each notice; never when it is 0."""
        if interval_s:
            self._interval_s = interval_s
            self._notices = Notices(self._look_soon)
            self.look()

    def _look_soon(self) -> None:
        self._screen.set_timer(SETTLE_S, self.look)

    def _look_when_free(self) -> None:
        if self._retry is None:
            self._retry = self._screen.set_timer(BUSY_S, self._look_now)

    def _look_now(self) -> None:
        self._retry = None
        self.look()

    def _set_interval(self, poll: bool) -> None:
        if self._interval_s and poll is not self._polling:
            if self._timer is not None:
                self._timer.stop()
            self._polling = poll
            factor = 1 if poll else POLL_FACTOR_WITH_NOTICES
            self._timer = self._screen.set_interval(self._interval_s * factor, self.look)

    def look(self) -> None:
        """Check the disk now, or once the running check or task is finished."""
        session = self._screen.session
        if self._checking:
            self._repeat = True
            return
        if self._editing.busy:
            self._look_when_free()
            return
        if session.view is None:
            return
        workspace = session.workspace
        self._checking = True

        def run() -> None:
            # Watch first, so that a change during the check is noticed.
            poll = self._notices is None or not self._notices.watch(workspace.folders)
            try:
                changed = workspace.moved()
            except OSError:
                changed = ()
            self._screen.post_message(DiskChecked(workspace, changed, branch_of(workspace.root), poll))

        self._screen.run_worker(run, thread=True, group="watch", exit_on_error=False)

    def checked(self, event: DiskChecked) -> None:
        """Merge changes on the disk, unless a task is running or another screen is shown."""
        changed, branch = event.changed, event.branch
        self._checking = False
        self._set_interval(event.poll)
        if self._repeat:
            self._repeat = False
            self._look_soon()
        screen = self._screen
        if self._editing.busy or event.workspace is not screen.session.workspace:
            self._look_when_free()
            return
        if not changed:
            self._merging = self._notified = ()
            self._branch = branch
            return
        current: object = screen.app.screen
        if current is not screen:
            # A question over a form or a review would be in the way; writing checks the disk anyway.
            self._notify(changed)
            self._look_when_free()
        elif changed != self._merging:
            # Conflicts are asked about once, until more files have changed.
            self._merging = changed
            self._editing.refresh(prefix=self._switched(branch))
            self._branch = branch

    def merged(self) -> None:
        """No conflict is left: the next change is merged even if it is of the same files."""
        self._merging = ()

    def _switched(self, branch: str) -> str:
        if self._branch is None or branch == self._branch:
            return ""
        return f"branch {safe(self._branch or '(none)')} -> {safe(branch or '(none)')}: "

    def _notify(self, changed: tuple[str, ...]) -> None:
        """Name the changed files once on another screen; they are merged on the main screen."""
        screen = self._screen.app.screen
        if changed == self._notified or not isinstance(screen, StatusLine) or not screen.can_notify:
            return  # the message waits for a screen that can show it
        self._notified = changed
        names = ", ".join(map(safe, changed)) if len(changed) <= MAX_NAMES else counted(len(changed), "file")
        screen.show_status(f"changed on disk meanwhile: {names}; checked before anything is written")
