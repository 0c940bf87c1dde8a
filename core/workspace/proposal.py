"""A proposal: an edit worked out to its end and shown, before it becomes a part of the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from core.api import Report
from core.edits.refusals import Where
from core.impact import Impact
from core.records import dataclass
from core.workspace.diffs import FileDiff
from core.workspace.replay import Done


@dataclass(frozen=True)
class Proposal:
    """What an intent would do to the tree as edited now: texts, report, impact, and what is to be known about it."""

    label: str
    where: Where
    done: tuple[Done, ...] = field(repr=False)
    contents: Mapping[str, bytes | None] = field(repr=False)
    before: Report = field(repr=False)
    after: Report = field(repr=False)
    impact: Impact = field(repr=False)
    diffs: tuple[FileDiff, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether all is already as it would make it."""
        return not self.diffs

    @property
    def files(self) -> tuple[str, ...]:
        """The files it changes, for people."""
        return tuple(diff.shown for diff in self.diffs)
