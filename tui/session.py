"""The session: the one thing of the app that changes. What is open, what is looked at, and the way there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING, NamedTuple

from core.api import Report, current_directory, inspect_tree, named_release
from core.files.view import Snapshot
from core.records import dataclass
from core.releases import NEWEST_RELEASE, behaviours_of
from tui.actions import LISTS
from tui.checks.live import Heard, Live, hear
from tui.facts import Facts
from tui.log import Log
from tui.memory import View
from tui.narrowing import WHOLE, Narrowed, Wanted
from tui.things import OVERVIEW, Thing

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.edits.refusals import Where
    from core.starting import Beginning
    from core.usage import Usage
    from core.workspace import Typed, Workspace


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

    facts: Facts
    snapshot: Snapshot


def load(request: Request) -> Loaded:
    """Read, resolve and check the tree of a request. Touches no widget: it may run in a thread.

    Raises NoTreeError and UnknownReleaseError, as `inspect_tree` does.
    """
    snapshot = Snapshot()
    report = inspect_tree(
        request.path, release=request.release, profile=request.profile, environ=request.environ, view=snapshot
    )
    return Loaded(facts_on(report), snapshot)


def beginning(request: Request, release: str | None = None) -> Beginning:
    """What is known before a tree is made where a request found none: for its release, or for another one.

    Raises NoTreeError when it asks for a file, and UnknownReleaseError when the release is none.
    """
    from core.starting import begin

    wanted = named_release(release or request.release or NEWEST_RELEASE)
    environ = os.environ if request.environ is None else request.environ
    return begin(request.path, behaviours_of(wanted), cwd=current_directory(), environ=environ)


def facts_on(report: Report) -> Facts:
    """The facts of a report. Worked out here, so that the app never waits for them between a key and its answer."""
    facts = Facts(report, _active(report))
    _ = (report.verdict, report.causes, facts.references, facts.routes, facts.defaults)
    if facts.large:
        from tui.garbage_collection import paused
        from tui.panes import PANE_SPECS

        with paused():
            facts.work_out()
            for pane in PANE_SPECS:
                pane.rows(facts, WHOLE)
                pane.counts(facts, WHOLE)
    return facts


def _active(report: Report) -> str | None:
    """The profile that the tree itself names, whichever is looked at."""
    named = report.catalog.tree.routing.data.get("active")
    return named if isinstance(named, str) else None


class History:
    """The things that were visited, as a browser keeps them: going somewhere new forgets what was ahead."""

    def __init__(self) -> None:
        self._stops: list[Thing] = [OVERVIEW]
        self._at = 0

    def leave(self, here: Thing, there: Thing) -> None:
        """Note that somebody looks at `here` and goes on to `there`."""
        del self._stops[self._at + 1 :]
        self._stops[self._at] = here
        if here != there:
            self._stops.append(there)
            self._at += 1

    def step(self, here: Thing, by: int) -> Thing | None:
        """The thing that many steps forward (negative: back), or None when there is none."""
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
    where: Where


class Session:
    """What is open and where the user is."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.facts: Facts | None = None
        self.pane = LISTS[0]
        """The pane that is current: the one that is grown."""
        self.thing: Thing = OVERVIEW
        """What the inspector shows."""
        self.scopes: dict[str, Thing] = {}
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
        self.view: View | None = None
        """Where to come back to, until that is done."""
        self.wanted = Wanted()
        """What the list of models is narrowed to by the keys of the catalogue."""
        self.marked: dict[Thing, None] = {}
        """The models that are marked, in the order in which that was done."""
        self.zoomed = False
        """Whether the current list has the whole width."""
        self.tokens = (1000, 500)
        """The call whose cost is told: tokens that it is given, and that it gives."""
        self.usage: Usage | None = None
        """Who uses what, once it was worked out for the report that is shown or for an earlier one."""
        self.typed: Callable[[], Typed | None] = lambda: None
        """What is typed in place of a file's text and is no edit yet, on the screen where that is done."""
        self.hint = False
        """Whether something is to be said until the first key: how to begin, or that settings are not understood."""

    @property
    def workspace(self) -> Workspace:
        """The tree under edit. Made when it is first asked for, as what it needs takes its time to import."""
        if self._workspace is None:
            from core.workspace import Workspace

            assert self.facts is not None
            why = "it was opened for reading only" if self.request.read_only else ""
            self._workspace = Workspace(self.facts.report, self._snapshot, profile=self.request.profile, read_only=why)
        return self._workspace

    def keep(self) -> str:
        """Keep a draft of what is not written, or drop it when there is nothing. Returns what keeps it from that."""
        from core.workspace import keep_draft

        problem = keep_draft(self.workspace, typed=self.typed())
        return problem.message if problem is not None else ""

    def keep_typed(self) -> None:
        """Before the end: keep what is typed right now too, as long as it is no edit."""
        if self.typed() is not None:
            self.keep()

    def forget(self) -> None:
        """Drop the draft: what is not written shall be lost."""
        if self._workspace is not None:
            from core.workspace import forget_draft

            self.typed = lambda: None
            forget_draft(self._workspace)

    @property
    def edited(self) -> bool:
        """Whether anything was edited since the tree was read, be it written or undone meanwhile."""
        return self._workspace is not None and bool(self._workspace.history.moments)

    @property
    def unwritten(self) -> bool:
        """Whether anything is edited and not written."""
        return self._workspace is not None and self._workspace.dirty

    @property
    def locked(self) -> str:
        """Why nothing can be edited; empty when it can, as far as is known."""
        if self._workspace is not None:
            return self._workspace.read_only
        return "it was opened for reading only" if self.request.read_only else ""

    def accept(self, request: Request, loaded: Loaded) -> None:
        """Show a tree as it was read anew."""
        self.request = request
        self._snapshot, self._workspace, self.made = loaded.snapshot, None, {}
        self.show(loaded.facts)

    def show(self, facts: Facts) -> None:
        """Show another report; what is no longer there is forgotten."""
        self.facts = facts
        self.log.note(f"read {self.tree_label} for Pipelex {facts.report.release}: {facts.report.verdict[1]}")
        facts.live = self.live
        self._look_at(facts.hearing(hear(facts.report, self.live.results(facts.catalog))))

    def hear(self, heard: Heard) -> None:
        """Show the same report with what was heard of the providers meanwhile."""
        if self.facts is not None:
            self._look_at(self.facts.hearing(heard))

    def _look_at(self, facts: Facts) -> None:
        self.facts = facts
        if not facts.exists(self.thing):
            self.thing = OVERVIEW
        self.scopes = {pane: scope for pane, scope in self.scopes.items() if facts.exists(scope)}

    def open(self, request: Request, loaded: Loaded) -> None:
        """Open another tree, from the beginning."""
        self.pane, self.thing, self.scopes, self.history = LISTS[0], OVERVIEW, {}, History()
        self.view, self.wanted, self.marked = None, Wanted(), {}
        self.live = Live()
        self.accept(request, loaded)

    def narrowed(self, pane: str) -> Narrowed:
        """What a list is narrowed to."""
        scope = self.scopes.get(pane)
        if pane != "models":
            return Narrowed(scope)
        return Narrowed(scope, self.wanted, frozenset(self.marked), self.tokens)

    def marked_in(self, facts: Facts) -> tuple[Thing, ...]:
        """The models that are marked and still there."""
        return tuple(thing for thing in self.marked if facts.exists(thing))

    def looking_at(self, profile: str | None) -> Request:
        """The request for the same tree as if another profile were active; the active one itself when it is that."""
        active = self.facts.active if self.facts is not None else None
        return replace(self.request, profile=None if profile == active else profile)

    @property
    def looking(self) -> bool:
        """Whether the profile looked at is not the one that is active."""
        return self.facts is not None and self.facts.catalog.active != self.facts.active

    @property
    def tree_label(self) -> str:
        """What the tree is called on screen: the folder, below the home directory with `~`."""
        if self.request.label is not None:
            return self.request.label
        if self.facts is None:
            return self.request.path or ""
        folder = self.facts.catalog.tree.found.root
        variables = os.environ if self.request.environ is None else self.request.environ
        home = (variables.get("HOME") or "").rstrip("/")
        return "~" + folder[len(home) :] if home and folder.startswith(home + "/") else folder
