"""A list of form fields (name, value, origin) with a cursor and a hint below the current field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.message import Message

from core.records import dataclass
from tui.widgets.line_widget import LineWidget, RenderedLine
from tui.widgets.runs import Runs, Tone, clip, fit, joined, width_of

MARKER = "> "
NOTHING = "-"


class FieldLine(NamedTuple):
    """A field: its name, its value (empty when not set), and the origin of the value."""

    name: str
    value: str
    origin: str = ""
    fixed: bool = False


class Fields(LineWidget):
    """A list of fields with a cursor and an optional hint line below the current field."""

    @dataclass
    class Chosen(Message):
        """Enter was pressed on a field."""

        fields: Fields
        index: int

        @property
        def control(self) -> Fields:
            """The widget, for selectors of `@on`."""
            return self.fields

    @dataclass
    class Moved(Message):
        """The cursor is on another field."""

        fields: Fields
        index: int

        def can_replace(self, message: Message) -> bool:
            """A held key posts many of these; only the newest matters."""
            return isinstance(message, Fields.Moved)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(self, id=id)
        self._lines: Sequence[FieldLine] = ()
        self._label = 12
        self._hint: tuple[str, Tone] | None = None
        self.index = 0
        """The field under the cursor."""

    def set_fields(self, lines: Sequence[FieldLine]) -> None:
        """Replace the fields; the cursor stays at its index."""
        self._lines = lines
        self._label = min(max((len(line.name) for line in lines), default=8), 28)
        self.index = max(min(self.index, len(lines) - 1), 0)
        self._count()

    def go_to(self, index: int) -> None:
        """Put the cursor on a field."""
        self.index = max(0, min(index, len(self._lines) - 1))
        self._show_cursor()

    def set_hint(self, text: str | None, tone: Tone = "dim") -> None:
        """Show a hint below the field under the cursor; None removes it."""
        self._hint = (text, tone) if text is not None else None
        self._count()

    def _count(self) -> None:
        self.set_line_count(len(self._lines) + (self._hint is not None))
        self._show_cursor()

    def _show_cursor(self) -> None:
        last = self.index + (self._hint is not None)
        top, height = self.scroll_offset.y, self.room.height
        if self.index < top:
            self.scroll_to_line(self.index)
        elif height > 0 and last >= top + height:
            self.scroll_to_line(last - height + 1)
        self.repaint()

    @property
    def position(self) -> str:
        """The field under the cursor, as `3/12`."""
        return f"{self.index + 1}/{len(self._lines)}" if self._lines else ""

    @property
    def value_left(self) -> int:
        """The column of cells where values start."""
        return len(MARKER) + self._label + 2

    @property
    def cursor_row(self) -> int:
        """The row of the field under the cursor, counted from the top of the widget."""
        return self.index - self.scroll_offset.y

    def step(self, lines: int) -> None:
        """Move the cursor."""
        before = self.index
        self.go_to(self.index + lines)
        if self.index != before:
            self.post_message(self.Moved(self, self.index))

    def choose(self) -> None:
        """Handle Enter."""
        if self._lines:
            self.post_message(self.Chosen(self, self.index))

    def lines_at(self, rows: range, width: int) -> list[RenderedLine]:
        """Fields, and the hint below the current one."""
        top = self.scroll_offset.y
        return [self._line_at(top + y, width) for y in rows]

    def _line_at(self, row: int, width: int) -> RenderedLine:
        if self._hint is not None and row > self.index:
            if row == self.index + 1:
                text, tone = self._hint
                return RenderedLine(clip(((" " * self.value_left, ""), (text, tone)), width))
            row -= 1
        if row >= len(self._lines):
            return RenderedLine()
        line = self._lines[row]
        runs = self._runs(line, width)
        if row != self.index:
            return RenderedLine(((" " * len(MARKER), ""), *runs))
        return RenderedLine(((MARKER + "".join(text for text, _ in runs), "cursor"),), "cursor")

    def _runs(self, line: FieldLine, width: int) -> Runs:
        room = width - self.value_left - 1
        origin = clip(((line.origin, "dim"),), room * 2 // 3)
        left = room - width_of(origin) - (1 if origin else 0)
        tone: Tone = "dim" if line.fixed or not line.value else ""
        value = fit(line.value or NOTHING, max(left, 8))
        return joined(
            [(fit(line.name, self._label) + "  ", "dim"), (value, tone), (" " if origin else "", ""), *origin]
        )
