"""Going from item to item on the main screen: jumps, back and forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.selection import OVERVIEW, ItemRef

if TYPE_CHECKING:
    from tui.protocols import MainScreenProtocol
    from tui.view_model import ViewModel


def go(screen: MainScreenProtocol, ref: ItemRef) -> None:
    """Go to an item in its pane, remembering where one was."""
    view = screen.session.view
    if view is None or not view.exists(ref):
        screen.show_status("it is in no list")
        return
    screen.session.history.leave(screen.session.selected, ref)
    _arrive(screen, view, ref)


def travel(screen: MainScreenProtocol, by: int) -> None:
    """Back or forward along what was visited; what is no longer there is passed over."""
    view = screen.session.view
    while view is not None and (ref := screen.session.history.step(screen.session.selected, by)) is not None:
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
        screen.narrow_to(name, ref)
        pane.narrow("")
    elif not pane.reveal(ref.key):
        screen.narrow_to(name, _scope_of(view, ref))
        pane.reveal(ref.key)
    screen.enter(pane.table)
    screen.show_status()


def _scope_of(view: ViewModel, ref: ItemRef) -> ItemRef | None:
    """What the pane of an item must be narrowed to so that the item is in it: for a problem its cause."""
    if ref.kind != "problem":
        return None
    return next((found for found, cause in view.causes.items() if ref in view.problems_behind(cause)), None)
