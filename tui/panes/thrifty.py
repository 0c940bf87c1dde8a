"""A part of our line widgets: how many lines there are can change without a layout."""

from __future__ import annotations

from textual.geometry import Size
from textual.widget import Widget

from tui.widgets.painted import PaintedLines


class Thrifty(PaintedLines):
    """Mix it in before one of the line widgets."""

    def set_line_count(self, count: int) -> None:
        """Say how many lines there are, without a layout: it would draw all lines, and no size depends on it."""
        if self.virtual_size.height != count:
            self.set_reactive(Widget.virtual_size, Size(0, count))
            if self.scroll_offset.y > self.max_scroll_y:
                self.scroll_to_line(self.max_scroll_y)
