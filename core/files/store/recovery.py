"""Recovery of an interrupted commit: bring its files to all old or all new contents. Runs before anything else.

Whoever opens a folder that the commit wrote to recovers all of it, under the locks of the commit: the files may belong
to several projects.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from enum import Enum
from typing import Literal

from core.files.state_folder import FOLDER, tree_folder
from core.files.store.changelog import log_folder, remove_record, sweep
from core.files.store.commit_results import ElsewhereError, StoppedError, error_text
from core.files.store.disk import ABSENT, Disk, exists, make_private_folder, read_whole, remove, sync_folder, write_new
from core.files.store.journal import (
    Journal,
    Phase,
    WriteMethod,
    existing_key,
    journal_path,
    read_journal,
    read_part,
)
from core.files.store.lock import JOURNAL, PART, has_record, hold_lock
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


Outcome = Literal["finished", "undone", "left"]


@dataclass(frozen=True, slots=True)
class Recovered:
    """The tree is consistent, or left as it is on the user's decision; `files` are those of the commit."""

    label: str
    outcome: Outcome
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
    folder: str,
    state: str,
    *,
    decision: Decision | None = None,
    tidy: bool = False,
    wait: float = 0.0,
    disk: Disk | None = None,
) -> Recovery:
    """Finish or undo the interrupted commit recorded in a folder, if there is one. Never raises.

    The folder is that of a tree, or any other that a commit wrote to. `tidy` also removes a lock file, or a part of a
    commit that is complete, which a crash has left. Without it and without a journal of this user nothing is written,
    so opening a foreign tree is harmless. A file changed since is overwritten only by `decision`; its content is then
    kept. Waits only for `wait` seconds.
    """
    disk = disk or Disk()
    label = ""
    try:
        if not exists(disk, os.path.join(folder, FOLDER)):
            return Clean()
        root = base = disk.realpath(folder)
    except OSError:
        return Clean()
    forced = decision is not None
    try:
        root = _root_of(disk, base)
        key = existing_key(disk, state)
        journal = _journal_at(disk, base, root, key)
        if journal is None:
            return _tidy(disk, base, wait=wait, force=forced) if tidy or forced else Clean()
        label = journal.label
        if not (forced or journal.trusted):
            return describe_interrupted(disk, journal, os.path.join(root, FOLDER), _untrusted(journal))
        others = [path for path in journal.other_folders() if exists(disk, path)]
        with hold_lock(disk, root, others=others, wait=wait, force=forced) as lock:
            now = _journal_at(disk, base, root, key)
            if now is None or now.id != journal.id:
                return Clean() if now is None else Busy()
            outcome = _recover_journal(disk, now, lock.folder, state, decision)
            lock.unfinished = isinstance(outcome, InterruptedCommit)
            return outcome
    except ElsewhereError as stopped:
        return InterruptedCommit(label, stopped.result.message)
    except StoppedError as stopped:
        return Busy(stopped.reason)
    except (ValueError, PermissionError) as error:
        if decision is Decision.LEAVE and not label:
            return _discard(disk, root, wait=wait)
        invalid = isinstance(error, ValueError)
        return InterruptedCommit(
            label, f"its journal is invalid ({safe(str(error))})" if invalid else error_text(error)
        )
    except OSError as error:
        return InterruptedCommit(label, error_text(error))


def settle(
    folders: Iterable[str],
    state: str,
    *,
    decision: Decision | None = None,
    tidy: bool = False,
    wait: float = 0.0,
    disk: Disk | None = None,
) -> tuple[Recovery, ...]:
    """Recover what is recorded in any of these folders, as `recover` does; the outcomes other than Clean.

    One check for each folder, if there is nothing to do; with `tidy` temporary files in the state folder go too, also
    where there is no folder to recover.
    Never raises.
    """
    bases = tuple(dict.fromkeys(folders))
    outcomes = [recover(folder, state, decision=decision, tidy=tidy, wait=wait, disk=disk) for folder in bases]
    if tidy:
        with contextlib.suppress(OSError):
            sweep(disk or Disk(), state, *bases)
    return tuple(dict.fromkeys(outcome for outcome in outcomes if not isinstance(outcome, Clean)))


def _root_of(disk: Disk, base: str) -> str:
    """The folder with the journal of the commit recorded in a folder: itself, or the one named by its part."""
    folder = os.path.join(base, FOLDER)
    part = None if exists(disk, journal_path(folder)) else read_part(disk, folder)
    return base if part is None else part.root


