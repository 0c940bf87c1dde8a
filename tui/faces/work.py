"""The main screen as those know it who work for it: edits and live checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.quick import QuickScreen
from tui.screens.keyed import Keyed

if TYPE_CHECKING:
    from tui.faces.app import AppFace
    from tui.panes.pane import Pane
    from tui.session import Session
    from tui.things import Thing


class WorkFace(QuickScreen, Keyed):
    """What one works on, and how what came of it is shown."""

    app: AppFace
    session: Session
    panes: dict[str, Pane]

    def show_facts(self) -> None:
        """Show the session's report in every part of the screen."""
        raise NotImplementedError

    def show_heard(self, *, again: bool = False) -> None:
        """Show what providers said meanwhile; with `again` that it is longer ago now."""
        raise NotImplementedError

    def show_thing(self, thing: Thing, *, keep_place: bool = False) -> None:
        """Show a thing in the inspector."""
        raise NotImplementedError

    def arrive(self, thing: Thing) -> None:
        """Go to a thing that was just made or renamed."""
        raise NotImplementedError
