"""Writing several files as one: either all of them hold the new content afterwards or none does, whatever happens.

Lock, look at every base again, lay everything ready, record it (from here on it will happen), put the files in place
in the order given, forget the record. Readers take no lock and see, at any moment, a prefix of that order.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Final

from core.files.store.changelog import LoggedCommit, old_content
from core.files.store.commit_results import (
    Change,
    ChangedFile,
    CommitResult,
    Committed,
    Conflict,
    DiskState,
    Failed,
    StoppedError,
    WrittenFile,
    error_text,
    refuse,
)
from core.files.store.commit_target import CommitTarget, examine, shown_path
from core.files.store.disk import ABSENT, Disk, hash_now
from core.files.store.lock import Lock, hold_lock, locking_problem
from core.files.store.recovery import InterruptedCommit, Recovered, settle
from core.files.store.transaction import Transaction
from core.safe_text import safe

LOCK_WAIT: Final = 5.0
"""Seconds to try for the lock, which others hold for milliseconds."""


def commit(
    changes: Sequence[Change],
    *,
    root: str,
    state: str,
    label: str = "",
    unchanged: Sequence[tuple[str, str]] = (),
    reverts: str = "",
    wait: float = LOCK_WAIT,
    read_only_too: bool = False,
    take_over: bool = False,
    disk: Disk | None = None,
) -> CommitResult:
    """Write, create and delete files of the tree at `root` as one change. Never raises OSError.

    `changes` come in an order in which every prefix is a valid tree; their paths are absolute or relative to `root`,
    and may lead out of it through links. `unchanged` are further files the edit was judged by, with their hashes.
    `state` is the folder of `state_folder`; `label` goes to the change log and must hold no secret; `reverts` is the
    id of a logged commit that this one undoes. `read_only_too` overrides a mode without any write permission,
    `take_over` a lock left behind by another machine.
    A file that is not what its `base` says makes the whole a Conflict. What the result says of the disk is what a
    fresh look found, not what was meant to happen.
    """
    disk = disk or Disk()
    stack = ExitStack()
    try:
        root = disk.realpath(root)
        lock = stack.enter_context(hold_lock(disk, root, wait=wait, take_over=take_over))
    except StoppedError as stopped:
        return stopped.result
    except (OSError, ValueError) as error:
        return Failed(DiskState.NOTHING, locking_problem(error, root))
    writing = Transaction(disk, root, lock.folder, state, label, reverts, lock.notes)
    with stack:
        result = _commit(disk, lock, writing, changes, unchanged, read_only_too)
        lock.unfinished = writing.left
        return result


def revert(
    entry: LoggedCommit,
    *,
    root: str,
    state: str,
    label: str = "",
    wait: float = LOCK_WAIT,
    read_only_too: bool = False,
    take_over: bool = False,
    disk: Disk | None = None,
) -> CommitResult:
    """Undo a logged commit by an ordinary one: every file as it was before, last file first. Never raises OSError.

    A file that was changed after that commit makes it a Conflict, so nobody's later work is lost. Reverting a revert
    is redo.
    """
    changes: list[Change] = []
    for index, written in enumerate(entry.files):
        content = None
        if written.old != ABSENT:
            content = old_content(entry, index, root, state, disk=disk)
            if content is None and _has_changed(disk or Disk(), written):
                content = b""  # never written: what has changed since is a conflict
            elif content is None:
                what = f"the earlier content of {safe(shown_path(os.path.realpath(root), written.path))}"
                return Failed(DiskState.NOTHING, f"{what} is no longer kept")
        changes.append(Change(written.path, written.new, content, written.mode))
    return commit(
        changes[::-1],
        root=root,
        state=state,
        label=label or f"undo: {entry.label}",
        reverts=entry.id,
        wait=wait,
        read_only_too=read_only_too,
        take_over=take_over,
        disk=disk,
    )


def _has_changed(disk: Disk, written: WrittenFile) -> bool:
    try:
        return hash_now(disk, written.path, follow=True) != written.new
    except (OSError, ValueError):
        return True


def _commit(
    disk: Disk,
    lock: Lock,
    writing: Transaction,
    changes: Sequence[Change],
    unchanged: Sequence[tuple[str, str]],
    read_only_too: bool,
) -> CommitResult:
    earlier = settle(disk, lock.root, lock.folder, writing.state)
    if isinstance(earlier, InterruptedCommit):
        writing.left = True
        return Failed(DiskState.NOTHING, earlier.message, tuple(lock.notes))
    if isinstance(earlier, Recovered):
        lock.notes.append(earlier.message)
    try:
        targets = _examine_all(disk, lock.root, changes, unchanged, read_only_too)
    except StoppedError as stopped:
        return replace(stopped.result, notes=tuple(lock.notes))
    except (OSError, ValueError) as error:
        return Failed(DiskState.NOTHING, error_text(error), tuple(lock.notes))
    if not targets:
        return Committed("", (), tuple(lock.notes))
    return writing.write(targets)


def _examine_all(
    disk: Disk, root: str, changes: Sequence[Change], unchanged: Sequence[tuple[str, str]], read_only_too: bool
) -> list[CommitTarget]:
    """Every file as it is now; without those that are already as they shall be. All that moved are named at once."""
    targets: list[CommitTarget] = []
    moved: list[ChangedFile] = []
    for change in changes:
        seen = examine(disk, root, change, read_only_too=read_only_too)
        if isinstance(seen, ChangedFile):
            moved.append(seen)
        else:
            targets.append(seen)
    for path, base in unchanged:
        full = os.path.abspath(os.path.join(root, path))
        found = hash_now(disk, full, follow=True)
        if found != base:
            moved.append(ChangedFile(shown_path(root, full), base, found))
    if moved:
        raise StoppedError(Conflict(tuple(moved)))
    names: dict[object, str] = {}
    for target in targets:
        same = (target.facts.st_dev, target.facts.st_ino) if target.facts is not None else target.real
        if same in names:
            raise refuse(f"{safe(names[same])} and {safe(target.shown)} are the same file")
        names[same] = target.shown
    return [target for target in targets if target.old != target.new]
