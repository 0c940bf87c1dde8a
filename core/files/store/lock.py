"""One writer per folder: advisory locks, held for the milliseconds of a commit. Readers never take them.

A commit locks its tree's folder and every folder it writes to, wherever links and the home put that, so that projects
with files in common exclude each other. All are acquired or none, ordered by device and inode: two sessions that want
the same folders cannot wait for each other.

The kernel releases a lock when its process ends, so a stale lock file is one that is free. A lock of another machine
counts as stale only on the user's word: this kernel may not know its process.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import stat
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, field
from typing import Final

from core.files.state_folder import FOLDER
from core.files.store.commit_results import DiskState, ElsewhereError, Failed, error_text, refuse
from core.files.store.disk import (
    Disk,
    exists,
    opened,
    read_open,
    remove,
    remove_folder,
    write_new,
    write_open,
)
from core.files.store.process import Process, parse_process, this_process, user_name
from core.records import dataclass
from core.safe_text import safe

JOURNAL: Final = "journal"
JOURNAL_NEW: Final = "journal.new"
"""Temporary name of a new journal; without a journal it was never completed."""
PART: Final = "part"
"""In place of a journal, in the other folders of a commit: the name of the folder that has it."""

RUNNING: Final = threading.RLock()
"""Held by this process from its first trace in a tree to the removal of the last one.

