"""Finding a commit that did not come to its end, and bringing the tree to all-old or all-new. Runs before all else."""

from __future__ import annotations

import contextlib
import os
import secrets
from enum import Enum

from core.files.state_folder import FOLDER, tree_folder
from core.files.store.changelog import log_folder, withdraw
from core.files.store.commit_results import ElsewhereError, StoppedError, error_text
from core.files.store.disk import Disk, exists, make_private_folder, read_whole, sync_folder, write_new
from core.files.store.journal import Journal, Phase, WriteMethod, existing_key, journal_path, read_journal
from core.files.store.lock import hold_lock
from core.files.store.staging import (
    ContentState,
    can_go_back,
    can_go_forward,
    clean,
    look,
    put_forward,
    roll_back,
    sync_parents,
)
from core.records import dataclass
from core.safe_text import safe


class Decision(Enum):
    """What a person may choose when the store will not choose by itself."""

    FINISH = "finish"
    UNDO = "undo"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Clean:
    """There is no unfinished commit. Nothing was written."""

    message: str = "no unfinished change"


@dataclass(frozen=True, slots=True)
class Busy:
    """A commit is running in another session. Nothing was written; what is there can be read."""

    message: str = "another session is writing to this tree just now"


@dataclass(frozen=True, slots=True)
class Recovered:
    """The tree is whole again: `outcome` is "finished", "undone" or "left"; `files` are those of the commit."""

    label: str
    outcome: str
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        ends = {"finished": "was finished", "undone": "was taken back", "left": "was left as it is"}
        text = f"a change that was cut off ({safe(self.label) or 'without a name'}) {ends[self.outcome]}"
        return "; ".join((text, *self.notes))


@dataclass(frozen=True, slots=True)
class InterruptedFile:
    """A file of an unfinished commit: what it holds, and where its old and its new content are kept, if they are."""

    path: str
    holds: ContentState
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class InterruptedCommit:
    """The tree may be in between and nothing was done about it: `reason` says why, and a Decision is asked for."""

    label: str
    reason: str
    files: tuple[InterruptedFile, ...] = ()

    @property
    def message(self) -> str:
        return f"an unfinished change ({safe(self.label) or 'without a name'}) was left alone: {self.reason}"


Recovery = Clean | Busy | Recovered | InterruptedCommit


def recover(
    root: str,
    state: str,
    *,
    decision: Decision | None = None,
    take_over: bool = False,
    wait: float = 0.0,
    disk: Disk | None = None,
) -> Recovery:
    """Finish or take back the commit that a crash cut off, if there is one. Never raises, never waits by itself.

    Without a journal of this user's own nothing is written, so opening a tree that came from elsewhere is harmless.
    A file that somebody changed since is never overwritten unless `decision` says so; its content is kept then.
    `take_over` also takes a lock that was left by another machine.
    """
    disk = disk or Disk()
    label = ""
    stack = contextlib.ExitStack()
    try:
        real = disk.realpath(root)
    except OSError:
        return Clean()
    try:
        found = read_journal(disk, real, os.path.join(real, FOLDER), existing_key(disk, state))
        if found is None:
            return Clean()
        label = found.label
        if decision is None and not found.trusted:
            return unfinished(disk, found, os.path.join(real, FOLDER), _untrusted(found))
        lock = stack.enter_context(hold_lock(disk, real, wait=wait, take_over=take_over))
    except ElsewhereError as stopped:
        return InterruptedCommit(label, stopped.result.message)
    except StoppedError:
        return Busy()
    except ValueError as error:
        return InterruptedCommit(label, f"its journal cannot be understood ({safe(str(error))})")
    except OSError as error:
        return InterruptedCommit(label, error_text(error))
    with stack:
        outcome = settle(disk, real, lock.folder, state, decision)
        lock.unfinished = isinstance(outcome, InterruptedCommit)
        return outcome


def settle(disk: Disk, root: str, folder: str, state: str, decision: Decision | None = None) -> Recovery:
    """Deal with the journal of a tree whose lock is held. Never raises."""
    label = ""
    try:
        journal = read_journal(disk, root, folder, existing_key(disk, state))
        if journal is None:
            return Clean()
        label = journal.label
        if decision is None and not journal.trusted:
            return unfinished(disk, journal, folder, _untrusted(journal))
        return _settle(disk, journal, folder, state, decision)
    except ValueError as error:
        return InterruptedCommit(label, f"its journal cannot be understood ({safe(str(error))})")
    except OSError as error:
        return InterruptedCommit(label, error_text(error))


