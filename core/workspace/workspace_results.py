"""Results of saving, refreshing and restoring a draft, each with a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from os.path import commonpath, dirname, isabs, relpath

from core.files.store import CommitResult
from core.formatting import counted
from core.problems import Problem
from core.records import dataclass
from core.workspace.replay import Conflict

MAX_NAMED = 4
"""The maximum number of listed files; more are only counted."""


@dataclass(frozen=True)
class Saved:
    """All edits are written. `files` are display paths, empty if there was nothing to write; `deleted` some of them."""

    files: tuple[str, ...]
    notes: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        written = _listed([file for file in self.files if file not in self.deleted])
        deleted = _listed(self.deleted)
        parts = (written and f"wrote {written}", deleted and f"deleted {deleted}")
        text = "; ".join(filter(None, parts)) or "nothing to write"
        return "; ".join((text, *self.notes))


def _listed(files: Sequence[str]) -> str:
    """The files, `.pipelex/inference: backends.toml, deck/x.toml` where they are in one folder; many are counted."""
    folders = {isabs(file) for file in files}
    folder = commonpath([dirname(file) for file in files]) if len(files) > 1 and len(folders) == 1 else ""
    names = [relpath(file, folder) for file in files] if folder else list(files)
    text = ", ".join(names) if len(names) <= MAX_NAMED else f"{len(names)} files"
    return f"{folder}: {text}" if folder else text


@dataclass(frozen=True)
class NeedsConsent:
    """Nothing is written: the edits add errors, which need consent."""

    errors: tuple[Problem, ...]

    @property
    def message(self) -> str:
        count = len(self.errors)
        more = f" and {count - 1} more" if count > 1 else ""
        return f"nothing was written: the edits add an error: {self.errors[0].message}{more}"


@dataclass(frozen=True)
class NotSaved:
    """Saving failed; `result` says what is on the disk. `moved`: the disk has changed."""

    result: CommitResult | None
    reason: str
    moved: bool = False

    @property
    def message(self) -> str:
        return self.reason


SaveResult = Saved | NeedsConsent | NotSaved


@dataclass(frozen=True)
class Refreshed:
    """The workspace after a refresh. `files` changed on disk, for display; `merged` of them were also edited here.

    With `conflicts` nothing is changed yet: `Workspace.refresh` needs the winning side of each, by number.
    """

    files: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def message(self) -> str:
        """In one line; empty when nothing has changed."""
        if self.conflicts:
            count = len(self.conflicts)
            return f"changed on disk: {count} of your edits {'conflicts' if count == 1 else 'conflict'}"
        if not self.files:
            return ""
        names = ", ".join(self.files) if len(self.files) <= MAX_NAMED else counted(len(self.files), "file")
        text = f"{names} changed on disk: reloaded"
        return f"{text}, your edits kept" if self.merged else text


@dataclass(frozen=True)
class UnfinishedText:
    """Text of a file that was typed but not yet made an edit, with the line (from 0) of the cursor."""

    path: str
    text: str = field(repr=False)
    line: int = 0


@dataclass(frozen=True)
class Restored:
    """The outcome of restoring a draft: the number of restored edits, the dropped ones, and the conflicts.

    `typed` is unfinished text to continue; `notes` are messages about it.
    """

    edits: int
    withheld: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()
    typed: UnfinishedText | None = None
