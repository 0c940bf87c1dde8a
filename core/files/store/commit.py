"""Atomic commits of several files: afterwards all hold the new content or none does, even after a crash.

The protocol:

1. Lock the tree's folder and every folder that is written to, wherever links and the home put it, all or none
   (`lock`). An interrupted commit recorded in one of them is settled first (`recovery`), then the locks are retaken.
2. Compare every base with the disk. Write the journal into the tree's lock folder, a part that names it into each of
   the other lock folders (`journal`), stage the contents beside their files, write the entry of the change log.
3. For several files, or one written in place, the journal is rewritten as the commit point.
4. Replace the files in the requested order; before each the base is compared once more.
5. Remove temporary files, the journal, the parts, the locks, in this order: a part without its journal says nothing.

Readers take no lock and always see a prefix of the order.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
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
from core.files.store.commit_target import CommitTarget, changed_folders, examine
from core.files.store.disk import ABSENT, UNREADABLE, Disk, hash_now, shown_path
from core.files.store.lock import hold_lock, locking_problem
from core.files.store.recovery import Busy, InterruptedCommit, Recovered, is_pending, recover
from core.files.store.transaction import Transaction
from core.safe_text import safe

LOCK_WAIT: Final = 15.0
"""Seconds to wait for the locks, which others hold for milliseconds, and under load on slow storage for seconds."""
_MAX_ATTEMPTS: Final = 100
"""Of taking the locks: an interrupted commit, or a link that moved in the meantime, makes another one necessary."""


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
    lead out of it through links. `unchanged` are further files that the edit depends on, with their hashes, ABSENT or
    UNREADABLE. `state` is the state folder; `label` goes to the change log and must hold no secret; `reverts` is the id
    of a logged commit that this one undoes. A file that differs from its `base` makes the result a Conflict. The result
    describes the disk as found by a fresh check. Folders that were made for a file that is deleted are removed if they
    are empty.
    """
    disk = disk or Disk()
    notes: list[str] = []
    deadline = time.monotonic() + wait
    try:
        root = disk.realpath(root)
        for _ in range(_MAX_ATTEMPTS):
            others, result = changed_folders(disk, root, changes), None
            with hold_lock(disk, root, others=sorted(others - {root}), wait=deadline - time.monotonic()) as lock:
                lock.notes[:0] = notes
                pending = next((held.base for held in lock.held if is_pending(held.base, disk=disk)), None)
                if pending is None:
                    writing = Transaction(disk, root, lock, state, label, reverts)
                    result = _commit(writing, changes, unchanged)
                    lock.unfinished = writing.left
            if pending is not None:
                notes += _settle(disk, pending, state, deadline)
            elif result is not None:
                if isinstance(result, Committed):
                    _remove_made_folders(disk, changes)  # without the locks, which are in them
                return result
        raise refuse("the folders to write to kept changing")
    except StoppedError as stopped:
        return replace(stopped.result, notes=(*notes, *stopped.result.notes))
    except (OSError, ValueError) as error:
        return Failed(DiskState.NOTHING, locking_problem(error, root), tuple(notes))


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
    disk = disk or Disk()
    changes: list[Change] = []
    for index, written in enumerate(entry.files):
        content = None
        if written.old != ABSENT:
            content = old_content(entry, index, root, state, disk=disk)
            if content is None and _has_changed(disk, written):
                content = b""  # never written: the changed file is a conflict
            elif content is None:
                return Failed(DiskState.NOTHING, _why_not_restored(written, root))
        changes.append(Change(written.path, written.new, content, written))
    return commit(
        changes[::-1],
        root=root,
        state=state,
        label=label or f"undo: {entry.label}",
        reverts=entry.id,
        disk=disk,
    )


def _remove_made_folders(disk: Disk, changes: Sequence[Change]) -> None:
    for restored in [change.restores for change in changes if change.content is None and change.restores is not None]:
        folder = restored.path
        with contextlib.suppress(OSError):  # it holds other files, or is gone
            for _ in range(restored.made):
                folder = os.path.dirname(folder)
                disk.rmdir(folder)


def _why_not_restored(written: WrittenFile, root: str) -> str:
    shown = safe(shown_path(os.path.realpath(root), written.path))
    if written.link is not None:
        return f"{shown} was a symbolic link to {safe(written.link)}, which holds something else now"
    return f"the previous content of {shown} is no longer stored"


def _has_changed(disk: Disk, written: WrittenFile) -> bool:
    try:
        return hash_now(disk, written.path, follow=True) != written.new
    except (OSError, ValueError):
        return True


def _settle(disk: Disk, folder: str, state: str, deadline: float) -> list[str]:
    """Settle the interrupted commit recorded in a folder. Returns the notes. Raises StoppedError."""
    recovery = recover(folder, state, wait=max(0.0, deadline - time.monotonic()), tidy=True, disk=disk)
    if isinstance(recovery, InterruptedCommit | Busy):
        raise refuse(recovery.message)
    return [recovery.message] if isinstance(recovery, Recovered) else []


def _commit(
    writing: Transaction, changes: Sequence[Change], unchanged: Sequence[tuple[str, str]]
) -> CommitResult | None:
    """Commit under the locks; None when a link has moved a file to a folder that is not locked."""
    lock, notes = writing.lock, tuple(writing.notes)
    writing.left = False
    try:
        targets = _examine_all(writing.disk, lock.root, changes, unchanged)
    except StoppedError as stopped:
        return replace(stopped.result, notes=notes)
    except (OSError, ValueError) as error:
        return Failed(DiskState.NOTHING, error_text(error), notes)
    if not {target.folder for target in targets} <= lock.bases:
        return None
    return writing.write(targets) if targets else Committed("", (), notes)


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
        try:
            result = hash_now(disk, full, follow=True)
        except OSError:
            if base != UNREADABLE:
                raise
            continue
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
