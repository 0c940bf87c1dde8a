"""The session: the one thing of the app that changes. What is open, what is looked at, and the way there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field, replace

from core.api import Report, inspect_tree
from core.records import dataclass
from tui.actions import LISTS
from tui.facts import Facts
from tui.things import OVERVIEW, Thing


@dataclass(frozen=True)
class Request:
    """What to open, and what to answer for. `label` is how the tree is called on screen, when not by its path."""

    path: str | None = None
    release: str | None = None
    profile: str | None = None
    environ: Mapping[str, str] | None = field(default=None, repr=False)
    label: str | None = None


def load(request: Request) -> Facts:
    """Read, resolve and check the tree of a request. Touches no widget: it may run in a thread.

    Raises NoTreeError and UnknownReleaseError, as `inspect_tree` does.
    """
    report = inspect_tree(request.path, release=request.release, profile=request.profile, environ=request.environ)
    facts = Facts(report, _active(report))
    # Worked out here, so that the app never waits for it between a key and its answer.
    _ = (report.verdict, report.causes, facts.references, facts.routes)
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

    def accept(self, request: Request, facts: Facts) -> None:
        """Show another report; what is no longer there is forgotten."""
        self.request = request
        self.facts = facts
        if not facts.exists(self.thing):
            self.thing = OVERVIEW
        self.scopes = {pane: scope for pane, scope in self.scopes.items() if facts.exists(scope)}

    def open(self, request: Request, facts: Facts) -> None:
        """Open another tree, from the beginning."""
        self.pane, self.thing, self.scopes, self.history = LISTS[0], OVERVIEW, {}, History()
        self.accept(request, facts)

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
        found = self.facts.catalog.tree.found
        folder = found.inference if found.exists else found.home_inference
        variables = os.environ if self.request.environ is None else self.request.environ
        home = (variables.get("HOME") or "").rstrip("/")
        return "~" + folder[len(home) :] if home and folder.startswith(home + "/") else folder
