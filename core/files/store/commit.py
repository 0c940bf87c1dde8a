"""Atomic commits of several files: afterwards all hold the new content or none does, even after a crash.

Lock, compare every base, stage the contents, write the journal (the commit point), replace the files in the requested
order, remove the journal. Readers take no lock and always see a prefix of that order.
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
from core.files.store.commit_target import CommitTarget, examine
from core.files.store.disk import ABSENT, Disk, hash_now, shown_path
from core.files.store.lock import Lock, hold_lock, locking_problem
from core.files.store.recovery import InterruptedCommit, Recovered, recover_locked
from core.files.store.transaction import Transaction
from core.safe_text import safe

LOCK_WAIT: Final = 5.0
"""Seconds to wait for the lock, which others hold for milliseconds."""


def commit(
    changes: Sequence[Change],
    *,
    root: str,
    state: str,
    label: str = "",
    unchanged: Sequence[tuple[str, str]] = (),
    reverts: str = "",
    wait: float = LOCK_WAIT,
    disk: Disk | None = None,
) -> CommitResult:
    """Write, create and delete files of the tree at `root` as one change. Never raises OSError.

    `changes` are ordered so that every prefix is a valid tree; their paths are absolute or relative to `root`, and may
    lead out of it through links. `unchanged` are further files that the edit depends on, with their hashes. `state` is
    the state folder; `label` goes to the change log and must hold no secret; `reverts` is the id of a logged commit
    that this one undoes. A file that differs from its `base` makes the result a Conflict. The result describes the disk
    as found by a fresh check.
    """
    disk = disk or Disk()
    stack = ExitStack()
    try:
        root = disk.realpath(root)
        lock = stack.enter_context(hold_lock(disk, root, wait=wait))
    except StoppedError as stopped:
        return stopped.result
    except (OSError, ValueError) as error:
        return Failed(DiskState.NOTHING, locking_problem(error, root))
    writing = Transaction(disk, root, lock.folder, state, label, reverts, lock.notes)
    with stack:
        result = _commit(disk, lock, writing, changes, unchanged)
        lock.unfinished = writing.left
        return result


def revert(
    entry: LoggedCommit,
    *,
    root: str,
    state: str,
    label: str = "",
    disk: Disk | None = None,
) -> CommitResult:
    """Undo a logged commit by a new commit: every file as before, last file first. Never raises OSError.

    A file changed after that commit makes it a Conflict. Reverting a revert is redo.
    """
    changes: list[Change] = []
    for index, written in enumerate(entry.files):
        content = None
        if written.old != ABSENT:
            content = old_content(entry, index, root, state, disk=disk)
            if content is None and _has_changed(disk or Disk(), written):
                content = b""  # never written: the changed file is a conflict
            elif content is None:
                content_label = f"the previous content of {safe(shown_path(os.path.realpath(root), written.path))}"
                return Failed(DiskState.NOTHING, f"{content_label} is no longer stored")
        changes.append(Change(written.path, written.new, content, written.mode))
    return commit(
        changes[::-1],
        root=root,
        state=state,
        label=label or f"undo: {entry.label}",
        reverts=entry.id,
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
) -> CommitResult:
    recovery = recover_locked(disk, lock.root, lock.folder, writing.state)
    if isinstance(recovery, InterruptedCommit):
        writing.left = True
        return Failed(DiskState.NOTHING, recovery.message, tuple(lock.notes))
    if isinstance(recovery, Recovered):
        lock.notes.append(recovery.message)
    try:
        targets = _examine_all(disk, lock.root, changes, unchanged)
    except StoppedError as stopped:
        return replace(stopped.result, notes=tuple(lock.notes))
    except (OSError, ValueError) as error:
        return Failed(DiskState.NOTHING, error_text(error), tuple(lock.notes))
    if not targets:
        return Committed("", (), tuple(lock.notes))
    return writing.write(targets)


def _examine_all(
    disk: Disk, root: str, changes: Sequence[Change], unchanged: Sequence[tuple[str, str]]
) -> list[CommitTarget]:
    """The present files, without those that need no change. All files that changed meanwhile are named together."""
    targets: list[CommitTarget] = []
    moved: list[ChangedFile] = []
    for change in changes:
        seen = examine(disk, root, change)
        if isinstance(seen, ChangedFile):
            moved.append(seen)
        else:
            targets.append(seen)
    for path, base in unchanged:
        full = os.path.abspath(os.path.join(root, path))
        result = hash_now(disk, full, follow=True)
        if result != base:
            moved.append(ChangedFile(shown_path(root, full), base, result))
    if moved:
        raise StoppedError(Conflict(tuple(moved)))
    names: dict[object, str] = {}
    for target in targets:
        same = (target.file_stat.st_dev, target.file_stat.st_ino) if target.file_stat is not None else target.real
        if same in names:
            raise refuse(f"{safe(names[same])} and {safe(target.shown)} are the same file")
        names[same] = target.shown
    return [target for target in targets if target.old != target.new]
