"""The session: the one item of the app that changes. What is open, what is looked at, and the way there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING, NamedTuple

from core.api import Report, current_directory, inspect_tree, named_release
from core.files.view import Snapshot
from core.records import dataclass
from core.releases import NEWEST_RELEASE, behaviours_of
from tui.command import LISTS
from tui.filtering import NO_FILTER, CatalogueFilter, ListFilter
from tui.live import Live, LiveResults, merge_live_results
from tui.log import Log
from tui.selection import OVERVIEW, ItemRef
from tui.view_model import ViewModel
from tui.view_state import ViewState

if TYPE_CHECKING:
    from core.edits.intent import EditLayer, Intent
    from core.scaffold import Scaffold
    from core.usage import Usage
    from core.workspace import UnfinishedText, Workspace


@dataclass(frozen=True)
class Request:
    """What to open, and what to answer for. `label` is how the tree is called on screen, when not by its path."""

    path: str | None = None
    release: str | None = None
    profile: str | None = None
    environ: Mapping[str, str] | None = field(default=None, repr=False)
    label: str | None = None
    read_only: bool = False
    stand_ins: Callable[[], Mapping[str, str]] | None = None
    """Starts servers on this machine that answer in place of the providers, by origin; for the demo."""


class Loaded(NamedTuple):
    """A tree as it was read: what is known of it, and the files as they were then."""

    view: ViewModel
    snapshot: Snapshot


def load(request: Request) -> Loaded:
    """Read, resolve and check the tree of a request. Touches no widget: it may run in a thread.

    Raises NoTreeError and UnknownReleaseError, as `inspect_tree` does.
    """
    snapshot = Snapshot()
    report = inspect_tree(
        request.path, release=request.release, profile=request.profile, environ=request.environ, view=snapshot
    )
    return Loaded(build_view(report), snapshot)


def scaffold(request: Request, release: str | None = None) -> Scaffold:
    """What is known before a tree is made where a request found none: for its release, or for another one.

    Raises NoTreeError when it asks for a file, and UnknownReleaseError when the release is none.
    """
    from core.scaffold import scaffold_at

    wanted = named_release(release or request.release or NEWEST_RELEASE)
    environ = os.environ if request.environ is None else request.environ
    return scaffold_at(request.path, behaviours_of(wanted), cwd=current_directory(), environ=environ)


def build_view(report: Report) -> ViewModel:
    """The view model of a report, with everything worked out that a key would otherwise wait for."""
    view = ViewModel(report, _active(report))
    _ = (report.verdict, report.causes, view.references, view.routes, view.defaults)
    if view.large:
        from tui.panes import PANE_SPECS
        from tui.startup import collection_paused

        with collection_paused():
            view.work_out()
            for pane in PANE_SPECS:
                pane.rows(view, NO_FILTER)
                pane.counts(view, NO_FILTER)
    return view


def _active(report: Report) -> str | None:
    """The profile that the tree itself names, whichever is looked at."""
    named = report.catalog.tree.routing.data.get("active")
    return named if isinstance(named, str) else None


class History:
    """The items that were visited, as a browser keeps them: going somewhere new forgets what was ahead."""

    def __init__(self) -> None:
        self._stops: list[ItemRef] = [OVERVIEW]
        self._at = 0

    def leave(self, here: ItemRef, there: ItemRef) -> None:
        """Note that somebody looks at `here` and goes on to `there`."""
        del self._stops[self._at + 1 :]
        self._stops[self._at] = here
        if here != there:
            self._stops.append(there)
            self._at += 1

    def step(self, here: ItemRef, by: int) -> ItemRef | None:
        """The item that many steps forward (negative: back), or None when there is none."""
        if not 0 <= self._at + by < len(self._stops):
            return None
        self._stops[self._at] = here
        self._at += by
        return self._stops[self._at]

    def has(self, by: int) -> bool:
        """Whether there is anything that many steps forward (negative: back)."""
        return 0 <= self._at + by < len(self._stops)


class Made(NamedTuple):
    """An edit of this session as it was asked for: what was meant, and the layer it was meant for."""

    intent: Intent
    where: EditLayer


class Session:
    """What is open and where the user is."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.view: ViewModel | None = None
        self.pane = LISTS[0]
        """The pane that is current: the one that is grown."""
        self.selected: ItemRef = OVERVIEW
        """What the inspector shows."""
        self.scopes: dict[str, ItemRef] = {}
        """What a pane is narrowed to: the models of a backend, the problems of a cause."""
        self.history = History()
        self.live = Live()
        """What asking the providers of this tree said."""
        self.made: dict[int, Made] = {}
        """What was meant by the edits of the workspace, by their number in its history."""
        self._snapshot = Snapshot()
        self._workspace: Workspace | None = None
        self.log = Log()
        """What was done and said since the start."""
        self.view_state: ViewState | None = None
        """Where to come back to, until that is done."""
        self.catalogue_filter = CatalogueFilter()
        """What the list of models is narrowed to by the keys of the catalogue."""
        self.marked: dict[ItemRef, None] = {}
        """The models that are marked, in the order in which that was done."""
        self.zoomed = False
        """Whether the current list has the whole width."""
        self.tokens = (1000, 500)
        """The call to price: its input and output tokens."""
        self.usage: Usage | None = None
        """Who uses what, once it was worked out for the report that is shown or for an earlier one."""
        self.typed: Callable[[], UnfinishedText | None] = lambda: None
        """What is typed in place of a file's text and is no edit yet, on the screen where that is done."""
        self.hint = False
        """Whether something is to be said until the first key: how to begin, or that settings are not understood."""

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment that the session answers for."""
        return os.environ if self.request.environ is None else self.request.environ

    @property
    def workspace(self) -> Workspace:
        """The tree under edit. Made when it is first asked for, as what it needs takes its time to import."""
        if self._workspace is None:
            from core.workspace import Workspace

            assert self.view is not None
            why = "it was opened read-only" if self.request.read_only else ""
            self._workspace = Workspace(self.view.report, self._snapshot, profile=self.request.profile, read_only=why)
        return self._workspace

    def keep(self) -> str:
        """Keep a draft of what is not written, or drop it when there is nothing. Returns what keeps it from that."""
        from core.workspace import write_draft

        problem = write_draft(self.workspace, typed=self.typed())
        return problem.message if problem is not None else ""

    def keep_typed(self) -> None:
        """Before the end: keep what is typed right now too, as long as it is no edit."""
        if self.typed() is not None:
            self.keep()

    def forget(self) -> None:
        """Drop the draft: what is not written shall be lost."""
        if self._workspace is not None:
            from core.workspace import remove_own_draft

            self.typed = lambda: None
            remove_own_draft(self._workspace)

    @property
    def edited(self) -> bool:
        """Whether anything was edited since the tree was read, be it written or undone meanwhile."""
        return self._workspace is not None and bool(self._workspace.history.entries)

    @property
    def unwritten(self) -> bool:
        """Whether anything is edited and not written."""
        return self._workspace is not None and self._workspace.dirty

    @property
    def locked(self) -> str:
        """Why nothing can be edited; empty when it can, as far as is known."""
        if self._workspace is not None:
            return self._workspace.read_only
        return "it was opened read-only" if self.request.read_only else ""

    def accept(self, request: Request, loaded: Loaded) -> None:
        """Show a tree as it was read anew."""
        self.request = request
        self._snapshot, self._workspace, self.made = loaded.snapshot, None, {}
        self.show(loaded.view)

    def show(self, view: ViewModel) -> None:
        """Show another report; what is no longer there is forgotten."""
        self.view = view
        self.log.add(f"read {self.tree_label} for Pipelex {view.report.release}: {view.report.verdict[1]}")
        view.live = self.live
        self._look_at(view.with_live_results(merge_live_results(view.report, self.live.results(view.catalog))))

    def merge_live_results(self, live_results: LiveResults) -> None:
        """Show the same report with what was heard of the providers meanwhile."""
        if self.view is not None:
            self._look_at(self.view.with_live_results(live_results))

    def _look_at(self, view: ViewModel) -> None:
        self.view = view
        if not view.exists(self.selected):
            self.selected = OVERVIEW
        self.scopes = {pane: scope for pane, scope in self.scopes.items() if view.exists(scope)}

    def open(self, request: Request, loaded: Loaded) -> None:
        """Open another tree, as at the start."""
        self.pane, self.selected, self.scopes, self.history = LISTS[0], OVERVIEW, {}, History()
        self.view_state, self.catalogue_filter, self.marked = None, CatalogueFilter(), {}
        self.live = Live()
        self.accept(request, loaded)

    def list_filter(self, pane: str) -> ListFilter:
        """What a list is narrowed to."""
        scope = self.scopes.get(pane)
        if pane != "models":
            return ListFilter(scope)
        return ListFilter(scope, self.catalogue_filter, frozenset(self.marked), self.tokens)

    def marked_in(self, view: ViewModel) -> tuple[ItemRef, ...]:
        """The models that are marked and still there."""
        return tuple(ref for ref in self.marked if view.exists(ref))

    def looking_at(self, profile: str | None) -> Request:
        """The request for the same tree as if another profile were active; the active one itself when it is that."""
        active = self.view.active if self.view is not None else None
        return replace(self.request, profile=None if profile == active else profile)

    @property
    def looking(self) -> bool:
        """Whether the profile looked at is not the one that is active."""
        return self.view is not None and self.view.catalog.active != self.view.active

    @property
    def tree_label(self) -> str:
        """What the tree is called on screen: the folder, below the home directory with `~`."""
        if self.request.label is not None:
            return self.request.label
        if self.view is None:
            return self.request.path or ""
        folder = self.view.catalog.tree.paths.root
        variables = os.environ if self.request.environ is None else self.request.environ
        home = (variables.get("HOME") or "").rstrip("/")
        return "~" + folder[len(home) :] if home and folder.startswith(home + "/") else folder
