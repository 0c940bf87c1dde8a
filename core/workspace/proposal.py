"""A proposal: an edit worked out to its end and shown, before it becomes a part of the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import NamedTuple

from core.api import Report
from core.edits.intent import EditLayer
from core.impact import Impact
from core.records import dataclass
from core.workspace.diffs import FileDiff, file_diff
from core.workspace.replay import Done


class Compared(NamedTuple):
    """A file before and after: its path, how it is called for people, and its bytes; None is no file."""

    path: str
    shown: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True)
class Proposal:
    """What an intent would do to the tree as edited now: texts, report, impact, and what is to be known about it."""

    label: str
    where: EditLayer
    done: tuple[Done, ...] = field(repr=False)
    contents: Mapping[str, bytes | None] = field(repr=False)
    before: Report = field(repr=False)
    after: Report = field(repr=False)
    impact: Impact = field(repr=False)
    compared: tuple[Compared, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether all is already as it would make it."""
        return all(one.before == one.after for one in self.compared)

    @cached_property
    def diffs(self) -> tuple[FileDiff, ...]:
        """How each file differs, line by line, secrets hidden. Worked out when it is asked for."""
        found = (file_diff(*one) for one in self.compared)
        return tuple(diff for diff in found if diff is not None)

    @property
    def files(self) -> tuple[str, ...]:
        """The files it changes, for people."""
        return tuple(one.shown for one in self.compared if one.before != one.after)
