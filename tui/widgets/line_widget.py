"""The base class of line-drawn widgets: it stores each rendered line and repaints only lines that differ.

Textual's widgets repaint whole lines of many segments with full colour codes, which makes SSH links feel slow.
Here a line is one segment per tone; unchanged lines and the blanks after a line's text are not sent.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.palette import Palette, palette_of
from tui.widgets.runs import Run, Runs, Tone, width_of


class RenderedLine(NamedTuple):
    """How one line looks: its text, and the tone of the rest of the line ("" = the widget's own background)."""

    runs: Runs = ()
    fill: Tone = ""

    def extent(self, width: int) -> int:
        """How many cells of a line of `width` are not plain background."""
        return width if self.fill else min(width_of(self.runs), width)


class LineWidget(ScrollView, can_focus=True, inherit_bindings=False):
    """A scrollable widget of one-cell-high lines. A subclass says how a line looks (`line_at`), and what keys do.

    After any change a subclass calls `repaint`, never `refresh`.
    """

    ALLOW_SELECT = False
    FIXED_SIZE: ClassVar[bool] = False
    """Whether no size depends on the number of lines, so that another number needs no layout, which draws all lines."""
    FORWARDS_KEYS: ClassVar[bool] = True
    """No key ends here: all come to the app, which does what they mean."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "step(-1)", "Up", show=False, id="list.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("ctrl+d", "half_page(1)", "Half a page down", show=False, id="list.half_down"),
        Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False, id="list.half_up"),
        Binding("home,g", "edge(-1)", "First", show=False, id="list.first"),
        Binding("end,G", "edge(1)", "Last", show=False, id="list.last"),
        Binding("enter", "choose", "Open", show=False, id="list.choose"),
    ]

    DEFAULT_CSS = """
    LineWidget {
        background: $surface;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size: 0 0;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._sent: dict[int, RenderedLine] = {}
        self._sent_width = 0
        self._palette: Palette | None = None

    # What a subclass provides.

    def line_at(self, y: int, width: int) -> RenderedLine:
        """How the line at `y` (0 = the top of the widget's content) looks now, when `width` cells are there for it."""
        raise NotImplementedError

    def step(self, lines: int) -> None:
        """Do what moving by so many lines means here; down is positive."""
        raise NotImplementedError

    def choose(self) -> None:
        """Do what Enter means here."""
        raise NotImplementedError

    # Drawing.

    @property
    def room(self) -> Size:
        """The cells there are for lines: the content without scrollbars."""
        return self.scrollable_content_region.size

    def repaint(self) -> None:
        """Send the lines that look different from what is on screen, each up to the end of its text."""
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
                extent = width if old is None else max(new.extent(width), old.extent(width))
                regions.append(Region(0, y, extent, 1))
                self._sent[y] = new
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """One line for Textual to put on screen."""
        width = self.room.width
        if width != self._sent_width:
            self._sent.clear()
            self._sent_width = width
        line = self._sent[y] = self.line_at(y, width)
        return self._strip(line, width)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the widget."""
        plain = not self.styles.gutter and self.room.width == self.size.width
        return render_strips(self, crop, self.render_line) if plain else super().render_lines(crop)

    def set_line_count(self, count: int) -> None:
        """Set how many lines there are to scroll through; the view moves up when it would end beyond them."""
        if self.virtual_size.height != count:
            if self.FIXED_SIZE:
                self.set_reactive(Widget.virtual_size, Size(0, count))
            else:
                self.virtual_size = Size(0, count)
            if self.scroll_offset.y > self.max_scroll_y:
                self.scroll_to_line(self.max_scroll_y)

    def scroll_to_line(self, top: int) -> None:
        """Let `top` be the first line on screen, as far as there are lines below it; at once, without animation."""
        if self.is_attached:
            self.scroll_to(y=top, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Repaint what scrolling changed; the stock widget would send every line."""
        if self.show_vertical_scrollbar and self.styles.scrollbar_size_vertical:
            self.vertical_scrollbar.position = new_value
        if round(old_value) != round(new_value):
            self.repaint()

    # Looks.

    def watch_has_focus(self, _: bool) -> None:
        """Show the cursor as where the keys go, or not. No rule of CSS is about the focus, so none is looked for."""
        rows = [y for y, line in self._sent.items() if line.fill == "cursor"]
        if rows and self.is_attached:
            self.refresh(*(Region(0, y, self._sent_width, 1) for y in rows))

    def notify_style_update(self) -> None:
        """Paint all lines anew in the colours of another theme."""
        super().notify_style_update()
        if self._palette is not None and self._palette is not palette_of(self.app):
            self.refresh()

    def _strip(self, line: RenderedLine, width: int) -> Strip:
        self._palette = palette_of(self.app)
        return render_strip(line, width, self._palette, self.has_focus)

    # Keys.

    def action_step(self, lines: int) -> None:
        """Move by single lines."""
        self.step(lines)

    def action_page(self, pages: int) -> None:
        """Move by screens of lines, one line staying in view."""
        self.step(pages * max(self.page_size - 1, 1))

    def action_half_page(self, halves: int) -> None:
        """Move by half screens of lines."""
        self.step(halves * max(self.page_size // 2, 1))

    def action_edge(self, direction: int) -> None:
        """Move to the first or the last line."""
        self.step(direction * max(self.virtual_size.height, 1))

    def action_choose(self) -> None:
        """Open or follow what the cursor is on."""
        self.choose()

    @property
    def page_size(self) -> int:
        """How many lines that move are on screen at once."""
        return self.room.height


def render_strips(widget: Widget, crop: Region, line: Callable[[int], Strip]) -> list[Strip]:
    """Lines of a widget that has nothing around them, past Textual's work on borders, padding and tints."""
    strips = [line(y) for y in crop.line_range]
    for line_filter in widget.get_line_filters():
        _, ground = widget.background_colors
        strips = [one.apply_filter(line_filter, ground) for one in strips]
    if crop.column_span != (0, widget.size.width):
        strips = [one.crop(*crop.column_span) for one in strips]
    return strips


@lru_cache(maxsize=128)
def render_strip(line: RenderedLine, width: int, palette: Palette, focused: bool) -> Strip:
    """A line as Textual takes it: one segment for each tone, and for the rest of the line.

    Lines come back, blank ones and those the cursor passes above all: what was made of them is kept for a while.
    """
    rest = width - width_of(line.runs)
    runs: list[Run] = [*line.runs, (" " * rest, line.fill)] if rest > 0 else [*line.runs]
    segments: list[Segment] = []
    for text, tone in runs:
        style = palette.style(tone, focused)
        before = segments[-1] if segments else None
        # Blanks look the same in any ink: put with their neighbours they cost no colour codes of their own.
        if before and (before.style == style or (text.isspace() and _alike_when_blank(before.style, style))):
            segments[-1] = Segment(before.text + text, before.style)
        elif before and before.text.isspace() and _alike_when_blank(before.style, style):
            segments[-1] = Segment(before.text + text, style)
        else:
            segments.append(Segment(text, style))
    if rest >= 0:
        return Strip(segments, width)
    return Strip(segments, width - rest).adjust_cell_length(width, palette.style("", focused))


def _alike_when_blank(one: Style | None, other: Style | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.bgcolor, one.reverse, one.underline, one.strike, one.overline) == (
        other.bgcolor,
        other.reverse,
        other.underline,
        other.strike,
        other.overline,
    )
