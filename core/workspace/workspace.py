"""The workspace: a tree under edit, with its history, and the one thing in `core` that changes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING, Self

from core.api import Report, current_directory, inspect_paths, update_report
from core.edits.edit_session import Intent
from core.edits.intent import EditLayer, EditRefused
from core.files.start_folder import find_tree
from core.files.state_folder import commit_folders
from core.files.store import LOCK_WAIT, Decision, Recovered, Recovery, settle, state_folder
from core.files.view import Overlay, Snapshot, View
from core.impact import Impact, compare
from core.lives.lives import Knowledge
from core.methods import Methods
from core.project_methods import project_methods
from core.target import target_release
from core.workspace.diffs import FileDiff, file_diffs
from core.workspace.disk_changes import moved_methods, moved_variables, read_folders, reread
from core.workspace.history import Contents, History, HistoryEntry
from core.workspace.proposal import Proposal, propose
from core.workspace.rebase import Rebased, changed_paths, content_of, rebase
from core.workspace.replay import Conflict, ConflictSide, replay
from core.workspace.saving import why_read_only, write
from core.workspace.workspace_results import NeedsConsent, NotSaved, Refreshed, Restored, Saved, SaveResult

if TYPE_CHECKING:
    from core.traces.run_index import RecentRuns


class Workspace:
    """A tree under edit. All questions are answered for the tree as edited; only `save` writes."""

    def __init__(self, report: Report, snapshot: Snapshot, *, profile: str | None = None, read_only: str = "") -> None:
        self._snapshot = snapshot
        self._history = History()
        self._looking = profile
        self._disk_report = report
        self._report: Report | None = report
        self._impact: tuple[Report, Report, Impact] | None = None
        self._inspecting = RLock()
        self.read_only = read_only or why_read_only(report)
        """Why editing is disabled; empty if it is enabled."""
        self.follow_methods = True
        """Whether the methods of the project are read before an edit, and edited with it."""

    @classmethod
    def open(
        cls,
        path: str | None = None,
        *,
        release: str | None = None,
        profile: str | None = None,
        environ: Mapping[str, str] | None = None,
        cwd: str | None = None,
        assume_keys: bool = False,
        read_only: bool = False,
        python: str | None = None,
    ) -> Self:
        """Open a tree, found and read as `core.api.inspect_tree` does it, and with its exceptions."""
        variables = os.environ if environ is None else environ
        result = find_tree(path, cwd=cwd or current_directory(), environ=variables)
        target = target_release(result, release, variables, python)
        snapshot = Snapshot()
        report = inspect_paths(result, target, variables, profile=profile, assume_keys=assume_keys, view=snapshot)
        return cls(report, snapshot, profile=profile, read_only="it was opened read-only" if read_only else "")

    # ---- what there is

    @property
    def view(self) -> View:
        """The tree as edited."""
        return Overlay(self._snapshot, self._history.contents())

    @property
    def report(self) -> Report:
        """The report of the tree as edited."""
        report = self._report
        if report is not None:
            return report
        with self._inspecting:  # a thread may be working it out already
            while self._report is None:
                history = self._history
                report = update_report(self._disk_report, self.view, profile=self._looking)
                if history is self._history:
                    self._report = report
            return self._report

    @property
    def disk_report(self) -> Report:
        """The report of the tree on the disk."""
        return self._disk_report

    @property
    def root(self) -> str:
        """The folder that is locked while files are written: the tree's."""
        return self._disk_report.catalog.tree.paths.root

    @property
    def state(self) -> str:
        """The folder of drafts and of the log of changes."""
        return state_folder(self._disk_report.catalog.environment.shell)

    @property
    def history(self) -> History:
        """Every edit of this session, and where one is among them."""
        return self._history

    @property
    def impact(self) -> Impact:
        """The impact of all edits together, from the disk to now."""
        return self.impact_of(self.report)

    def impact_of(self, report: Report) -> Impact:
        """The impact from the disk to a report of this tree, cached until either changes."""
        cached = self._impact
        if cached is None or cached[0] is not self._disk_report or cached[1] is not report:
            cached = self._impact = (self._disk_report, report, compare(self._disk_report, report))
        return cached[2]

    def look_at(self, profile: str | None) -> None:
        """Report as if a profile were active; None for the active one."""
        if profile != self._looking:
            self._looking = profile
            self._disk_report = update_report(self._disk_report, self._snapshot, profile=profile)
            self._report = None

    def read_methods(self) -> Methods:
        """The methods of the project as they are on the disk, for `attach_methods`. May run in a thread."""
        report = self._disk_report
        return project_methods(report.catalog, report.methods)

    def attach_methods(self, methods: Methods) -> None:
        """Answer for the pipes of these methods from now on, as edited. Proposals made before stay valid."""
        self._disk_report = self._disk_report.with_methods(methods)
        report = self._report
        self._report = report.with_methods(methods.reread(self.view)) if report is not None else None

    def know(self, knowledge: Knowledge | None) -> None:
        """Take the index of lives and prices into account, with what live checks list."""
        if knowledge is self._disk_report.knowledge:
            return
        self._disk_report = self._disk_report.with_knowledge(knowledge)
        self._report = self._report.with_knowledge(knowledge) if self._report is not None else None

    def attach_runs(self, runs: RecentRuns | None) -> None:
        """Take past runs into account."""
        if runs is self._disk_report.recent_runs:
            return
        self._disk_report = self._disk_report.with_runs(runs)
        self._report = self._report.with_runs(runs) if self._report is not None else None

    # ---- editing

    def propose(self, intent: Intent, layer: EditLayer = EditLayer.AUTO) -> Proposal | EditRefused:
        """Apply an edit in memory and return its effect. Changes nothing; may run in a thread. Never raises."""
        if self.read_only:
            return EditRefused(f"The tree cannot be edited: {self.read_only}.", "")
        if self.follow_methods and self._disk_report.methods is None:
            self.attach_methods(self.read_methods())
        return propose(
            self.report,
            self.view,
            intent,
            layer,
            profile=self._looking,
            follow_methods=self.follow_methods,
            shown=self.shown,
        )

    def accept(self, proposal: Proposal) -> None:
        """Make a proposal a part of the session. Raises ValueError when the tree was edited since it was made."""
        if proposal.before.catalog is not self.report.catalog:
            raise ValueError("the tree was edited since this was proposed")
        if proposal.changes_nothing:
            return
        before, now = proposal.before, self.report
        attached_since = (
            before.methods is not now.methods
            or before.knowledge is not now.knowledge
            or before.recent_runs is not now.recent_runs
        )
        if proposal.after.catalog.assumed_profile is None:
            self.look_at(None)
        self._add(HistoryEntry(proposal.label, proposal.applied_steps, proposal.contents, proposal.notes))
        self._report = None if attached_since else proposal.after

    def undo(self) -> str | None:
        """Undo the last edit, written or not; return its label, or None if there is none."""
        return self._step(self._history.undone(), self._history.to_undo)

    def redo(self) -> str | None:
        """Redo the edit that was undone last; return its label, or None if there is none."""
        return self._step(self._history.redone(), self._history.to_redo)

    def return_to(self, history: History) -> None:
        """Return to a previous history of this workspace since its last save or refresh."""
        self._history, self._report = history, None

    def _step(self, history: History | None, entry: HistoryEntry | None) -> str | None:
        if history is None or entry is None:
            return None
        self._history, self._report = history, None
        return entry.label

    # ---- the difference to the disk

    @property
    def pending(self) -> Contents:
        """The unsaved contents: files that differ from the disk (None: to be deleted)."""
        contents = self._history.contents()
        return {path: new for path, new in contents.items() if new != content_of(self._snapshot, path)}

    @property
    def dirty(self) -> bool:
        """Whether anything is edited and not written."""
        return bool(self.pending)

    def diff(self) -> tuple[FileDiff, ...]:
        """Every file that differs from the disk, line by line, secrets hidden."""
        pending = self.pending.items()
        return file_diffs((path, self.shown(path), content_of(self._snapshot, path), new) for path, new in pending)

    def shown(self, path: str, report: Report | None = None) -> str:
        """The display path of a file."""
        for candidate in (report or self.report, self._disk_report):
            for source in candidate.catalog.tree.sources:
                if source.path == path:
                    return source.shown
        return path.removeprefix(self._disk_report.catalog.tree.paths.project.rstrip("/") + "/")

    def disk_content(self, path: str) -> bytes | str:
        """The content of a file on the disk, as it was read; a text that says why it has none."""
        return self._snapshot.content(path)

    # ---- writing

    def save(self, *, accept_errors: bool = False, wait: float = LOCK_WAIT) -> SaveResult:
        """Write every edit as one change. Never raises.

        Errors that the edits add have to be agreed to by `accept_errors`. When a file that the edits were judged by
        has changed on the disk nothing is written: `refresh` takes the change in. `wait` are seconds.
        """
        pending = self.pending
        if not pending:
            return Saved(())
        if self.read_only:
            return NotSaved(None, f"nothing was written: {self.read_only}")
        errors = () if accept_errors else self.impact.errors_added
        if errors:
            return NeedsConsent(errors)
        # The user may undo while a thread writes: the history and report from before the write are on the disk then.
        history, report = self._history, self.report
        settle(self.commit_folders, self.state, tidy=True)
        result = write(
            self._disk_report,
            self._snapshot,
            report,
            pending,
            self.shown,
            root=self.root,
            state=self.state,
            label=history.unsaved_label,
            undoes=history.at < history.saved,
            wait=wait,
        )
        if isinstance(result, Saved):
            self._snapshot = self._snapshot.with_written(pending)
            self._history = replace(self._history, saved=history.at)
            methods = report.methods
            if methods is not None and any(file.source.path in pending for file in methods.read):
                report = report.with_methods(project_methods(report.catalog, methods))
            self._disk_report = report
        return result

    @property
    def commit_folders(self) -> tuple[str, ...]:
        """The folders of this tree in which a commit runs or was interrupted, by a session of any project."""
        report = self._disk_report
        methods = report.methods.files if report.methods is not None else ()
        return commit_folders((*report.catalog.tree.folders, *{os.path.dirname(file.source.path) for file in methods}))

    def settle(self, *, decision: Decision | None = None, tidy: bool = False) -> tuple[Recovery, ...]:
        """Finish or undo interrupted commits, and reload what that changed. The options are those of `recover`.

        Never raises. Before the first edit: edits are judged by files that are all old or all new.
        """
        outcomes = settle(self.commit_folders, self.state, decision=decision, tidy=tidy)
        if any(isinstance(outcome, Recovered) for outcome in outcomes):
            self.refresh()
        return outcomes

    # ---- the disk moves

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders in which a change may change the answer: those of every file that was read or looked for."""
        return read_folders(self._disk_report, self._snapshot)

    def moved(self) -> tuple[str, ...]:
        """The display paths of files that changed on the disk since they were read. Reads the disk."""
        paths = [self.shown(path) for path in changed_paths(self._snapshot)]
        report = self._disk_report
        return tuple(dict.fromkeys((*paths, *moved_variables(report), *moved_methods(report))))

    def refresh(self, sides: Mapping[int, ConflictSide] | None = None) -> Refreshed:
        """Reload what changed on the disk and replay the unsaved edits on it. Never raises.

        When an edit conflicts with the disk nothing happens until `sides` decides each conflict, by its number.
        Edits that were written already can still be undone where the change left their lines alone.
        """
        paths = changed_paths(self._snapshot)
        variables = moved_variables(self._disk_report)
        fresh = Snapshot()
        result: Rebased = rebase(self._history, self._snapshot, fresh, paths, sides)
        shown = tuple(self.shown(path) for path in paths)
        if result.conflicts:
            return Refreshed(shown, conflicts=result.conflicts)
        edited = tuple(self.shown(path) for path in paths if path in self.pending)
        self._disk_report = reread(self._disk_report, fresh, self._looking)
        self._snapshot, self._history, self._report = fresh, result.history, None
        self.read_only = self.read_only and why_read_only(self._disk_report)
        return Refreshed((*shown, *variables), edited, (), result.notes)

    def resume(self, moments: Iterable[HistoryEntry], withheld: tuple[str, ...] = ()) -> Restored:
        """Replay edits of another session one by one; conflicting ones are left out."""
        count = 0
        conflicts: list[Conflict] = []
        for entry in moments:
            result = replay(self.view, [entry.applied_steps])
            if result.conflicts or not entry.applied_steps:
                conflicts += result.conflicts
                continue
            if not result.applied_steps[0]:
                continue  # made on the disk already
            self._add(HistoryEntry(entry.label, result.applied_steps[0], result.contents[0], entry.notes))
            count += 1
        return Restored(count, withheld, tuple(conflicts))

    def _add(self, entry: HistoryEntry) -> None:
        origin = {path: content_of(self._snapshot, path) for path in entry.contents}
        contents = {**self._history.contents(), **entry.contents}
        self._history = self._history.add(HistoryEntry(entry.label, entry.applied_steps, contents, entry.notes), origin)
        self._report = None
