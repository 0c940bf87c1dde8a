"""A list of fields: name, value, origin; and under the one that is typed into, what it takes or what is wrong."""

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
    """One line: its name, its value (empty: not set), and where that comes from."""

    name: str
    value: str
    origin: str = ""
    fixed: bool = False


class Fields(LineWidget):
    """Fields with a cursor. While one is typed into, a line below it is free for words about it."""

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
            """A held key makes many of these: the newest says it all."""
            return isinstance(message, Fields.Moved)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[FieldLine] = ()
        self._label = 12
        self._words: tuple[str, Tone] | None = None
        self.index = 0
        """The field under the cursor."""

    def set_fields(self, lines: Sequence[FieldLine]) -> None:
        """Show other fields; the cursor stays at its place."""
        self._lines = lines
        self._label = min(max((len(line.name) for line in lines), default=8), 28)
        self.index = max(min(self.index, len(lines) - 1), 0)
        self._count()

    def go_to(self, index: int) -> None:
        """Put the cursor on a field."""
        self.index = max(0, min(index, len(self._lines) - 1))
        self._show_cursor()

    def say(self, words: str | None, tone: Tone = "dim") -> None:
        """Say something below the field under the cursor; None takes the line away."""
        self._words = (words, tone) if words is not None else None
        self._count()

    def _count(self) -> None:
        self.set_line_count(len(self._lines) + (self._words is not None))
        self._show_cursor()

    def _show_cursor(self) -> None:
        last = self.index + (self._words is not None)
        top, height = self.scroll_offset.y, self.room.height
        if self.index < top:
            self.scroll_to_line(self.index)
        elif height > 0 and last >= top + height:
            self.scroll_to_line(last - height + 1)
        self.repaint()

    @property
    def value_left(self) -> int:
        """The cell at which values begin."""
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
        """Enter."""
        if self._lines:
            self.post_message(self.Chosen(self, self.index))

    def line_at(self, y: int, width: int) -> RenderedLine:
        """A field, or the words below the one under the cursor."""
        row = self.scroll_offset.y + y
        if self._words is not None and row > self.index:
            if row == self.index + 1:
                words, tone = self._words
                return RenderedLine(clip(((" " * self.value_left, ""), (words, tone)), width))
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
