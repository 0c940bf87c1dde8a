"""The main screen as those know it who work for it: edits and live checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.keyed import Keyed
from tui.terminal.compositor import SpanScreen

if TYPE_CHECKING:
    from tui.faces.app import AppFace
    from tui.panes.pane import Pane
    from tui.selection import ItemRef
    from tui.session import Session


class WorkFace(SpanScreen, Keyed):
    """What one works on, and how what came of it is shown."""

    app: AppFace
    session: Session
    panes: dict[str, Pane]

    def show_view(self) -> None:
        """Show the session's report in every part of the screen."""
        raise NotImplementedError

    def show_live_results(self, *, again: bool = False) -> None:
        """Show what providers said meanwhile; with `again` that it is longer ago now."""
        raise NotImplementedError

    def show_item(self, ref: ItemRef, *, keep_place: bool = False) -> None:
        """Show an item in the inspector."""
        raise NotImplementedError

    def arrive(self, ref: ItemRef) -> None:
        """Go to an item that was just made or renamed."""
        raise NotImplementedError
