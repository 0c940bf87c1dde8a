"""The table of the app's panes: thousands of rows, a cursor, a filter, sorting; a few hundred bytes a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.message import Message

from core.records import dataclass
from tui.widgets.columns import MARKER, Column, Placed, instead_of_rows, place, row_runs, titles, under_cursor
from tui.widgets.line_widget import LineWidget, RenderedLine
from tui.widgets.rows import Row, haystack, matching, ordered
from tui.widgets.runs import Runs

MAX_CACHED_ROWS = 4096
"""The number of rows whose rendered text is cached."""


class Table(LineWidget):
    """Rows in columns, one of them under the cursor.

    What is under the cursor is remembered by its key: it stays through `set_rows`, `sort` and `filter`, and returns
    when a filter that hid it is lifted, unless the user has moved on meanwhile.
    """

    @dataclass
    class Highlighted(Message):
        """The cursor is on another row now; `key` is None when there is no row left."""

        table: Table
        key: str | None

        @property
        def control(self) -> Table:
            """The table, for selectors of `@on`."""
            return self.table

        def can_replace(self, message: Message) -> bool:
            """A held key makes many of these: the newest says it all."""
            return isinstance(message, Table.Highlighted) and message.table is self.table

    @dataclass
    class Opened(Message):
        """Enter was pressed on a row, or it was clicked once more."""

        table: Table
        key: str

        @property
        def control(self) -> Table:
            """The table, for selectors of `@on`."""
            return self.table

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[Row] = (),
        *,
        header: bool = True,
        empty: str = "nothing here",
        gap: int = 1,
        follow: Callable[[str | None], None] | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """A table of `columns`. `empty` is shown when there are no rows at all; `gap` is the blank between columns.

        `follow` is called with the key under the cursor, as `Highlighted` is posted with it, but at once: what it
        repaints goes into the frame of the cursor's own move, where the message's handler would make a second frame.
        """
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._header = header
        self._empty = empty
        self._gap = gap
        self.follow = follow
        self._rows: Sequence[Row] = ()
        self._haystacks: list[str] | None = None
        self._order: list[int] = []
        self._filter = ""
        self._sort: tuple[str | None, bool] = (None, False)
        self._cursor = 0
        self._wanted: str | None = None
        self._told: str | None = None
        self._placed_for = -1
        self._placed: tuple[Placed, ...] = ()
        self._drawn: dict[int, Runs] = {}
        self._click_opens = False
        self.set_rows(rows)

    # What is shown.

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, in the order they were given."""
        return self._rows

    @property
    def shown(self) -> int:
        """How many rows the filter lets through."""
        return len(self._order)

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def place_hint(self) -> str:
        """Where the cursor is among the rows shown, as `12/551`."""
        return f"{self._cursor + 1 if self._order else 0}/{len(self._order)}"

    @property
    def filter_text(self) -> str:
        """The filter in force, empty when there is none."""
        return self._filter

    @property
    def sorted_by(self) -> tuple[str | None, bool]:
        """The key of the column the rows are sorted by (None: as given), and whether from the greatest down."""
        return self._sort

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self._order[self._cursor]] if self._order else None

    @property
    def selected_key(self) -> str | None:
        """The key of the row under the cursor."""
        row = self.selected
        return row.key if row else None

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The keys of the columns that fit, from left to right."""
        return tuple(placed.column.key for placed in self._layout(self.room.width))

    # What is asked of it.

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Give the columns other widths or another importance; there are as many, in the same order."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._placed_for = -1
            self._drawn.clear()

    def set_rows(self, rows: Sequence[Row], *, select: str | None = None) -> None:
        """Show other rows, with filter and sorting as they are.

        The cursor goes to the key `select`, or stays on its own; when that row is gone, it stays at its place.
        """
        self._wanted = select or self._wanted or self.selected_key
        if not any(row.key == self._wanted for row in rows):
            self._wanted = None
        self._rows = rows
        self._haystacks = None
        self._drawn.clear()
        self._reorder(otherwise=self._cursor)

    def filter(self, text: str) -> int:
        """Show only rows that hold every blank-separated word of `text`, in any case. Returns how many those are."""
        if text != self._filter:
            self._wanted = self._wanted or self.selected_key
            self._filter = text
            self._reorder(otherwise=0)
        return self.shown

    def sort(self, column: str | None, reverse: bool = False) -> None:
        """Sort by the column of that key, numbers as numbers and unknown last; None brings back the given order.

        Raises `KeyError` when there is no such column.
        """
        if column is not None:
            self._number_of(column)
        self._wanted = self._wanted or self.selected_key
        self._sort = (column, reverse)
        self._reorder(otherwise=0)

    def show_header(self, shown: bool) -> None:
        """Show the line of column titles, or give its line to the rows."""
        if shown != self._header:
            self._header = shown
            self.set_line_count(len(self._order) + shown)
            self._show_cursor()

    def select(self, key: str) -> bool:
        """Put the cursor on a row. False when there is none of that key, or the filter hides it."""
        index = self._index_of(key)
        if index is None:
            return False
        self._go(index)
        return True

    # Order and cursor.

    def _reorder(self, otherwise: int) -> None:
        if self._filter.strip():
            if self._haystacks is None:
                self._haystacks = [haystack(row) for row in self._rows]
            numbers = matching(self._haystacks, self._filter)
        else:
            numbers = list(range(len(self._rows)))
        column, reverse = self._sort
        self._order = ordered(self._rows, numbers, self._number_of(column), reverse) if column is not None else numbers
        index = self._index_of(self._wanted) if self._wanted is not None else None
        self._cursor = index if index is not None else max(min(otherwise, len(self._order) - 1), 0)
        self.set_line_count(len(self._order) + self._header)
        self._show_cursor()
        self._tell()

    def _index_of(self, key: str) -> int | None:
        rows = self._rows
        return next((index for index, number in enumerate(self._order) if rows[number].key == key), None)

    def _number_of(self, column: str) -> int:
        for number, candidate in enumerate(self._columns):
            if candidate.key == column:
                return number
        raise KeyError(column)

    def _go(self, index: int) -> None:
        if not self._order:
            return
        self._cursor = max(0, min(index, len(self._order) - 1))
        self._wanted = self.selected_key
        self._show_cursor()
        self._tell()

    def _show_cursor(self) -> None:
        """Bring the cursor into view, with the next two thirds of a screen: each scrolling sends every line."""
        height, top = self.page_size, self.scroll_offset.y
        if height > 0 and self._cursor < top:
            self.scroll_to_line(self._cursor - height * 2 // 3)
        elif height > 0 and self._cursor >= top + height:
            self.scroll_to_line(self._cursor - height // 3)
        self.repaint()

    def _tell(self) -> None:
        key = self.selected_key
        if key != self._told and self.is_attached:
            self._told = key
            if self.follow is not None:
                self.follow(key)
            self.post_highlighted(key)

    def post_highlighted(self, key: str | None) -> None:
        """Say that the cursor is on another row now."""
        self.post_message(self.Highlighted(self, key))

    # Keys and mouse.

    @property
    def page_size(self) -> int:
        """How many rows are on screen at once."""
        return max(self.room.height - self._header, 0)

    def step(self, lines: int) -> None:
        """Move the cursor by so many rows."""
        self._click_opens = True
        self._go(self._cursor + lines)

    def choose(self) -> None:
        """Open the row under the cursor."""
        key = self.selected_key
        if key is not None:
            self.post_message(self.Opened(self, key))

    def on_mount(self) -> None:
        """Say what the cursor is on to begin with."""
        self._tell()

    def on_focus(self) -> None:
        """The click that gives focus opens nothing."""
        self._click_opens = False

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; one more on the same row opens it."""
        at = event.get_content_offset(self)
        if at is None or at.y < self._header:
            return
        index = self.scroll_offset.y + at.y - self._header
        if index >= len(self._order):
            return
        if index == self._cursor and self._click_opens:
            self.choose()
        else:
            self._go(index)
        self._click_opens = True

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._show_cursor()

    # Drawing.

    def line_at(self, y: int, width: int) -> RenderedLine:
        """The header, a row, the word for "nothing here", or a blank line."""
        if self._header and y == 0:
            return titles(self._layout(width), self._sort, self._gap)
        line = y - self._header
        if not self._order:
            text = f'no match for "{self._filter.strip()}"' if self._rows else self._empty
            return instead_of_rows(text, line, width)
        index = self.scroll_offset.y + line
        if index >= len(self._order):
            return RenderedLine()
        runs = self._row_runs(self._order[index], width)
        return under_cursor(runs) if index == self._cursor else RenderedLine(runs)

    def _layout(self, width: int) -> tuple[Placed, ...]:
        if width != self._placed_for:
            self._placed = place(self._columns, width - len(MARKER), self._gap)
            self._placed_for = width
            self._drawn.clear()
        return self._placed

    def _row_runs(self, number: int, width: int) -> Runs:
        placed = self._layout(width)
        runs = self._drawn.get(number)
        if runs is None:
            if len(self._drawn) >= MAX_CACHED_ROWS:
                self._drawn.clear()
            runs = self._drawn[number] = row_runs(self._rows[number], placed, self._gap)
        return runs
