"""Coming back to where one left a tree, and keeping that place for the next time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.formatting import counted
from tui.selection import OVERVIEW, parse_ref
from tui.session import Request
from tui.view_model import ViewModel
from tui.view_state import ViewState, first_time, not_first_time, recall, remember

if TYPE_CHECKING:
    from tui.protocols import MainScreenProtocol


class ViewStateStore:
    """What is remembered of trees: read when one is opened, written when it is left. The sample is not remembered."""

    def __init__(self, environ: Mapping[str, str], *, restore: bool) -> None:
        """`restore`: whether the user wants to come back to where a tree was left."""
        self._environ = environ
        self._restore = restore
        self._found: ViewState | None = None
        self.first_time = first_time(environ)

    def view_for(self, request: Request, view: ViewModel) -> ViewState | None:
        """Where a tree was left, as far as that is known and wanted."""
        wanted = self._restore and request.label is None
        self._found = recall(self._environ, view.catalog.tree.paths.inference) if wanted else None
        return self._found

    def keep(self, screen: MainScreenProtocol) -> None:
        """Remember where one is."""
        view = screen.session.view
        if view is None or screen.session.request.label is not None:
            return
        if self.first_time:
            not_first_time(self._environ)
        state = view_state_of(screen, view)
        if self._restore and state != self._found:
            remember(self._environ, view.catalog.tree.paths.inference, state)


def restore_view(screen: MainScreenProtocol, view: ViewModel, state: ViewState) -> None:
    """Put the cursors where they were. Show what was looked at, unless the answer to "can it run" is another now."""
    for name, row in state.rows.items():
        if name in screen.panes:
            screen.panes[name].table.select(row)
    if state.pane in screen.panes:
        screen.session.pane = state.pane
    ref = parse_ref(state.ref)
    if ref.kind == OVERVIEW.kind or not view.exists(ref) or state.verdict != view.report.verdict[1]:
        return
    pane = screen.panes[screen.session.pane]
    if ref.pane == screen.session.pane and pane.table.select(state.ref):
        screen.session.selected = ref
        screen.set_focus(pane.table)


def view_state_of(screen: MainScreenProtocol, view: ViewModel) -> ViewState:
    """Where one is."""
    rows = {name: key for name, pane in screen.panes.items() if (key := pane.table.selected_key) is not None}
    return ViewState(screen.session.pane, screen.session.selected.key, view.report.verdict[1], rows)


def welcome_text(screen: MainScreenProtocol, problems: int) -> str:
    """What stands in the last line until the first key: that settings are not understood, or how to begin."""
    table = screen.table
    if problems:
        count = counted(problems, "setting is", "settings are")
        return f"{count} not understood: {table.key_labels('log')} tells which"
    down, up, follow = (table.key_labels(id_).rpartition(" ")[2] for id_ in ("down", "up", "open"))
    anywhere, help_ = (table.key_labels(id_).partition(" ")[0] for id_ in ("goto", "help"))
    return f"first time here? {down} {up} move, {follow} follows, {anywhere} goes anywhere, {help_} tells all keys"
