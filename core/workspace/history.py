"""The history of a session: what every file held after each edit, and where one is in it. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from core.records import dataclass
from core.workspace.replay import Done

Contents = Mapping[str, bytes | None]
"""What files hold; None where there is none."""


@dataclass(frozen=True)
class Moment:
    """One edit: its name, its steps, and what every file touched so far holds after it."""

    label: str
    done: tuple[Done, ...] = field(repr=False)
    contents: Contents = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class History:
    """Edits in order. `at` says how many of them count now, `saved` how many counted when it was written last."""

    moments: tuple[Moment, ...] = ()
    at: int = 0
    saved: int = 0
    origin: Contents = field(default_factory=dict, repr=False)
    """What files held before this session first touched them."""

    def contents(self, at: int | None = None) -> Contents:
        """What every file that this session touched holds after that many edits (default: now)."""
        at = self.at if at is None else at
        return {**self.origin, **(self.moments[at - 1].contents if at else {})}

    def add(self, moment: Moment, origin: Contents) -> History:
        """The history with one more edit; those that were undone are forgotten."""
        saved = self.saved if self.saved <= self.at else -1
        return History((*self.moments[: self.at], moment), self.at + 1, saved, {**origin, **self.origin})

    def undone(self) -> History | None:
        """One edit back, if there is one."""
        return replace(self, at=self.at - 1) if self.at else None

    def redone(self) -> History | None:
        """One edit forward, if there is one."""
        return replace(self, at=self.at + 1) if self.at < len(self.moments) else None

    @property
    def to_undo(self) -> Moment | None:
        """The edit that undo would take back."""
        return self.moments[self.at - 1] if self.at else None

    @property
    def to_redo(self) -> Moment | None:
        """The edit that redo would do again."""
        return self.moments[self.at] if self.at < len(self.moments) else None
