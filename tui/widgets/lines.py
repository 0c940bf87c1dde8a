"""Widgets of styled text: a bar of one line, and scrolling lists of lines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.records import dataclass
from tui.widgets.line_widget import LineWidget, Palette, RenderedLine, cropped, palette_of, render_strip
from tui.widgets.runs import Runs, Tone, clip, joined, width_of, wrap


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its text in tones, and the target of its link (`link`; empty without one).

    A long line is wrapped and its continuation indented by `hang` more cells; with a negative `hang` it is cut.
    """

    spans: Runs = ()
    link: str = ""
    hang: int = 2


class Lines(LineWidget):
    """Read-only lines with a cursor that stops at links and is visible while the widget has the focus.

    Use `margin` instead of CSS padding or a border, which are sent with every changed line.
    """

    @dataclass
    class Followed(Message):
        """A link was chosen by Enter or a click: the index of its line, and its target."""

        lines: Lines
        index: int
        link: str

        @property
        def control(self) -> Lines:
            """The widget, for selectors of `@on`."""
            return self.lines

    @dataclass
    class Highlighted(Message):
        """The cursor moved to another line, by its index."""

        lines: Lines
        index: int

        @property
        def control(self) -> Lines:
            """The widget, for selectors of `@on`."""
            return self.lines

    def __init__(
        self, lines: Sequence[Line] = (), *, margin: int = 1, id: str | None = None, classes: str | None = None
    ) -> None:
        """Create the view of `lines`, with `margin` blank cells at both sides."""
        super().__init__(self, id=id, classes=classes)
        self._margin = margin
        self._lines: Sequence[Line] = ()
        self._cursor: int | None = None
        self._laid: list[tuple[int, Runs]] = []
        self._laid_for = -1
        self.set_lines(lines)

    @property
    def lines(self) -> Sequence[Line]:
        """The current lines."""
        return self._lines

    @property
    def cursor(self) -> int | None:
        """The index of the line under the cursor; None when no line is a link."""
        return self._cursor

    @property
    def position(self) -> str:
        """The cursor among the links, as `3/12`; without links the last row in view, where not all are."""
        links = self._links()
        if self._cursor is not None:
            return f"{links.index(self._cursor) + 1}/{len(links)}"
        total, height = len(self._laid), self.room.height
        return f"{min(self.scroll_offset.y + height, total)}/{total}" if total > height > 0 else ""

    def set_lines(self, lines: Sequence[Line], *, keep_place: bool = False) -> None:
        """Replace the lines and scroll to the top; with `keep_place` the position and the cursor stay."""
        cursor = self._cursor if keep_place else None
        self._lines = lines
        self._laid_for = -1
        links = self._links()
        self._cursor = cursor if cursor in links else next(iter(links), None)
        self._lay_out(self.room.width)
        self.scroll_to_line(self.scroll_offset.y if keep_place else 0)
        self.repaint()

    def go_to(self, index: int) -> None:
        """Move the cursor to a line with a link and scroll it into view."""
        if index in self._links():
            self._highlight(index)
            row = self.row_of(index)
            if not self._in_view(index):
                self.scroll_to_line(row - self.page_size // 2)
            self.repaint()

    def row_of(self, index: int) -> int:
        """The first row of a line, counted from 0."""
        return next((row for row, (line, _) in enumerate(self._laid) if line == index), 0)

    def step(self, lines: int) -> None:
        """Move to the next link in view, or scroll when there is none; by more than one line, scroll."""
        if abs(lines) == 1:
            self._to_link(lines)
            return
        self.scroll_to_line(self.scroll_offset.y + lines)
        visible = [index for index in self._links() if self._in_view(index)]
        if visible and self._cursor is not None and not self._in_view(self._cursor):
            self._highlight(visible[0] if lines < 0 else visible[-1])
        self.repaint()

    def _highlight(self, index: int) -> None:
        if index != self._cursor:
            self._cursor = index
            self.post_message(self.Highlighted(self, index))

    def choose(self) -> None:
        """Follow the link under the cursor."""
        if self._cursor is not None:
            self.post_message(self.Followed(self, self._cursor, self._lines[self._cursor].link))

    def on_click(self, event: events.Click) -> None:
        """Follow a clicked link."""
        at = event.get_content_offset(self)
        row = self.scroll_offset.y + at.y if at is not None else len(self._laid)
        if row < len(self._laid) and self._lines[self._laid[row][0]].link:
            self._highlight(self._laid[row][0])
            self.repaint()
            self.choose()

    def lines_at(self, rows: range, width: int) -> list[RenderedLine]:
        """Rows of wrapped lines."""
        self._lay_out(width)
        top, focused = self.scroll_offset.y, self.has_focus
        return [self._line_at(top + y, focused) for y in rows]

    def _line_at(self, row: int, focused: bool) -> RenderedLine:
        if row >= len(self._laid):
            return RenderedLine()
        index, runs = self._laid[row]
        if index != self._cursor or not focused:
            return RenderedLine(runs)
        text = "".join(text for text, _ in runs)
        if text.startswith(" ") and row == self.row_of(index):
            text = ">" + text[1:]  # the sign of the cursor where there are no colours
        return RenderedLine(((text, "cursor"),), "cursor")

    def on_resize(self) -> None:
        """Wrap the lines to the new width; the layout sends the changes."""
        self._lay_out(self.room.width)
        self.notify_position()

    def _lay_out(self, width: int) -> None:
        if width == self._laid_for or width <= 0:
            return
        self._laid_for = width
        self._laid = [
            (index, runs)
            for index, line in enumerate(self._lines)
            for runs in _rows_of(line.spans, line.hang, width - 2 * self._margin, self._margin)
        ]
        self.set_line_count(len(self._laid))

    def _links(self) -> list[int]:
        return [index for index, line in enumerate(self._lines) if line.link]

    def _to_link(self, direction: int) -> None:
        current = self._cursor if self._cursor is not None else -1
        ahead = [index for index in self._links() if (index - current) * direction > 0]
        target = (ahead[0] if direction > 0 else ahead[-1]) if ahead else None
        if target is None or not self._in_view(target):
            far = target is not None and self.page_size > 2
            self.scroll_to_line(self.scroll_offset.y + direction * (self.page_size // 2 if far else 1))
        if target is not None and self._in_view(target):
            self._highlight(target)
        self.repaint()

    def _in_view(self, index: int) -> bool:
        row = next((row for row, (line, _) in enumerate(self._laid) if line == index), -1)
        return self.scroll_offset.y <= row < self.scroll_offset.y + self.page_size


@lru_cache(maxsize=1024)
def _rows_of(spans: Runs, hang: int, width: int, margin: int) -> tuple[Runs, ...]:
    """The rows of a line. Cached: half of the lines of an item are in the one shown before, too."""
    rows = wrap(spans, width, hang) if hang >= 0 else [clip(spans, width)]
    return tuple(joined([(" " * margin, ""), *runs]) if runs else () for runs in rows)


class Inspector(Lines):
    """The right side of the main screen: the selected item."""

    FIXED_SIZE = True


class Bar(Widget):
    """One line: text at the left, text at the right, and blanks or a rule between them.

    When both do not fit, the left text is cut: the right text is shorter and more important.
    """

    DEFAULT_CSS = """
    Bar { height: 1; width: 1fr; background: $surface; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._content: tuple[Runs, Runs, str, Tone, bool] = ((), (), "", "dim", False)
        self._palette: Palette | None = None

    def show(
        self, left: Runs, right: Runs = (), *, rule: str = "", rule_tone: Tone = "dim", yields: bool = False
    ) -> None:
        """Set the content of the line. The right text `yields` where the left one would be cut for it."""
        content = (left, right, rule, rule_tone, yields)
        if content != self._content:
            self._content = content
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Render the line for Textual."""
        width = self.size.width
        self._palette = palette_of(self.app)
        return render_strip(RenderedLine(self._runs(width)), width, self._palette, False)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render a region of the widget."""
        if self.styles.gutter:
            return super().render_lines(crop)
        return cropped(self, crop, [self.render_line(y) for y in crop.line_range])

    def notify_style_update(self) -> None:
        """Repaint the line after a change of the theme."""
        super().notify_style_update()
        if self._palette is not None and self._palette is not palette_of(self.app):
            self.refresh()

    def _runs(self, width: int) -> Runs:
        left, right, rule, tone, yields = self._content
        right = () if yields and width_of(left) + width_of(right) + 2 > width else clip(right, width)
        left = clip(left, max(width - width_of(right) - (1 if right else 0), 0))
        room = width - width_of(left) - width_of(right)
        between = " " * room if right else ""
        if rule and room > 1:
            between = " " + rule * (room - (2 if right else 1)) + (" " if right else "")
        return joined([*left, (between, tone if rule else ""), *right])
