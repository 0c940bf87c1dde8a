"""Proposals: an edit applied in memory, with its effect on the tree. Nothing is accepted or written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cached_property
from typing import NamedTuple

from core.api import Report, update_report
from core.edits.edit_session import Intent, apply_intent
from core.edits.intent import EditLayer, EditRefused
from core.files.view import Overlay, View
from core.impact import Impact, compare
from core.records import dataclass
from core.workspace.diffs import FileDiff, file_diffs
from core.workspace.preconditions import AppliedStep
from core.workspace.rebase import content_of
from core.workspace.saving import notes_on_removals


class FileChange(NamedTuple):
    """A file before and after: its path, its display path, and its bytes; None is no file."""

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
        """Whether no file would change."""
        return all(change.before == change.after for change in self.compared)

    @cached_property
    def diffs(self) -> tuple[FileDiff, ...]:
        """The differences of each file, line by line, secrets hidden. Computed on first use."""
        return file_diffs(self.compared)

    @property
    def files(self) -> tuple[str, ...]:
        """The display paths of the files that it changes."""
        return tuple(change.shown for change in self.compared if change.before != change.after)


def propose(
    report: Report,
    view: View,
    intent: Intent,
    layer: EditLayer,
    *,
    profile: str | None,
    follow_methods: bool,
    shown: Callable[[str, Report], str],
) -> Proposal | EditRefused:
    """Apply an edit to the tree of a report, as `view` shows it, in memory.

    `profile` is the one that the report is viewed with, None for the active one; `shown` returns display paths.
    """
    applied = apply_intent(report, view, intent, layer, follow_methods=follow_methods)
    if isinstance(applied, EditRefused):
        return applied
    edited = Overlay(view, applied.contents)
    before = report
    after = update_report(report, edited, profile=profile) if applied.steps else report
    if applied.steps and profile is not None and _ends_view(intent, before, after):
        before, after = update_report(report, view), update_report(report, edited)
    compared = (
        FileChange(path, shown(path, after), content_of(view, path), content)
        for path, content in applied.contents.items()
    )
    return Proposal(
        label=applied.label,
        layer=layer,
        applied_steps=tuple(
            AppliedStep(step, before) for step, before in zip(applied.steps, applied.previous_contents, strict=True)
        ),
        contents=applied.contents,
        before=report,
        after=after,
        impact=compare(before, after),
        compared=tuple(compared),
        notes=(*applied.notes, *notes_on_removals(view, applied.contents, lambda path: shown(path, report))),
    )


def _ends_view(intent: Intent, before: Report, after: Report) -> bool:
    """Whether an edit ends the view of a profile: it chooses the active one, or that profile is gone."""
    from core.edits.repoint_edits import UseOnly  # only where a profile is viewed: it imports the replacements

    viewed = before.catalog.assumed_profile
    gone = viewed in before.catalog.profiles and viewed not in after.catalog.profiles
    switched = before.catalog.own_active != after.catalog.own_active
    return switched or isinstance(intent, UseOnly) or gone
