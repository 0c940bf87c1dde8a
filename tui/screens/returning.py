"""Coming back to where one left a tree, and keeping that place for the next time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.facts import Facts
from tui.memory import View, first_time, not_first_time, recall, remember
from tui.session import Request
from tui.things import OVERVIEW, thing_of

if TYPE_CHECKING:
    from tui.faces.main import MainFace


class Returning:
    """What is remembered of trees: read when one is opened, written when it is left. The sample is not remembered."""

    def __init__(self, environ: Mapping[str, str], *, restore: bool) -> None:
        """`restore`: whether the user wants to come back to where a tree was left."""
        self._environ = environ
        self._restore = restore
        self._found: View | None = None
        self.first_time = first_time(environ)

    def view_for(self, request: Request, facts: Facts) -> View | None:
        """Where a tree was left, as far as that is known and wanted."""
        wanted = self._restore and request.label is None
        self._found = recall(self._environ, facts.catalog.tree.found.inference) if wanted else None
        return self._found

    def keep(self, screen: MainFace) -> None:
        """Remember where one is."""
        facts = screen.session.facts
        if facts is None or screen.session.request.label is not None:
            return
        if self.first_time:
            not_first_time(self._environ)
        view = view_of(screen, facts)
        if self._restore and view != self._found:
            remember(self._environ, facts.catalog.tree.found.inference, view)


def come_back(screen: MainFace, facts: Facts, view: View) -> None:
    """Put the cursors where they were. Show what was looked at, unless the answer to "can it run" is another now."""
    for name, row in view.rows.items():
        if name in screen.panes:
            screen.panes[name].table.select(row)
    if view.pane in screen.panes:
        screen.session.pane = view.pane
    thing = thing_of(view.thing)
    if thing.kind == OVERVIEW.kind or not facts.exists(thing) or view.verdict != facts.report.verdict[1]:
        return
    pane = screen.panes[screen.session.pane]
    if thing.pane == screen.session.pane and pane.table.select(view.thing):
        screen.session.thing = thing
        screen.set_focus(pane.table)


def view_of(screen: MainFace, facts: Facts) -> View:
    """Where one is."""
    rows = {name: key for name, pane in screen.panes.items() if (key := pane.table.selected_key) is not None}
    return View(screen.session.pane, screen.session.thing.key, facts.report.verdict[1], rows)


def welcome(screen: MainFace, problems: int) -> str:
    """What stands in the last line until the first key: that settings are not understood, or how to begin."""
    table = screen.table
    if problems:
        which = "1 of your settings is" if problems == 1 else f"{problems} of your settings are"
        return f"{which} not understood: {table.told_alone('log')} tells which"
    down, up, follow = (table.told_alone(id_).rpartition(" ")[2] for id_ in ("down", "up", "open"))
    anywhere, help_ = (table.told_alone(id_).partition(" ")[0] for id_ in ("goto", "help"))
    return f"first time here? {down} {up} move, {follow} follows, {anywhere} goes anywhere, {help_} tells all keys"
