"""Navigation on the main screen: jumps to items, back and forward, and the restored view of a previous session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.selection import OVERVIEW, ItemRef, parse_ref
from tui.view_state import ViewState

if TYPE_CHECKING:
    from tui.protocols import MainScreenProtocol
    from tui.view_model import ViewModel


def go(screen: MainScreenProtocol, ref: ItemRef) -> None:
    """Go to an item in its pane, and add the step to the history."""
    view = screen.session.view
    if view is None or not view.exists(ref):
        screen.show_status("not in any list")
        return
    screen.session.history.leave(screen.session.selected, ref)
    _arrive(screen, view, ref)


def travel(screen: MainScreenProtocol, delta: int) -> None:
    """Go back or forward in the history; items that are gone are skipped."""
    view = screen.session.view
    while view is not None and (ref := screen.session.history.step(screen.session.selected, delta)) is not None:
        if view.exists(ref):
            _arrive(screen, view, ref)
            return


def _arrive(screen: MainScreenProtocol, view: ViewModel, ref: ItemRef) -> None:
    name = ref.pane
    if name is None:
        screen.show_item(OVERVIEW)
        screen.enter(screen.inspector)
        screen.show_status()
        return
    pane = screen.panes[name]
    if ref.kind == "cause":
        screen.set_scope(name, ref)
        pane.set_filter("")
    elif not pane.reveal(ref.key):
        screen.set_scope(name, _scope_of(view, ref))
        pane.reveal(ref.key)
    screen.enter(pane.table)
    screen.show_status()


def _scope_of(view: ViewModel, ref: ItemRef) -> ItemRef | None:
    """The scope of the pane in which an item is listed: for a problem its cause."""
    if ref.kind != "problem":
        return None
    return next((cause for cause, value in view.causes.items() if ref in view.problems_behind(value)), None)


def view_state_of(screen: MainScreenProtocol, view: ViewModel) -> ViewState:
    """The view state to store."""
    rows = {name: key for name, pane in screen.panes.items() if (key := pane.table.selected_key) is not None}
    return ViewState(screen.session.pane, screen.session.selected.key, view.report.verdict[1], rows)


def restore_view(screen: MainScreenProtocol, view: ViewModel, state: ViewState) -> None:
    """Restore the cursors, and the selected item unless the verdict has changed since."""
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
