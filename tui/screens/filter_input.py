"""The filter input of the main screen, in place of the footer."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget

from tui.panes.pane import Pane
from tui.widgets.lines import Bar
from tui.widgets.safe_input import SafeInput


class FilterInput(SafeInput):
    """Filters a pane with each letter; Enter keeps the filter, Esc clears it, arrows move the cursor of the list."""

    JOINS_LINES = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", show=False),
        Binding("enter,tab", "keep", show=False, priority=True),
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="filter", placeholder="words that a line must contain")
        self._pane: Pane | None = None

    def start(self, pane: Pane) -> None:
        """Edit the filter of a pane."""
        self.value = pane.table.filter_text
        self._pane = pane
        self.cursor_position = len(self.value)
        self.screen.add_class("-filtering")
        self.screen.set_focus(self)  # at once: letters may be queued

    def watch_value(self, value: str) -> None:
        """Filter with each letter."""
        if self._pane is not None:
            self._pane.set_filter(value)

    def action_keep(self) -> None:
        """Keep the filter and focus the list."""
        self._end()

    def action_clear(self) -> None:
        """Clear the filter and focus the list."""
        if self._pane is not None:
            self._pane.set_filter("")
        self._end()

    def action_step(self, lines: int) -> None:
        """Move the cursor of the list."""
        if self._pane is not None:
            self._pane.table.step(lines)

    def _end(self) -> None:
        pane, self._pane = self._pane, None
        self.screen.remove_class("-filtering")
        if pane is not None:
            self.screen.set_focus(pane.table)


def filter_line(screen: Screen[None], before: Widget) -> FilterInput:
    """Mount the filter input before another widget; it is visible while the screen has the class `-filtering`."""
    line, typed = Horizontal(id="filter-line"), FilterInput()
    name, hint = Bar(id="filter-name", classes="name"), Bar(id="filter-hint", classes="hint")
    name.show(((" filter /", "accent"),))
    hint.show((), (("enter", "accent"), (" keep  ", ""), ("esc", "accent"), (" clear ", "")))
    screen.mount(line, before=before)
    line.mount(name, typed, hint)
    return typed
