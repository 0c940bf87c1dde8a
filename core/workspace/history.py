"""Proposals of edits, and the history of those that were accepted. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import NamedTuple

from core.api import Report
from core.edits.intent import EditLayer
from core.impact import Impact
from core.records import dataclass
from core.workspace.diffs import FileDiff, file_diff
from core.workspace.preconditions import AppliedStep


class FileChange(NamedTuple):
    """A file before and after: its path, how it is called for people, and its bytes; None is no file."""

    path: str
    shown: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True)
class Proposal:
    """The effect of an intent on the edited tree: contents, report, impact and notes."""

    label: str
    layer: EditLayer
    applied_steps: tuple[AppliedStep, ...] = field(repr=False)
    contents: Mapping[str, bytes | None] = field(repr=False)
    before: Report = field(repr=False)
    after: Report = field(repr=False)
    impact: Impact = field(repr=False)
    compared: tuple[FileChange, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether all is already as it would make it."""
        return all(change.before == change.after for change in self.compared)

    @cached_property
    def diffs(self) -> tuple[FileDiff, ...]:
        """The differences of each file, line by line, secrets hidden. Computed on first use."""
        matches = (file_diff(*change) for change in self.compared)
        return tuple(diff for diff in matches if diff is not None)

    @property
    def files(self) -> tuple[str, ...]:
        """The files it changes, for people."""
        return tuple(change.shown for change in self.compared if change.before != change.after)


Contents = Mapping[str, bytes | None]
"""What files hold; None where there is none."""


@dataclass(frozen=True)
class HistoryEntry:
    """One accepted edit: its label, steps, and the contents of all touched files after it."""

    label: str
    applied_steps: tuple[AppliedStep, ...] = field(repr=False)
    contents: Contents = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class History:
    """The accepted edits in order: `at` of them are applied, `saved` of them are written."""

    entries: tuple[HistoryEntry, ...] = ()
    at: int = 0
    saved: int = 0
    origin: Contents = field(default_factory=dict, repr=False)
    """The contents of files before the first edit of this session."""

    def contents(self, at: int | None = None) -> Contents:
        """What every file that this session touched holds after that many edits (default: now)."""
        at = self.at if at is None else at
        return {**self.origin, **(self.entries[at - 1].contents if at else {})}

    def add(self, entry: HistoryEntry, origin: Contents) -> History:
        """The history with one more edit; those that were undone are forgotten."""
        saved = self.saved if self.saved <= self.at else -1
        return History((*self.entries[: self.at], entry), self.at + 1, saved, {**origin, **self.origin})

    def undone(self) -> History | None:
        """One edit back, if there is one."""
        return replace(self, at=self.at - 1) if self.at else None

    def redone(self) -> History | None:
        """One edit forward, if there is one."""
        return replace(self, at=self.at + 1) if self.at < len(self.entries) else None

    @property
    def unsaved(self) -> tuple[HistoryEntry, ...]:
        """The edits between what is written and now; the first one where that is unknown."""
        first, last = sorted((max(self.saved, 0), self.at))
        return self.entries[first:last] or self.entries[:1]

    @property
    def unsaved_label(self) -> str:
        """The label of the change to write: of the edits, or of the written edits that it undoes."""
        text = ", ".join(dict.fromkeys(entry.label for entry in self.unsaved))
        return f"undo: {text}" if self.at < self.saved else text

    @property
    def to_undo(self) -> HistoryEntry | None:
        """The edit that undo would revert."""
        return self.entries[self.at - 1] if self.at else None

    @property
    def to_redo(self) -> HistoryEntry | None:
        """The edit that redo would reapply."""
        return self.entries[self.at] if self.at < len(self.entries) else None