Ending the process takes it first, so that a running commit completes.
"""

_LOCK: Final = "lock"
_IGNORE: Final = ".gitignore"
_FINISHING: Final = "it was just finishing"


@dataclass(frozen=True, slots=True)
class FolderLock:
    """The held lock of the folder `base`; `folder` is the one in it that has the lock file."""

    base: str
    folder: str
    fd: int


@dataclass
class Lock:
    """The held locks of a tree and of other folders. `bases` are their paths, `notes` messages for the user."""

    root: str
    bases: frozenset[str] = frozenset()
    held: list[FolderLock] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unfinished: bool = True
    """Whether an incomplete commit may be recorded in the folders."""

    @property
    def folder(self) -> str:
        """The folder of the journal."""
        return os.path.join(self.root, FOLDER)

    @property
    def other_folders(self) -> tuple[str, ...]:
        """The lock folders other than that of the journal."""
        return tuple(held.folder for held in self.held if held.base != self.root)


@contextlib.contextmanager
def hold_lock(disk: Disk, root: str, *, wait: float, others: Iterable[str] = (), force: bool = False) -> Iterator[Lock]:
    """Hold the locks of the tree at the real path `root` and of `others`, trying for `wait` seconds.

    `force` takes over the lock of another machine. Raises StoppedError with the holder of a lock, or OSError when
    locking is not possible.
    """
    deadline = time.monotonic() + wait
    disk.lstat(root)
    while True:
        with RUNNING:
            lock, owner = _attempt_all(disk, root, others, force=force)
            if lock is not None:
                try:
                    yield lock
                finally:
                    release(disk, lock)
                return
        if time.monotonic() >= deadline:
            raise refuse(owner)
        time.sleep(random.uniform(0.001, 0.008))


def _attempt_all(disk: Disk, root: str, others: Iterable[str], *, force: bool) -> tuple[Lock | None, str]:
    """One attempt; without the locks, why: the apparent holder of one."""
    folders: dict[tuple[int, int], tuple[str, os.stat_result]] = {}
    lock = Lock(root, frozenset((root, *others)))
    for base in (root, *others):  # with a bind mount a folder has two paths
        base_stat = disk.lstat(base)
        folders.setdefault((base_stat.st_dev, base_stat.st_ino), (base, base_stat))
    try:
        for _, (base, base_stat) in sorted(folders.items()):
            held, owner = _attempt(disk, lock, base, base_stat, force=force)
            if held is None:
                release(disk, lock)
                return None, owner
            lock.held.append(held)
    except BaseException:
        release(disk, lock)
        raise
    return lock, ""


def release(disk: Disk, lock: Lock) -> None:
    """Release the locks, last one first, and remove their traces except the records of an unfinished commit."""
    while lock.held:
        held = lock.held.pop()
        _release(disk, held, keep_folder=lock.unfinished and has_record(disk, held.folder))


def _release(disk: Disk, held: FolderLock, *, keep_folder: bool) -> None:
    try:
        with contextlib.suppress(OSError):
            if not keep_folder:
                remove(disk, os.path.join(held.folder, _IGNORE))
                remove(disk, os.path.join(held.folder, JOURNAL_NEW))
            # Removed while still locked: a process that waits for it notices that its file has no name any more.
            remove(disk, os.path.join(held.folder, _LOCK))
            if not keep_folder:
                remove_folder(disk, held.folder)
    finally:
        with contextlib.suppress(OSError):
            disk.close(held.fd)


def has_record(disk: Disk, folder: str) -> bool:
    """Whether a lock folder has a journal or a part of one."""
    try:
        return any(exists(disk, os.path.join(folder, name)) for name in (JOURNAL, PART))
    except OSError:
        return True


def _attempt(
    disk: Disk, lock: Lock, base: str, base_stat: os.stat_result, *, force: bool
) -> tuple[FolderLock | None, str]:
    """One attempt at one folder; without its lock, why."""
    folder = os.path.join(base, FOLDER)
    path = os.path.join(folder, _LOCK)
    with contextlib.suppress(FileExistsError):
        disk.mkdir(folder, 0o700)
        _give_to_owner(folder, base_stat)
    try:
        if not stat.S_ISDIR(disk.lstat(folder).st_mode):
            raise refuse(f"{safe(folder)} is not a folder")
        fd = disk.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None, _busy(base, _FINISHING)
    except PermissionError:
        owner = _owner(disk, folder)
        if owner in (os.getuid(), -1):
            raise
        return None, _foreign(disk, path, owner)
    except OSError:
        with contextlib.suppress(OSError):
            remove_folder(disk, folder)
        raise
    return _lock_opened(disk, lock, FolderLock(base, folder, fd), path, base_stat, force=force)


def _busy(base: str, holder: str) -> str:
    return f"another session is writing to {safe(base)} ({holder})"


def _give_to_owner(path: str, base_stat: os.stat_result) -> None:
    """Give the files that root creates to the owner of the folder, who can remove them after a crash."""
    if os.geteuid() == 0 and base_stat.st_uid != 0:
        with contextlib.suppress(OSError):
            os.chown(path, base_stat.st_uid, base_stat.st_gid, follow_symlinks=False)


def _foreign(disk: Disk, path: str, owner: int) -> str:
    """Why the lock folder of another user cannot be used: its process still runs, has ended, or is out of sight."""
    user = user_name(owner)
    folder = safe(os.path.dirname(path))
    record = None
    try:
        with opened(disk, path, os.O_RDONLY | os.O_NOFOLLOW) as fd:
            record = _read_record(disk, fd)
            disk.lock(fd)
    except BlockingIOError:
        return _busy(os.path.dirname(os.path.dirname(path)), str(record or user))
    except OSError:
        return (
            f"{folder} belongs to {safe(user)}, whose session is writing, or has ended without removing it: in that"
            f" case let {safe(user)} run `pipedeck recover`, or remove it"
        )
    return (
        f"{folder} was left by {record or safe(user)}, which has ended: let {safe(user)} run `pipedeck recover`, or"
        " remove it"
    )


def _lock_opened(
    disk: Disk, lock: Lock, opened_lock: FolderLock, path: str, base_stat: os.stat_result, *, force: bool
) -> tuple[FolderLock | None, str]:
    busy, fd = "", opened_lock.fd
    try:
        try:
            disk.lock(fd)
        except BlockingIOError:
            busy = str(_read_record(disk, fd) or "no record")
        if not busy and not _is_still_at(disk, fd, path):
            busy = _FINISHING
        if not busy and not force:
            _check_previous(lock, opened_lock, _read_record(disk, fd))
    except BaseException:
        with contextlib.suppress(OSError):
            disk.close(fd)
        raise
    if busy:
        disk.close(fd)
        return None, _busy(opened_lock.base, busy)
    try:
        _claim(disk, opened_lock)
    except OSError:
        _release(disk, opened_lock, keep_folder=has_record(disk, opened_lock.folder))
        raise
    _give_to_owner(path, base_stat)
    return opened_lock, ""


def _check_previous(lock: Lock, acquired: FolderLock, previous: Process | None) -> None:
    """Check the previous holder of a stale lock: a dead process, or another machine."""
    me = this_process()
    if previous is None:
        return
    elsewhere = previous.host != me.host and (not me.boot or previous.boot != me.boot)
    if elsewhere:
        reason = (
            f"a lock of {previous} was left on another machine; if that session has ended, "
            f"remove {safe(os.path.join(acquired.folder, _LOCK))}"
        )
        raise ElsewhereError(Failed(DiskState.NOTHING, reason))
    note = f"took over the lock of {previous}, which ended without releasing it"
    if note not in lock.notes:
        lock.notes.append(note)


def _claim(disk: Disk, held: FolderLock) -> None:
    """Write our record into the lock file."""
    if disk.fstat(held.fd).st_size:  # emptying a new file would cost a flush on ext4
        disk.truncate(held.fd, 0)
    disk.seek_start(held.fd)
    write_open(disk, held.fd, json.dumps(asdict(this_process())).encode())
    # After a crash the folder may hold secrets in old contents: git must ignore it.
    write_new(disk, os.path.join(held.folder, _IGNORE), b"*\n", durable=False)


def _read_record(disk: Disk, fd: int) -> Process | None:
    try:
        disk.seek_start(fd)
        return parse_process(json.loads(read_open(disk, fd)))
    except (ValueError, OSError):
        return None


def _is_still_at(disk: Disk, fd: int, path: str) -> bool:
    """Whether the locked file is still the one at its path."""
    own_stat = disk.fstat(fd)
    try:
        named = disk.lstat(path)
    except FileNotFoundError:
        return False
    return (own_stat.st_dev, own_stat.st_ino) == (named.st_dev, named.st_ino)


def _owner(disk: Disk, path: str) -> int:
    try:
        return disk.lstat(path).st_uid
    except FileNotFoundError:
        return -1


def locking_problem(error: OSError | ValueError, root: str) -> str:
    """The reason why locking failed."""
    if isinstance(error, FileNotFoundError):
        return f"the folder {safe(root)} does not exist"
    if isinstance(error, PermissionError) and isinstance(error.filename, str):
        folder, name = os.path.split(error.filename)
        if name == FOLDER:
            return f"the folder {safe(folder)} may not be written by you"
    return error_text(error)
