"""The main screen as those know it who act on it: commands, pages, and the screens that lie over it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from tui.faces.work import WorkFace

if TYPE_CHECKING:
    from tui.actions import Command
    from tui.checks.running import Checking
    from tui.editing.flow import Editing
    from tui.panes.pane import Pane, PaneTable
    from tui.reasons import CommandContext
    from tui.screens.filter import FilterInput
    from tui.selection import ItemRef
    from tui.widgets.inspector import Inspector


class MainFace(WorkFace):
    """What commands ask of the main screen; MainScreen does it."""

    inspector: Inspector
    on_live_results: Callable[[], None] | None
    """Told when providers have said more, by a page over this screen."""

    @cached_property
    def filter(self) -> FilterInput:
        """The line to type a filter in."""
        raise NotImplementedError

    @property
    def checks(self) -> Checking:
        """Live checks, asked for here."""
        raise NotImplementedError

    @property
    def editing(self) -> Editing:
        """Edits of the tree, asked for here."""
        raise NotImplementedError

    @property
    def busy(self) -> str:
        """What is being worked out in a thread; empty when nothing is."""
        raise NotImplementedError

    @property
    def pane(self) -> Pane:
        """The current pane."""
        raise NotImplementedError

    def context(self) -> CommandContext:
        """What decides which commands can be done now."""
        raise NotImplementedError

    def do(self, command: Command) -> None:
        """Do a command, or say why it cannot be done now."""
        raise NotImplementedError

    def open_page(self, name: str, ref: ItemRef, tell: Callable[[str], None]) -> None:
        """Open a page about an item (`explain`, `layers`, `compare`, `what-if`); `tell` is told why there is none."""
        raise NotImplementedError

    def enter(self, widget: PaneTable | Inspector) -> None:
        """Go into a list or into the details, at once."""
        raise NotImplementedError

    def select(self, table: PaneTable) -> None:
        """Show what is under the cursor of the current pane; the models of a backend go with it."""
        raise NotImplementedError

    def narrow_to(self, name: str, scope: ItemRef | None) -> None:
        """Narrow a pane to the models of a backend or the problems of a cause, or show all of it again."""
        raise NotImplementedError

    def zoom(self, zoomed: bool) -> None:
        """Give the current list the whole width, or the details their place back."""
        raise NotImplementedError
