"""One writer per tree: an advisory lock, held for the milliseconds of a commit. Readers never take it.

The kernel releases the lock when its process ends, so a stale lock file is one that is free. A lock of another machine
counts as stale only on the user's word: this kernel may not know its process.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import random
import socket
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, field
from typing import Final

from core.files.state_folder import FOLDER
from core.files.store.commit_results import DiskState, ElsewhereError, Failed, error_text, refuse
from core.files.store.disk import Disk, read_open, remove, remove_folder, write_new, write_open
from core.records import dataclass
from core.safe_text import safe

JOURNAL_NEW: Final = "journal.new"
"""Temporary name of a new journal; without a journal it was never completed."""

RUNNING: Final = threading.RLock()
"""Held by this process from its first trace in a tree to the removal of the last one.

Ending the process takes it first, so that a running commit completes.
"""

_LOCK: Final = "lock"
_IGNORE: Final = ".gitignore"
_FINISHING: Final = "it was just finishing"
_BOOT_ID: Final = "/proc/sys/kernel/random/boot_id"


@dataclass(frozen=True, slots=True)
class Process:
    """A process that writes: for messages, and to check whether it is still alive."""

    user: str
    host: str
    boot: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{safe(self.user)}@{safe(self.host)}, process {self.pid}, since {safe(self.since)}"


@dataclass
class Lock:
    """A held lock. `notes` are messages for the user."""

    root: str
    folder: str
    fd: int
    notes: list[str] = field(default_factory=list)
    unfinished: bool = True
    """Whether its folder holds an incomplete commit."""


def this_process() -> Process:
    """The record of this process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no entry in the password database, as in many containers
        user = str(os.getuid())
    try:
        with open(_BOOT_ID, encoding="ascii") as stream:
            boot = stream.read().strip()
    except OSError:
        boot = ""
    since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    return Process(user, socket.gethostname(), boot, os.getpid(), since)


@contextlib.contextmanager
def hold_lock(disk: Disk, root: str, *, wait: float) -> Iterator[Lock]:
    """Hold the lock of the tree at the real path `root`, trying for `wait` seconds.

    Raises StoppedError with the holder of the lock, or OSError when locking is not possible.
    """
    deadline = time.monotonic() + wait
    disk.lstat(root)
    while True:
        with RUNNING:
            lock, owner = _attempt(disk, root)
            if lock is not None:
                try:
                    yield lock
                finally:
                    release(disk, lock, keep_folder=lock.unfinished)
                return
        if time.monotonic() >= deadline:
            raise refuse(f"another session is writing to this tree ({owner})")
        time.sleep(random.uniform(0.001, 0.008))


def release(disk: Disk, lock: Lock, *, keep_folder: bool) -> None:
    """Release the lock and remove its traces, except the folder of an unfinished commit."""
    try:
        with contextlib.suppress(OSError):
            if not keep_folder:
                remove(disk, os.path.join(lock.folder, _IGNORE))
                remove(disk, os.path.join(lock.folder, JOURNAL_NEW))
            # Removed while still locked: a process that waits for it notices that its file has no name any more.
            remove(disk, os.path.join(lock.folder, _LOCK))
            if not keep_folder:
                remove_folder(disk, lock.folder)
    finally:
        with contextlib.suppress(OSError):
            disk.close(lock.fd)


def _attempt(disk: Disk, root: str) -> tuple[Lock | None, str]:
    """One attempt; without a lock, the apparent holder."""
    folder = os.path.join(root, FOLDER)
    path = os.path.join(folder, _LOCK)
    with contextlib.suppress(FileExistsError):
        disk.mkdir(folder, 0o700)
    try:
        if not stat.S_ISDIR(disk.lstat(folder).st_mode):
            raise refuse(f"{safe(folder)} is not a folder")
        fd = disk.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None, _FINISHING
    except PermissionError:
        if _owner(disk, folder) == os.getuid():
            raise
        return None, f"{safe(folder)} belongs to another user"
    except OSError:
        with contextlib.suppress(OSError):
            remove_folder(disk, folder)
        raise
    return _lock_opened(disk, Lock(root, folder, fd), path)


def _lock_opened(disk: Disk, lock: Lock, path: str) -> tuple[Lock | None, str]:
    busy = ""
    try:
        try:
            disk.lock(lock.fd)
        except BlockingIOError:
            busy = str(_read_record(disk, lock.fd) or "no record")
        if not busy and not _is_still_at(disk, lock.fd, path):
            busy = _FINISHING
        if not busy:
            before = _read_record(disk, lock.fd)
            _check_previous(lock, before)
    except BaseException:
        with contextlib.suppress(OSError):
            disk.close(lock.fd)
        raise
    if busy:
        disk.close(lock.fd)
        return None, busy
    try:
        _claim(disk, lock)
    except OSError:
        release(disk, lock, keep_folder=False)
        raise
    return lock, ""


def _check_previous(lock: Lock, previous: Process | None) -> None:
    """Check the previous holder of a stale lock: a dead process, or another machine."""
    me = this_process()
    if previous is None:
        return
    elsewhere = previous.host != me.host and (not me.boot or previous.boot != me.boot)
    if elsewhere:
        reason = (
            f"a lock of {previous} was left on another machine; if that session has ended, "
            f"remove {safe(os.path.join(lock.folder, _LOCK))}"
        )
        raise ElsewhereError(Failed(DiskState.NOTHING, reason))
    lock.notes.append(f"took over the lock of {previous}, which ended without releasing it")


def _claim(disk: Disk, lock: Lock) -> None:
    """Write our record into the lock file."""
    if disk.fstat(lock.fd).st_size:  # emptying a new file would cost a flush on ext4
        disk.truncate(lock.fd, 0)
    disk.seek_start(lock.fd)
    write_open(disk, lock.fd, json.dumps(asdict(this_process())).encode())
    # After a crash the folder may hold secrets in old contents: git must ignore it.
    write_new(disk, os.path.join(lock.folder, _IGNORE), b"*\n", durable=False)


def _read_record(disk: Disk, fd: int) -> Process | None:
    try:
        disk.seek_start(fd)
        return parse_process(json.loads(read_open(disk, fd)))
    except (ValueError, OSError):
        return None


def parse_process(record: object) -> Process | None:
    """A process record from JSON, or None when invalid."""
    if not isinstance(record, dict):
        return None
    user, host, boot, since, pid = (record.get(key) for key in ("user", "host", "boot", "since", "pid"))
    if not (isinstance(user, str) and isinstance(host, str) and isinstance(boot, str) and isinstance(since, str)):
        return None
    return Process(user, host, boot, pid, since) if isinstance(pid, int) else None


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
    return error_text(error)
