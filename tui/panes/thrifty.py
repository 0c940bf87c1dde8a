"""A part of our line widgets: of a line that changed only the part between what stayed the same is sent."""

from __future__ import annotations

from textual.geometry import Region, Size
from textual.widget import Widget

from tui.widgets.painted import Painted, PaintedLines
from tui.widgets.runs import Run, width_of

_FILLED = frozenset({"header", "cursor"})


class Thrifty(PaintedLines):
    """Mix it in before one of the line widgets."""

    def set_line_count(self, count: int) -> None:
        """Say how many lines there are. Without a layout: no size of a widget depends on it, and it would send all lines."""
        if self.virtual_size.height != count:
            self.set_reactive(Widget.virtual_size, Size(0, count))
            if self.scroll_offset.y > self.max_scroll_y:
                self.scroll_to_line(self.max_scroll_y)

    def repaint(self) -> None:
        """Send the parts of lines that look different from what is on screen."""
        if not self.is_attached:
            return
        width, height = self.room
        if width != self._sent_width:
            self.refresh()
            return
        regions = []
        for y in range(height):
            new, old = self.line_at(y, width), self._sent.get(y)
            if new != old:
                regions.append(Region(0, y, width, 1) if old is None else _changed(old, new, y, width))
                self._sent[y] = new
        regions = [region for region in regions if region.width]
        if regions:
            self.refresh(*regions)


def _changed(old: Painted, new: Painted, y: int, width: int) -> Region:
    """The part of a line in which two looks of it differ."""
    before, after = _cells(old, width), _cells(new, width)
    start = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        start += 1
    end = 0
    for one, other in zip(reversed(before[start:]), reversed(after[start:]), strict=False):
        if one != other:
            break
        end += 1
    left = width_of(tuple((text, "") for text, _ in after[:start]))
    # What stays at the end stays in its place only because both lines are padded to the same width.
    right = width_of(tuple((text, "") for text, _ in after[len(after) - end :])) if end else 0
    return Region(left, y, max(width - left - right, 0), 1)


def _cells(line: Painted, width: int) -> list[Run]:
    """A line as single characters with their tones, padded to the width; the ink of a blank does not count."""
    rest = max(width - width_of(line.runs), 0)
    return [
        (character, tone if character != " " or tone in _FILLED else "")
        for text, tone in (*line.runs, (" " * rest, line.fill))
        for character in text
    ]
