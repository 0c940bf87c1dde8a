"""Recovery of an interrupted commit: bring the tree to all old or all new contents. Runs before anything else."""

from __future__ import annotations

import contextlib
import os
import secrets
from enum import Enum

from core.files.state_folder import FOLDER, tree_folder
from core.files.store.changelog import log_folder, remove_record
from core.files.store.commit_results import ElsewhereError, StoppedError, error_text
from core.files.store.disk import Disk, exists, make_private_folder, read_whole, sync_folder, write_new
from core.files.store.journal import Journal, Phase, WriteMethod, existing_key, journal_path, read_journal
from core.files.store.lock import hold_lock
from core.files.store.staging import (
    ContentState,
    can_go_back,
    can_go_forward,
    clean,
    content_states,
    put_forward,
    roll_back,
    sync_parents,
)
from core.records import dataclass
from core.safe_text import safe


class Decision(Enum):
    """A choice of the user when recovery needs one."""

    FINISH = "finish"
    UNDO = "undo"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Clean:
    """There is no unfinished commit. Nothing was written."""

    message: str = "no unfinished change"


@dataclass(frozen=True, slots=True)
class Busy:
    """Another session is committing. Nothing was written; the tree can be read."""

    message: str = "another session is writing to this tree just now"


@dataclass(frozen=True, slots=True)
class Recovered:
    """The tree is consistent: `outcome` is "finished", "undone" or "left"; `files` are those of the commit."""

    label: str
    outcome: str
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        ends = {"finished": "was finished", "undone": "was undone", "left": "was left as it is"}
        text = f"an interrupted change ({safe(self.label) or 'no label'}) {ends[self.outcome]}"
        return "; ".join((text, *self.notes))


@dataclass(frozen=True, slots=True)
class InterruptedFile:
    """A file of an interrupted commit: its content, and the paths of its old and new content if they exist."""

    path: str
    holds: ContentState
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class InterruptedCommit:
    """The tree may be inconsistent and was not changed: `reason` says why, and a Decision is needed."""

    label: str
    reason: str
    files: tuple[InterruptedFile, ...] = ()

    @property
    def message(self) -> str:
        return f"an unfinished change ({safe(self.label) or 'no label'}) was left alone: {self.reason}"


Recovery = Clean | Busy | Recovered | InterruptedCommit


def recover(
    root: str,
    state: str,
    *,
    decision: Decision | None = None,
    wait: float = 0.0,
    disk: Disk | None = None,
) -> Recovery:
    """Finish or undo an interrupted commit, if there is one. Never raises; waits only for `wait` seconds.

    Without a journal of this user nothing is written, so opening a foreign tree is harmless. A file changed since is
    overwritten only by `decision`; its content is then kept.
    """
    disk = disk or Disk()
    label = ""
    stack = contextlib.ExitStack()
    try:
        real = disk.realpath(root)
    except OSError:
        return Clean()
    try:
        journal = read_journal(disk, real, os.path.join(real, FOLDER), existing_key(disk, state))
        if journal is None:
            return Clean()
        label = journal.label
        if decision is None and not journal.trusted:
            return describe_interrupted(disk, journal, os.path.join(real, FOLDER), _untrusted(journal))
        lock = stack.enter_context(hold_lock(disk, real, wait=wait))
    except ElsewhereError as stopped:
        return InterruptedCommit(label, stopped.result.message)
    except StoppedError:
        return Busy()
    except ValueError as error:
        return InterruptedCommit(label, f"its journal is invalid ({safe(str(error))})")
    except OSError as error:
        return InterruptedCommit(label, error_text(error))
    with stack:
        outcome = recover_locked(disk, real, lock.folder, state, decision)
        lock.unfinished = isinstance(outcome, InterruptedCommit)
        return outcome


def recover_locked(disk: Disk, root: str, folder: str, state: str, decision: Decision | None = None) -> Recovery:
    """Recover a tree whose lock is held. Never raises."""
    label = ""
    try:
        journal = read_journal(disk, root, folder, existing_key(disk, state))
        if journal is None:
            return Clean()
        label = journal.label
        if decision is None and not journal.trusted:
            return describe_interrupted(disk, journal, folder, _untrusted(journal))
        return _recover_journal(disk, journal, folder, state, decision)
    except ValueError as error:
        return InterruptedCommit(label, f"its journal is invalid ({safe(str(error))})")
    except OSError as error:
        return InterruptedCommit(label, error_text(error))


