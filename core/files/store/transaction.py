"""A commit under a held lock, from the first staged byte to its result."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from typing import Final

from core.files.store.changelog import LoggedCommit, log_folder, next_stamp, prune, record_commit, remove_record, sweep
from core.files.store.commit_results import (
    CommitResult,
    Committed,
    Conflict,
    DiskState,
    Failed,
    WrittenFile,
    error_text,
)
from core.files.store.commit_target import CommitTarget, changed_since
from core.files.store.disk import Disk, sync_folder
from core.files.store.journal import (
    Journal,
    JournalEntry,
    Phase,
    WriteMethod,
    read_journal,
    signing_key,
    sync_part,
    write_journal,
    write_part,
)
from core.files.store.lock import Lock
from core.files.store.process import this_process
from core.files.store.staging import (
    ContentState,
    can_go_back,
    clean,
    content_states,
    make_folder,
    put_forward,
    roll_back,
    save_old,
    stage,
    sync_parents,
)
from core.records import dataclass
from core.safe_text import safe

_LEFTOVERS: Final = "temporary files are still there"


@dataclass
class Transaction:
    """One commit. `left`: a journal remains in the tree for recovery."""

    disk: Disk
    root: str
    lock: Lock
    state: str
    label: str
    reverts: str
    key: bytes = b""
    left: bool = False

    @property
    def folder(self) -> str:
        """The folder of the journal."""
        return self.lock.folder

    @property
    def notes(self) -> list[str]:
        """The messages for the user."""
        return self.lock.notes

    def write(self, targets: list[CommitTarget]) -> CommitResult:
        """Write the files in order. Never raises OSError."""
        self.left = True
        self.notes.extend(target.note for target in targets if target.note)
        self.key = signing_key(self.disk, self.state)
        journal = self._journal(targets)
        try:
            # The journal names the temporary files, which are beside the real ones, before they exist.
            write_journal(self.disk, self.folder, journal, self.key)
            for folder in self.lock.other_folders:
                write_part(self.disk, folder, journal)
            journal = self._stage(journal, targets)
            self._log(journal, targets)
            if _needs_record(journal):
                journal = journal.at(Phase.APPLY)
                write_journal(self.disk, self.folder, journal, self.key)
        except OSError as error:
            return self._abandon(journal, error_text(error))
        try:
            for index, target in enumerate(targets):
                changed = changed_since(self.disk, self.root, target)
                if changed is not None:
                    return self._stop(journal, targets, Conflict((changed,)))
                put_forward(self.disk, journal, self.folder, index)
        except OSError as error:
            return self._stop(journal, targets, Failed(DiskState.NOTHING, error_text(error)))
        return self._finish(journal, targets)

    def _journal(self, targets: list[CommitTarget]) -> Journal:
        return Journal(
            id=os.urandom(6).hex(),
            label=self.label,
            stamp=next_stamp(self.disk, log_folder(self.state, self.root)),
            root=self.root,
            who=this_process(),
            phase=Phase.STAGE,
            entries=tuple(
                JournalEntry(target.shown, target.real, target.old, target.new, target.how) for target in targets
            ),
            folders=tuple(dict.fromkeys(path for target in targets for path in target.missing)),
        )

    def _stage(self, journal: Journal, targets: list[CommitTarget]) -> Journal:
        disk, folder = self.disk, self.folder
        for path in journal.folders:
            make_folder(disk, path)
        methods = [stage(disk, journal, folder, index, target) for index, target in enumerate(targets)]
        entries = tuple(replace(entry, how=how) for entry, how in zip(journal.entries, methods, strict=True))
        journal = replace(journal, entries=entries)
        if _needs_record(journal):
            for index, target in enumerate(targets):
                save_old(disk, journal, folder, index, target)
            for part in self.lock.other_folders:
                sync_part(disk, part)
            for path in dict.fromkeys((*journal.parents(), folder, self.root)):
                sync_folder(disk, path)
        return journal

    def _log(self, journal: Journal, targets: list[CommitTarget]) -> None:
        """Record the commit for undo. A failure does not prevent the write."""
        entry = LoggedCommit(journal.id, journal.stamp, self.label, self._written(targets), self.reverts)
        try:
            # The content of a link that is removed stays at its target.
            contents = [
                (target.before if target.old_link is None else None, target.change.content) for target in targets
            ]
            if not record_commit(self.disk, log_folder(self.state, self.root), entry, contents):
                self.notes.append(
                    "it may contain a secret, so its old content is not stored and no other session can undo it"
                )
        except OSError as error:
            self.notes.append(f"it cannot be undone in another session ({error_text(error)})")

    def _written(self, targets: list[CommitTarget]) -> tuple[WrittenFile, ...]:
        return tuple(target.written(self.root) for target in targets)

    def _finish(self, journal: Journal, targets: list[CommitTarget]) -> Committed:
        for entry, target in zip(journal.entries, targets, strict=True):
            if entry.how is WriteMethod.IN_PLACE and target.file_stat is not None:
                preserved = (
                    "its other names (hard links)" if target.file_stat.st_nlink > 1 else "its owner and attributes"
                )
                self.notes.append(f"{safe(entry.shown)} was written in place, to keep {preserved}")
        self._clean(journal, made_folders=False)
        with contextlib.suppress(OSError):
            prune(self.disk, log_folder(self.state, self.root))
            sweep(self.disk, self.state, self.root)
        return Committed(journal.id, self._written(targets), tuple(self.notes))

    def _abandon(self, journal: Journal, reason: str) -> Failed:
        """Give up before the commit point, unless only writing the journal failed and it exists anyway."""
        self._withdraw(journal)
        if self._clean(journal, made_folders=True):
            return Failed(DiskState.NOTHING, reason, tuple(self.notes))
        state = DiskState.NOTHING if journal.phase is Phase.STAGE else self._state_by_record()
        return Failed(state, reason, tuple(self.notes))

    def _stop(self, journal: Journal, targets: list[CommitTarget], result: Conflict | Failed) -> CommitResult:
        """Handle an error or conflict: examine the disk, roll back, and report the actual state."""
        try:
            held = content_states(self.disk, journal, self.folder)
            if all(state is ContentState.NEW for state in held):
                return self._all_there(journal, targets, result)
            # Content written by others in the meantime stays.
            held = [ContentState.OLD if state is ContentState.FOREIGN else state for state in held]
            if not can_go_back(self.disk, journal, self.folder, held):
                return self._unfinished(result, DiskState.UNFINISHED)
            roll_back(self.disk, journal, self.folder, held, self.key)
        except OSError:
            return self._unfinished(result, self._state_by_files(journal))
        self._withdraw(journal)
        if not self._clean(journal, made_folders=True):
            return self._unfinished(result, self._state_by_record())
        return replace(result, notes=tuple(self.notes))

    def _all_there(self, journal: Journal, targets: list[CommitTarget], result: Conflict | Failed) -> CommitResult:
        if isinstance(result, Conflict):  # another process wrote the same content
            sync_parents(self.disk, journal)
            return self._finish(journal, targets)
        self._clean(journal, made_folders=False)
        return Failed(DiskState.ALL, f"{result.reason}, so it may not survive a power cut", tuple(self.notes))

    def _unfinished(self, result: Conflict | Failed, state: DiskState) -> Failed:
        """The result of a commit that leaves its journal to recovery."""
        if state in (DiskState.NOTHING, DiskState.ALL) and not any(_LEFTOVERS in note for note in self.notes):
            self.notes.append(f"{_LEFTOVERS}; the next opening removes them")
        reason = result.reason if isinstance(result, Failed) else ", ".join(str(changed) for changed in result.changed)
        return Failed(state, reason, tuple(self.notes))

    def _clean(self, journal: Journal, *, made_folders: bool) -> bool:
        try:
            clean(self.disk, journal, self.folder, folders_too=made_folders)
        except OSError as error:
            self.notes.append(f"{_LEFTOVERS} ({error_text(error)}); the next opening removes them")
            return False
        self.left = False
        return True

    def _withdraw(self, journal: Journal) -> None:
        with contextlib.suppress(OSError):
            folder = log_folder(self.state, self.root)
            remove_record(self.disk, folder, journal.stamp, journal.id, len(journal.entries))

    def _state_by_record(self) -> DiskState:
        """The disk state while all files are old: unwritten, unless the journal makes recovery write them."""
        try:
            journal = read_journal(self.disk, self.root, self.folder, self.key)
        except (OSError, ValueError):
            return DiskState.UNFINISHED
        ahead = journal is not None and journal.phase is Phase.APPLY
        return DiskState.UNFINISHED if ahead else DiskState.NOTHING

    def _state_by_files(self, journal: Journal) -> DiskState:
        """The disk state after a failed rollback."""
        try:
            held = content_states(self.disk, journal, self.folder)
        except OSError:
            return DiskState.UNKNOWN if journal.phase is Phase.STAGE else DiskState.UNFINISHED
        if all(state is ContentState.NEW for state in held):
            return DiskState.ALL
        if all(state is ContentState.OLD for state in held):
            return self._state_by_record()
        return DiskState.UNFINISHED


def _needs_record(journal: Journal) -> bool:
    """Whether a commit needs the journal as commit point: a single rename is atomic."""
    return len(journal.entries) > 1 or journal.entries[0].how is WriteMethod.IN_PLACE
