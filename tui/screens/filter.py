"""The line to type a filter in, in place of the footer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.panes.pane import Pane

if TYPE_CHECKING:
    from tui.screens.main import MainScreen


class FilterInput(Input):
    """Narrows a pane while one types. Enter keeps the filter, Esc lifts it, the arrows move in the list meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "lift", show=False),
        Binding("enter,tab", "keep", show=False, priority=True),
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]

    screen: MainScreen

    def __init__(self) -> None:
        super().__init__(id="filter", compact=True, select_on_focus=False, placeholder="words that a line must hold")
        self.cursor_blink = False
        self.display = False
        self._pane: Pane | None = None

    def start(self, pane: Pane) -> None:
        """Begin with the filter that is in force."""
        self._pane = pane
        self.value = pane.table.filter_text
        self.cursor_position = len(self.value)
        self.display = True
        self.screen.foot.display = False
        self.focus()

    def watch_value(self, value: str) -> None:
        """Narrow with each letter."""
        if self._pane is not None and self.display:
            self._pane.narrow(value)

    def action_keep(self) -> None:
        """Keep the filter and go back to the list."""
        self._end()

    def action_lift(self) -> None:
        """Lift the filter and go back to the list."""
        if self._pane is not None:
            self._pane.narrow("")
        self._end()

    def action_step(self, lines: int) -> None:
        """Move in the list."""
        if self._pane is not None:
            self._pane.table.step(lines)

    def _end(self) -> None:
        self.display = False
        self.screen.foot.display = True
        if self._pane is not None:
            self._pane.table.focus()
            self._pane = None
