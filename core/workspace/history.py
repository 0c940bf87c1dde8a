"""The history of accepted edits, for undo and redo. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from core.records import dataclass
from core.workspace.preconditions import AppliedStep

Contents = Mapping[str, bytes | None]
"""The contents of files by path; None where there is no file."""


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
        """The contents of every file that this session touched, after that many edits (default: now)."""
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