def _recover_journal(disk: Disk, journal: Journal, folder: str, state: str, decision: Decision | None) -> Recovery:
    notes: tuple[str, ...] = ()
    held = content_states(disk, journal, folder)
    if decision is Decision.LEAVE:
        clean(disk, journal, folder, folders_too=True)
        return _recovered(journal, "left")
    if journal.phase is Phase.STAGE:
        return _unstage(disk, journal, folder, state, held)
    if ContentState.FOREIGN in held:
        if decision is None:
            return describe_interrupted(disk, journal, folder, "a file has been changed by another program")
        notes = _rescue(disk, journal, state, held)
    forward = journal.phase is Phase.APPLY if decision is None else decision is Decision.FINISH
    if forward and not can_go_forward(disk, journal, folder, held):
        if decision is not None:
            return describe_interrupted(disk, journal, folder, "a new content is no longer there")
        forward = False
    if not forward:
        if not can_go_back(disk, journal, folder, held):
            return describe_interrupted(disk, journal, folder, "an old content is no longer there")
        roll_back(disk, journal, folder, held, existing_key(disk, state))
        _withdraw(disk, journal, state)
        clean(disk, journal, folder, folders_too=True)
        return _recovered(journal, "undone", notes)
    for index, now in enumerate(held):
        if now is not ContentState.NEW:
            put_forward(disk, journal, folder, index)
    sync_parents(disk, journal)
    clean(disk, journal, folder, folders_too=False)
    return _recovered(journal, "finished", notes)


def _unstage(disk: Disk, journal: Journal, folder: str, state: str, held: list[ContentState]) -> Recovery:
    """Before the commit point nothing was visible, but a commit of one file may have completed with its rename."""
    is_new = len(held) == 1 and held[0] is ContentState.NEW
    if is_new:
        sync_parents(disk, journal)
    else:
        _withdraw(disk, journal, state)
    clean(disk, journal, folder, folders_too=not is_new)
    return _recovered(journal, "finished" if is_new else "undone")


def describe_interrupted(disk: Disk, journal: Journal, folder: str, reason: str) -> InterruptedCommit:
    """Describe an interrupted commit without changing it."""
    try:
        held = content_states(disk, journal, folder)
    except OSError as error:
        return InterruptedCommit(journal.label, f"{reason}; {error_text(error)}")
    files: list[InterruptedFile] = []
    for index, entry in enumerate(journal.entries):
        old, new = journal.saved(folder, index), journal.staged(folder, index)
        with contextlib.suppress(OSError):
            staged = entry.how is not WriteMethod.DELETE and exists(disk, new)
            files.append(
                InterruptedFile(entry.shown, held[index], old if exists(disk, old) else None, new if staged else None)
            )
    return InterruptedCommit(journal.label, reason, tuple(files))


def _rescue(disk: Disk, journal: Journal, state: str, held: list[ContentState]) -> tuple[str, ...]:
    """Save contents of others before the user's decision overwrites them. Raises OSError."""
    folder = os.path.join(tree_folder(state, journal.root), "rescued")
    make_private_folder(disk, folder)
    notes: list[str] = []
    for entry, now in zip(journal.entries, held, strict=True):
        if now is ContentState.FOREIGN and exists(disk, entry.real):
            content = read_whole(disk, entry.real, follow=True)
            rescue_path = os.path.join(folder, f"{secrets.token_hex(6)}-{os.path.basename(entry.real)}")
            write_new(disk, rescue_path, content, durable=True)
            sync_folder(disk, folder)
            notes.append(f"the content of {safe(entry.shown)} is kept in {safe(rescue_path)}")
    return tuple(notes)


def _withdraw(disk: Disk, journal: Journal, state: str) -> None:
    with contextlib.suppress(OSError):
        remove_record(disk, log_folder(state, journal.root), journal.stamp, journal.id, len(journal.entries))


def _recovered(journal: Journal, outcome: str, notes: tuple[str, ...] = ()) -> Recovered:
    return Recovered(journal.label, outcome, tuple(entry.shown for entry in journal.entries), notes)


def _untrusted(journal: Journal) -> str:
    who = f"{safe(journal.who.user)}@{safe(journal.who.host)}"
    return f"it was recorded by another user or machine: {who}, {safe(journal.who.since)}"


def is_pending(root: str, *, disk: Disk | None = None) -> bool:
    """Whether a tree may have an unfinished commit: a cheap check. Never raises."""
    try:
        return exists(disk or Disk(), journal_path(os.path.join(root, FOLDER)))
    except OSError:
        return True  # not accessible: `recover` gives the reason
