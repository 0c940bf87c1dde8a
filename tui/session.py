"""The session: the mutable state of the app: open tree, selection, history, live results, workspace."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from core.api import Report
from core.files.view import Snapshot
from tui.command import LISTS
from tui.live import Live, LiveResults, merge_live_results
from tui.loading import Loaded, Request, build_view
from tui.selection import OVERVIEW, CatalogueFilter, History, ItemRef, ListFilter
from tui.view_model import ViewModel
from tui.view_state import ViewState

if TYPE_CHECKING:
    from core.edits.intent import EditLayer, Intent
    from core.lives.lives import Knowledge
    from core.past_runs import ReadTraces
    from core.traces.run_index import RecentRuns
    from core.upgrade.marks import DriftMarks
    from core.usage import Usage
    from core.workspace import UnfinishedText, Workspace


MAX_ENTRIES: Final = 500
"""Older entries are dropped."""


class Entry(NamedTuple):
    """One entry: local time as HH:MM:SS, and a message."""

    at: str
    message: str


def _now() -> str:
    return time.strftime("%H:%M:%S")


class Log:
    """The newest entries. Never written to disk; messages never contain the value of a variable."""

    def __init__(self, clock: Callable[[], str] = _now) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)

    def add(self, message: str) -> None:
        """Add an entry."""
        self._entries.append(Entry(self._clock(), message))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries, the newest first."""
        return tuple(reversed(self._entries))


def _has_inputs(report: Report, other: Report) -> bool:
    """Whether a report is made of the same inputs as another one."""
    return (
        report.catalog is other.catalog
        and report.methods is other.methods
        and report.knowledge is other.knowledge
        and report.recent_runs is other.recent_runs
    )


class Made(NamedTuple):
    """An edit of this session: the intent and the requested layer."""

    intent: Intent
    layer: EditLayer