def _journal_at(disk: Disk, base: str, root: str, key: bytes) -> Journal | None:
    """The journal at `root`, unless the part in `base` names an older one. Raises as `read_journal` does."""
    journal = read_journal(disk, root, os.path.join(root, FOLDER), key)
    if journal is None or base == root:
        return journal
    part = read_part(disk, os.path.join(base, FOLDER))
    return journal if part is not None and part.id == journal.id else None


def _tidy(disk: Disk, base: str, *, wait: float, force: bool) -> Recovery:
    """Remove what a crash left in a folder without a commit to recover. Raises as `hold_lock` does."""
    with hold_lock(disk, base, wait=wait, force=force) as lock:
        if exists(disk, journal_path(lock.folder)):  # a commit began in the meantime, and was interrupted at once
            return Clean()
        lock.unfinished = False
        part = read_part(disk, lock.folder)
        remove(disk, os.path.join(lock.folder, PART))
        if part is None or exists(disk, part.root):
            return Clean()
        for name, _ in disk.sizes(base):
            if f".{part.id}." in name and name.endswith(FOLDER):
                remove(disk, os.path.join(base, name))
        return Recovered("", "left", (), (f"its journal was in {safe(part.root)}, which no longer exists",))


def _discard(disk: Disk, root: str, *, wait: float) -> Recovery:
    """Remove a journal that cannot be read, with the contents stored beside it. Never raises."""
    try:
        with hold_lock(disk, root, wait=wait, force=True) as lock:
            for name, _ in disk.sizes(lock.folder):
                if name in (JOURNAL, PART) or name.startswith(("old.", "new.")):
                    remove(disk, os.path.join(lock.folder, name))
            lock.unfinished = False
        return Recovered("", "left", ())
    except StoppedError as stopped:
        return Busy(stopped.reason)
    except OSError as error:
        return InterruptedCommit("", error_text(error))


def _recover_journal(disk: Disk, journal: Journal, folder: str, state: str, decision: Decision | None) -> Recovery:
    notes: tuple[str, ...] = ()
    held = content_states(disk, journal, folder)
    if decision is Decision.LEAVE:
        clean(disk, journal, folder, folders_too=True)
        return _recovered(journal, "left")
    if journal.phase is Phase.STAGE:
        return _unstage(disk, journal, folder, state, held)
    if ContentState.FOREIGN in held:
        if _is_being_cleaned(disk, journal, folder, held):
            clean(disk, journal, folder, folders_too=journal.phase is Phase.BACK)
            return _recovered(journal, "undone" if journal.phase is Phase.BACK else "finished")
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


def _is_being_cleaned(disk: Disk, journal: Journal, folder: str, held: list[ContentState]) -> bool:
    """Whether all contents were in place before a file was changed: a saved content is removed already."""
    placed = ContentState.OLD if journal.phase is Phase.BACK else ContentState.NEW
    return {*held} <= {placed, ContentState.FOREIGN} and any(
        entry.old != ABSENT and not exists(disk, journal.saved(folder, index))
        for index, entry in enumerate(journal.entries)
    )


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
            rescue_path = os.path.join(folder, f"{os.urandom(6).hex()}-{os.path.basename(entry.real)}")
            write_new(disk, rescue_path, content, durable=True)
            sync_folder(disk, folder)
            notes.append(f"the content of {safe(entry.shown)} is kept in {safe(rescue_path)}")
    return tuple(notes)


def _withdraw(disk: Disk, journal: Journal, state: str) -> None:
    with contextlib.suppress(OSError):
        remove_record(disk, log_folder(state, journal.root), journal.stamp, journal.id, len(journal.entries))


def _recovered(journal: Journal, outcome: Outcome, notes: tuple[str, ...] = ()) -> Recovered:
    return Recovered(journal.label, outcome, tuple(entry.shown for entry in journal.entries), notes)


def _untrusted(journal: Journal) -> str:
    who = f"{safe(journal.who.user)}@{safe(journal.who.host)}"
    return f"it was recorded by another user or machine: {who}, {safe(journal.who.since)}"


def is_pending(folder: str, *, disk: Disk | None = None) -> bool:
    """Whether a folder may have a part in an unfinished commit: a cheap check. Never raises."""
    disk = disk or Disk()
    try:
        lock_folder = os.path.join(folder, FOLDER)
        return exists(disk, lock_folder) and has_record(disk, lock_folder)
    except OSError:
        return True  # not accessible: `recover` gives the reason
