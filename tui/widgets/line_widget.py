"""The base class of line-drawn widgets: it stores each rendered line and repaints only lines that differ.

Textual's widgets repaint whole lines of many segments with full colour codes, which makes SSH links feel slow.
Here a line is one segment per tone; unchanged lines and the blanks after a line's text are not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Final, NamedTuple, Protocol
from weakref import WeakKeyDictionary

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from tui.widgets.runs import Run, Runs, Tone, width_of

_INKS: Final[Mapping[Tone, str]] = {
    "dim": "text-muted",
    "bad": "text-error",
    "warn": "text-warning",
    "good": "text-success",
    "accent": "text-accent",
}


class Palette:
    """The style of each tone in one theme.

    It is looked up once for all widgets: as component classes, nine tones of seven widgets would be matched against
    every rule of the style sheet at each start. Filters of colours are applied to the tones once, not to each line.
    """

    def __init__(
        self, theme: Theme, variables: Mapping[str, str], colourless: bool, filters: Sequence[LineFilter]
    ) -> None:
        self.theme = theme
        self.filters = filters
        self._variables = variables
        self._colourless = colourless
        self._styles: dict[tuple[Tone, bool], Style] = {}

    def style(self, tone: Tone, focused: bool) -> Style:
        """The style of a tone; `focused` changes that of the cursor only."""
        style = self._styles.get((tone, focused))
        if style is None:
            style = self._styles[(tone, focused)] = self._filtered(self._make(tone, focused))
        return style

    def _filtered(self, style: Style) -> Style:
        segments = [Segment(" ", style)]
        for line_filter in self.filters:
            segments = line_filter.apply(segments, self._ground("surface"))
        return segments[0].style or style

    def _make(self, tone: Tone, focused: bool) -> Style:
        if tone == "header":
            # Not the ground of the cursor without focus.
            return self._mix("foreground", "surface", "bold underline" if self._colourless else "underline")
        if tone == "cursor":
            prefix = "block-cursor" if focused else "block-cursor-blurred"
            text_style = "reverse" if self._colourless and focused else self._variables[f"{prefix}-text-style"]
            return self._mix(f"{prefix}-foreground", f"{prefix}-background", text_style)
        return self._mix(_INKS.get(tone, "foreground"), "surface", "bold" if tone == "heading" else "")

    def _mix(self, ink: str, ground: str, text_style: str) -> Style:
        background = self._ground(ground)
        over = background + self._colour(ink, background)
        return Style.from_color(over.rich_color, background.rich_color) + Style.parse(text_style)

    def _ground(self, name: str) -> Color:
        background = Color(0, 0, 0)
        for layer in ("background", "surface", name):
            background += self._colour(layer, background)
        return background

    def _colour(self, name: str, background: Color) -> Color:
        """The colour of a variable: `#8a8a8a`, `ansi_default 50%`, `transparent`, or `auto 60%`, which contrasts."""
        word, _, share = self._variables[name].partition(" ")
        alpha = float(share.rstrip("%")) / 100 if share else 1.0
        return background.get_contrast_text(alpha) if word == "auto" else Color.parse(word).multiply_alpha(alpha)


_palettes: WeakKeyDictionary[App[Any], Palette] = WeakKeyDictionary()


def palette_of(app: App[Any]) -> Palette:
    """The palette of the current theme of an app; the same object until the theme changes."""
    theme, filters = app.current_theme, app.get_line_filters()
    palette = _palettes.get(app)
    if palette is None or palette.theme is not theme or palette.filters != filters:
        palette = _palettes[app] = Palette(theme, app.get_css_variables(), app.no_color, filters)
    return palette


class RenderedLine(NamedTuple):
    """A rendered line: its text, and the tone of the rest of the line ("": the background of the widget)."""

    runs: Runs = ()
    fill: Tone = ""

    def extent(self, width: int) -> int:
        """The number of cells up to the end of the text, or `width` when the rest has a tone."""
        return width if self.fill else min(width_of(self.runs), width)


class LineSource(Protocol):
    """Renders the lines of a line widget, and handles its keys."""

    def lines_at(self, rows: range, width: int) -> Sequence[RenderedLine]:
        """The lines at `rows` (0: the top of the content), each in `width` cells."""

    def step(self, lines: int) -> None:
        """Move by a number of lines; down is positive."""

    def choose(self) -> None:
        """Handle Enter."""


class LineWidget(ScrollView, can_focus=True, inherit_bindings=False):
    """A scrollable widget of one-cell-high lines, which its source renders.

    After any change of the lines `repaint` is called, never `refresh`.
    """

    ALLOW_SELECT = False
    FIXED_SIZE: ClassVar[bool] = False
    """Whether no size depends on the number of lines, so that another number needs no layout, which draws all lines."""
    FORWARDS_KEYS: ClassVar[bool] = True
    """Whether the widget handles no key event itself: all reach the app, which runs the bindings."""

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

    def __init__(self, source: LineSource, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._source = source
        self._sent: dict[int, RenderedLine] = {}
        self._sent_width = 0
        self._palette: Palette | None = None
        self.on_position: Callable[[], None] | None = None
        """Called when `position` has changed, before the lines are sent: both are one frame."""
        self._told_position = ""

    @property
    def position(self) -> str:
        """The position of the cursor among the lines, as `12/551`; empty where that says nothing."""
        return ""

    def notify_position(self) -> None:
        """Call `on_position` if the position has changed since."""
        if self.on_position is not None and self.position != self._told_position:
            self._told_position = self.position
            self.on_position()

    @property
    def room(self) -> Size:
        """The size of the content without scrollbars."""
        return self.scrollable_content_region.size

    def repaint(self) -> None:
        """Send the lines that differ from the screen, each up to the end of its text."""
        if not self.is_attached:
            return
        self.notify_position()
        width, height = self.room
        if width != self._sent_width:
            self.refresh()
            return
        regions = []
        for y, new in enumerate(self._source.lines_at(range(height), width)):
            old = self._sent.get(y)
            if new != old:
                extent = width if old is None else max(new.extent(width), old.extent(width))
                regions.append(Region(0, y, extent, 1))
                self._sent[y] = new
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """Render one line for Textual."""
        return self._strips(range(y, y + 1), self.room.width)[0]

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render a region of the widget."""
        width = self.room.width
        if self.styles.gutter or width != self.size.width:
            return super().render_lines(crop)
        return cropped(self, crop, self._strips(crop.line_range, width))

    def _strips(self, rows: range, width: int) -> list[Strip]:
        if width != self._sent_width:
            self._sent.clear()
            self._sent_width = width
        lines = self._source.lines_at(rows, width)
        self._sent.update(zip(rows, lines, strict=True))
        self._palette = palette = palette_of(self.app)
        focused = self.has_focus
        return [render_strip(line, width, palette, focused) for line in lines]

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
        """Scroll so that `top` is the first line, as far as there are lines below it; without animation."""
        if self.is_attached:
            self.scroll_to(y=top, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Repaint the lines that scrolling changed; Textual would send every line."""
        if self.show_vertical_scrollbar and self.styles.scrollbar_size_vertical:
            self.vertical_scrollbar.position = new_value
        if round(old_value) != round(new_value):
            self.repaint()

    def watch_has_focus(self, _: bool) -> None:
        """Repaint the cursor. No CSS rule depends on the focus, so none is matched."""
        rows = [y for y, line in self._sent.items() if line.fill == "cursor"]
        if rows and self.is_attached:
            self.refresh(*(Region(0, y, self._sent_width, 1) for y in rows))

    def notify_style_update(self) -> None:
        """Repaint all lines after a change of the theme."""
        super().notify_style_update()
        if self._palette is not None and self._palette is not palette_of(self.app):
            self.refresh()

    def move(self, binding_id: str) -> bool:
        """Make the move of a binding; false when it makes none."""
        move, _, amount = _ACTIONS.get(binding_id, "").partition("(")
        if amount:
            getattr(self, f"action_{move}")(int(amount.rstrip(")")))
        return bool(amount)

    def action_step(self, lines: int) -> None:
        """Move by single lines."""
        self._source.step(lines)

    def action_page(self, pages: int) -> None:
        """Move by screens of lines, less one line."""
        self._source.step(pages * max(self.page_size - 1, 1))

    def action_half_page(self, halves: int) -> None:
        """Move by half screens of lines."""
        self._source.step(halves * max(self.page_size // 2, 1))

    def action_edge(self, direction: int) -> None:
        """Move to the first or the last line."""
        self._source.step(direction * max(self.virtual_size.height, 1))

    def action_choose(self) -> None:
        """Open the item under the cursor."""
        self._source.choose()

    @property
    def page_size(self) -> int:
        """The number of scrollable lines on screen."""
        return self.room.height


_ACTIONS: Final = {
    binding.id: binding.action for binding in LineWidget.BINDINGS if isinstance(binding, Binding) and binding.id
}


def cropped(widget: Widget, crop: Region, strips: list[Strip]) -> list[Strip]:
    """The lines of a region of a widget without border, padding and tint; faster than Textual."""
    if crop.column_span != (0, widget.size.width):
        strips = [strip.crop(*crop.column_span) for strip in strips]
    return strips


@lru_cache(maxsize=128)
def render_strip(line: RenderedLine, width: int, palette: Palette, focused: bool) -> Strip:
    """A line as a strip: one segment per tone, and one for the rest of the line.

    Cached, as lines recur: blank lines, and lines that the cursor passes.
    """
    free_width = width - width_of(line.runs)
    runs: list[Run] = [*line.runs, (" " * free_width, line.fill)] if free_width > 0 else [*line.runs]
    segments: list[Segment] = []
    for text, tone in runs:
        style = palette.style(tone, focused)
        before = segments[-1] if segments else None
        # Blanks look the same in any foreground: joined with their neighbours they need no colour codes.
        if before and (before.style == style or (text.isspace() and _alike_when_blank(before.style, style))):
            segments[-1] = Segment(before.text + text, before.style)
        elif before and before.text.isspace() and _alike_when_blank(before.style, style):
            segments[-1] = Segment(before.text + text, style)
        else:
            segments.append(Segment(text, style))
    if free_width >= 0:
        return Strip(segments, width)
    return Strip(segments, width - free_width).adjust_cell_length(width, palette.style("", focused))


def _alike_when_blank(left: Style | None, right: Style | None) -> bool:
    if left is None or right is None:
        return left is right
    return _on_blanks(left) == _on_blanks(right)


def _on_blanks(style: Style) -> tuple[object, ...]:
    return (style.bgcolor, style.reverse, style.underline, style.strike, style.overline)