def _settle(disk: Disk, journal: Journal, folder: str, state: str, decision: Decision | None) -> Recovery:
    notes: tuple[str, ...] = ()
    held = look(disk, journal, folder)
    if decision is Decision.LEAVE:
        clean(disk, journal, folder, folders_too=True)
        return _recovered(journal, "left")
    if journal.phase is Phase.STAGE:
        return _unstage(disk, journal, folder, state, held)
    if ContentState.FOREIGN in held:
        if decision is None:
            return unfinished(disk, journal, folder, "a file was changed by something else since")
        notes = _rescue(disk, journal, state, held)
    forward = journal.phase is Phase.APPLY if decision is None else decision is Decision.FINISH
    if forward and not can_go_forward(disk, journal, folder, held):
        if decision is not None:
            return unfinished(disk, journal, folder, "a new content is no longer there")
        forward = False
    if not forward:
        if not can_go_back(disk, journal, folder, held):
            return unfinished(disk, journal, folder, "an old content is no longer there")
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
    """Before the commit point nothing was visible; a commit of one file may have gone through with its one rename."""
    done = len(held) == 1 and held[0] is ContentState.NEW
    if done:
        sync_parents(disk, journal)
    else:
        _withdraw(disk, journal, state)
    clean(disk, journal, folder, folders_too=not done)
    return _recovered(journal, "finished" if done else "undone")


def unfinished(disk: Disk, journal: Journal, folder: str, reason: str) -> InterruptedCommit:
    """Describe a commit that is left alone."""
    try:
        held = look(disk, journal, folder)
    except OSError as error:
        return InterruptedCommit(journal.label, f"{reason}; {error_text(error)}")
    files: list[InterruptedFile] = []
    for index, entry in enumerate(journal.entries):
        old, new = journal.saved(folder, index), journal.staged(folder, index)
        with contextlib.suppress(OSError):
            waiting = entry.how is not WriteMethod.DELETE and exists(disk, new)
            files.append(
                InterruptedFile(entry.shown, held[index], old if exists(disk, old) else None, new if waiting else None)
            )
    return InterruptedCommit(journal.label, reason, tuple(files))


def _rescue(disk: Disk, journal: Journal, state: str, held: list[ContentState]) -> tuple[str, ...]:
    """Keep what somebody else wrote before it is overwritten at the person's word. Raises OSError."""
    folder = os.path.join(tree_folder(state, journal.root), "rescued")
    make_private_folder(disk, folder)
    notes: list[str] = []
    for entry, now in zip(journal.entries, held, strict=True):
        if now is ContentState.FOREIGN and exists(disk, entry.real):
            content = read_whole(disk, entry.real, follow=True)
            kept = os.path.join(folder, f"{secrets.token_hex(6)}-{os.path.basename(entry.real)}")
            write_new(disk, kept, content, durable=True)
            sync_folder(disk, folder)
            notes.append(f"what {safe(entry.shown)} held is kept in {safe(kept)}")
    return tuple(notes)


def _withdraw(disk: Disk, journal: Journal, state: str) -> None:
    with contextlib.suppress(OSError):
        withdraw(disk, log_folder(state, journal.root), journal.stamp, journal.id, len(journal.entries))


def _recovered(journal: Journal, outcome: str, notes: tuple[str, ...] = ()) -> Recovered:
    return Recovered(journal.label, outcome, tuple(entry.shown for entry in journal.entries), notes)


def _untrusted(journal: Journal) -> str:
    who = f"{safe(journal.who.user)}@{safe(journal.who.host)}"
    return f"it was not recorded by you here but by {who}, {safe(journal.who.since)}"


def is_pending(root: str, *, disk: Disk | None = None) -> bool:
    """Whether a tree may hold an unfinished commit: one look, without reading it. Never raises."""
    try:
        return exists(disk or Disk(), journal_path(os.path.join(root, FOLDER)))
    except OSError:
        return True  # it cannot even be looked at: `recover` says why