class Session:
    """The open tree and the position of the user in it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.view: ViewModel | None = None
        self.pane = LISTS[0]
        """The current pane, which is the largest."""
        self.selected: ItemRef = OVERVIEW
        """The item in the inspector."""
        self.scopes: dict[str, ItemRef] = {}
        """The scope of each pane: the backend of the models, the cause of the problems."""
        self.history = History()
        self.live = Live()
        """The check results of this tree."""
        self.made: dict[int, Made] = {}
        """The edits of the workspace, by their number in its history."""
        self._snapshot = Snapshot()
        self._workspace: Workspace | None = None
        self.log = Log()
        """The log since the start."""
        self.view_state: ViewState | None = None
        """The view state to restore, until that is done."""
        self.catalogue_filter = CatalogueFilter()
        """The filter of the list of models."""
        self.marked: dict[ItemRef, None] = {}
        """The marked models, in the order of marking."""
        self.zoomed = False
        """Whether the current pane has the full width."""
        self.knowledge: Knowledge | None = None
        """The index of lives and prices; None until it is read after the first screen."""
        self.traces: ReadTraces | None = None
        """The traces of the project as read last; None until they are read after the first screen."""
        self.reading_traces: int | None = None
        """The bytes read so far of the traces that are being read; None when none are."""
        self.tokens = (1000, 500)
        self.narrow_lists = True
        """The input and output tokens of the call to price."""
        self.usage: Usage | None = None
        """The usage of names in a report, perhaps of a previous one; None until it is needed."""
        self.typed: Callable[[], UnfinishedText | None] = lambda: None
        """Returns unfinished text that is being typed in place of a file's text."""
        self.marks: DriftMarks | None = None
        """The drift from the kit of the installed Pipelex; None until it is known, or without one."""
        self.reading_methods = False
        """Whether the methods of the tree are being read: the report says nothing of them yet."""
        self.reading_long = False
        """Whether reading them takes long enough to say so."""
        self.hint = False
        """Whether the footer shows a hint until the first key: the first keys, or invalid settings."""

    @property
    def runs(self) -> RecentRuns | None:
        """The recent runs of the shown tree."""
        return self.view.report.recent_runs if self.view is not None else None

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables of the session."""
        return self.request.variables

    @property
    def workspace(self) -> Workspace:
        """The workspace, made at its first use: its modules are slow to import."""
        if self._workspace is None:
            from core.workspace import Workspace

            assert self.view is not None
            reason = "it was opened read-only" if self.request.read_only else ""
            self._workspace = Workspace(
                self.view.listed_report, self._snapshot, profile=self.request.profile, read_only=reason
            )
        return self._workspace

    def keep(self) -> str:
        """Save a draft of unwritten edits, or remove it when there are none; returns the problem, if any."""
        from core.workspace import write_draft

        problem = write_draft(self.workspace, typed=self.typed())
        return problem.message if problem is not None else ""

    def keep_typed(self) -> None:
        """Save unfinished text in the draft, before the app exits."""
        if self.typed() is not None:
            self.keep()

    def forget(self) -> None:
        """Discard the draft and unfinished text."""
        if self._workspace is not None:
            from core.workspace import remove_own_draft

            self.typed = lambda: None
            remove_own_draft(self._workspace)

    @property
    def edited(self) -> bool:
        """Whether there were edits since the tree was read, even if written or undone."""
        return self._workspace is not None and bool(self._workspace.history.entries)

    @property
    def unwritten(self) -> bool:
        """Whether there are unwritten edits."""
        return self._workspace is not None and self._workspace.dirty

    @property
    def locked(self) -> str:
        """Why the tree cannot be edited; empty when it can."""
        if self._workspace is not None:
            return self._workspace.read_only
        return "it was opened read-only" if self.request.read_only else ""

    def accept(self, request: Request, loaded: Loaded) -> None:
        """Show a tree that was reloaded."""
        methods = self.view.report.methods if self.view is not None and self.request == request else None
        if methods is not None:  # as before, until they are read again
            loaded = loaded._replace(view=build_view(loaded.view.report.with_methods(methods)))
        self.request = request
        self.reading_methods, self.reading_long = True, False
        self._snapshot, self._workspace, self.made, self.marks = loaded.snapshot, None, {}, None
        if loaded.stored is not None:
            from tui.credential_ids import take_stored

            take_stored(self.live, loaded.view.catalog, loaded.stored)
        self.show(loaded.view)

    def show(self, view: ViewModel) -> None:
        """Show another report; a selected item that is gone is dropped."""
        self.view = view
        self.log.add(f"read {self.tree_label} for Pipelex {view.report.release}: {view.report.verdict[1]}")
        view.live = self.live
        results = self.live.results(view.catalog)
        self._set_view(view.with_live_results(merge_live_results(view.report, results, self.live.exposed)))

    def know(self, knowledge: Knowledge | None, view: ViewModel) -> None:
        """Take the index of lives and prices into account; `view` has it, unless the tree was edited since."""
        self.knowledge = knowledge
        self._extend(view, lambda report: report.with_knowledge(knowledge))

    def take_runs(self, traces: ReadTraces, runs: RecentRuns | None, view: ViewModel) -> None:
        """Take past runs into account; `view` has them, unless the tree was edited since."""
        self.traces = traces
        self._extend(view, lambda report: report.with_runs(runs))

    def _extend(self, view: ViewModel, extend: Callable[[Report], Report]) -> None:
        """Show a view model that a thread has extended; it is made again where the report has changed since."""
        if self.view is None:
            return
        report = extend(self.view.report)
        if not _has_inputs(view.report, report):
            view = build_view(report)
        view.live = self.live
        results = self.live.results(view.catalog)
        self._set_view(view.with_live_results(merge_live_results(view.report, results, self.live.exposed)))

    def merge_live_results(self, live_results: LiveResults) -> None:
        """Show the same report with new live results."""
        if self.view is not None:
            merged, now = live_results.report, self.view.report
            index, index_now = (item.knowledge.index if item.knowledge else None for item in (merged, now))
            same = index is index_now and merged.methods is now.methods and merged.recent_runs is now.recent_runs
            if not same:  # They were merged before the index, the methods or the traces were read.
                live_results = merge_live_results(self.view.report, live_results.results, self.live.exposed)
            self._set_view(self.view.with_live_results(live_results))

    def mark(self, marks: DriftMarks | None) -> None:
        """Take the marks of drift into account."""
        self.marks = marks
        if self.view is not None:
            self._set_view(self.view)

    def _set_view(self, view: ViewModel) -> None:
        self.view = view if view.marks is self.marks else view.with_marks(self.marks)
        if self._workspace is not None:  # its proposals take what live checks list into account
            self._workspace.know(self.view.live_results.report.knowledge)
            self._workspace.attach_runs(view.report.recent_runs)
        if not view.exists(self.selected):
            self.selected = OVERVIEW
        self.scopes = {pane: scope for pane, scope in self.scopes.items() if view.exists(scope)}

    def open(self, request: Request, loaded: Loaded) -> None:
        """Open another tree with a new selection and history."""
        self.pane, self.selected, self.scopes, self.history = LISTS[0], OVERVIEW, {}, History()
        self.view_state, self.catalogue_filter, self.marked = None, CatalogueFilter(), {}
        self.live, self.traces = Live(), None
        self.view = None
        self.accept(request, loaded)

    def list_filter(self, pane: str) -> ListFilter:
        """The filter of a pane."""
        scope = self.scopes.get(pane)
        if pane != "models":
            return ListFilter(scope)
        return ListFilter(scope, self.catalogue_filter, frozenset(self.marked), self.tokens, self.narrow_lists)

    def marked_in(self, view: ViewModel) -> tuple[ItemRef, ...]:
        """The marked models that a view model has."""
        return tuple(ref for ref in self.marked if view.exists(ref))

    @property
    def looking(self) -> bool:
        """Whether the viewed profile is not the active one."""
        return self.view is not None and self.view.catalog.active != self.view.active

    @property
    def tree_label(self) -> str:
        """The label of the tree on screen: its folder, with `~` for the home directory."""
        if self.request.label is not None:
            return self.request.label
        if self.view is None:
            return self.request.path or ""
        folder = self.view.catalog.tree.paths.root
        home = (self.environ.get("HOME") or "").rstrip("/")
        return "~" + folder[len(home) :] if home and folder.startswith(home + "/") else folder
