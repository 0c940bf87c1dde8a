"""A table widget with cursor, filter and sorting, for thousands of rows at a few hundred bytes per key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.message import Message

from core.records import dataclass
from tui.widgets.line_widget import LineWidget, RenderedLine
from tui.widgets.table_model import (
    Column,
    Row,
    TableLayout,
    matching,
    ordered,
    placeholder_line,
    search_text,
    titles,
    under_cursor,
)

MAX_MEASURED = 100
"""The number of rows to whose contents columns are fitted."""


class Table(LineWidget):
    """A table with a cursor on one row.

    The selection is stored by key: it survives `set_rows`, `sort` and `filter`, and is restored when a filter that hid
    it is cleared, unless the user has moved the cursor in between.
    """

    @dataclass
    class Highlighted(Message):
        """The cursor is on another row; `key` is None when no row is shown."""

        table: Table
        key: str | None

        @property
        def control(self) -> Table:
            """The table, for selectors of `@on`."""
            return self.table

        def can_replace(self, message: Message) -> bool:
            """A held key posts many of these; only the newest matters."""
            return isinstance(message, Table.Highlighted) and message.table is self.table

    @dataclass
    class Opened(Message):
        """A row was opened by Enter or by a second click."""

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
        """Create a table. `empty` is shown when there are no rows; `gap` is the number of blanks between columns.

        `follow` is called with the key under the cursor when `Highlighted` is posted, but synchronously: its repaints
        go into the frame of the cursor's move, where a message handler would cause a second frame.
        """
        super().__init__(self, id=id, classes=classes)
        self._columns = TableLayout(columns, gap, lambda: self.measured_rows)
        self._header = header
        self._empty = empty
        self.follow = follow
        self._rows: Sequence[Row] = ()
        self._search_texts: list[str] | None = None
        self._order: list[int] = []
        self._filter = ""
        self._sort: tuple[str | None, bool] = (None, False)
        self._cursor = 0
        self._target_key: str | None = None
        self._notified_key: str | None = None
        self._click_opens = False
        self.set_rows(rows)

    # Content.

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, in the order of `set_rows`."""
        return self._rows

    @property
    def shown(self) -> int:
        """The number of rows that match the filter."""
        return len(self._order)

    @property
    def measured_rows(self) -> Sequence[Row]:
        """The rows to whose contents columns are fitted: of many some, at even distances."""
        step = max(-(-len(self._rows) // MAX_MEASURED), 1)
        return [self._rows[number] for number in range(0, len(self._rows), step)]

    @property
    def rows_in_view(self) -> Sequence[Row]:
        """The rows on screen."""
        top = self.scroll_offset.y
        return [self._rows[number] for number in self._order[top : top + self.page_size]]

    @property
    def total(self) -> int:
        """The number of all rows."""
        return len(self._rows)

    @property
    def position(self) -> str:
        """The position of the cursor among the shown rows, as `12/551`."""
        return f"{self._cursor + 1 if self._order else 0}/{len(self._order)}"

    @property
    def filter_text(self) -> str:
        """The current filter; empty without one."""
        return self._filter

    @property
    def sorted_by(self) -> tuple[str | None, bool]:
        """The key of the sorted column (None: unsorted), and whether the order is descending."""
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
        """The keys of the visible columns, from left to right."""
        return tuple(placed.column.key for placed in self._columns.placed(self.room.width))

    # Changes.

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Change widths or priorities of the columns; their number and order must stay the same."""
        self._columns.set_columns(columns)

    def set_rows(self, rows: Sequence[Row], *, select: str | None = None) -> None:
        """Replace the rows; filter and sorting stay.

        The cursor moves to the key `select`, or stays on its row; when that row is gone, it stays at its index.
        """
        self._target_key = select or self._target_key or self.selected_key
        if self._target_key is not None and not any(row.key == self._target_key for row in rows):
            self._target_key = None
        self._rows = rows
        self._search_texts = None
        self._columns.clear()
        self._reorder(fallback=self._cursor)

    def filter(self, text: str) -> int:
        """Show only rows that contain every blank-separated word of `text`, ignoring case. Returns their number."""
        if text != self._filter:
            self._target_key = self._target_key or self.selected_key
            self._filter = text
            self._reorder(fallback=0)
        return self.shown

    def sort(self, column: str | None, reverse: bool = False) -> None:
        """Sort by a column: numbers by value, unknown values last; None restores the order of `set_rows`.

        Raises `KeyError` for an unknown column.
        """
        if column is not None:
            self._columns.number_of(column)
        self._target_key = self._target_key or self.selected_key
        self._sort = (column, reverse)
        self._reorder(fallback=0)

    def show_header(self, shown: bool) -> None:
        """Show or hide the line of column titles."""
        if shown != self._header:
            self._header = shown
            self._columns.clear()
            self.set_line_count(len(self._order) + shown)
            self._show_cursor()

    def select(self, key: str) -> bool:
        """Move the cursor to a row. False when it does not exist or is hidden by the filter."""
        index = self._index_of(key)
        if index is None:
            return False
        self._go(index)
        return True

    # Order and cursor.

    def _reorder(self, fallback: int) -> None:
        if self._filter.strip():
            if self._search_texts is None:
                self._search_texts = [search_text(row) for row in self._rows]
            numbers = matching(self._search_texts, self._filter)
        else:
            numbers = list(range(len(self._rows)))
        column, reverse = self._sort
        self._order = (
            ordered(self._rows, numbers, self._columns.number_of(column), reverse) if column is not None else numbers
        )
        index = self._index_of(self._target_key) if self._target_key is not None else None
        self._cursor = index if index is not None else max(min(fallback, len(self._order) - 1), 0)
        self.set_line_count(len(self._order) + self._header)
        self._show_cursor()
        self._notify_highlight()

    def _index_of(self, key: str) -> int | None:
        rows = self._rows
        return next((index for index, number in enumerate(self._order) if rows[number].key == key), None)

    def _go(self, index: int) -> None:
        if not self._order:
            return
        self._cursor = max(0, min(index, len(self._order) - 1))
        self._target_key = self.selected_key
        self._show_cursor()
        self._notify_highlight()

    def _show_cursor(self) -> None:
        """Scroll the cursor into view, by two thirds of a screen at once, as scrolling sends every line."""
        height, top = self.page_size, self.scroll_offset.y
        if height > 0 and self._cursor < top:
            self.scroll_to_line(self._cursor - height * 2 // 3)
        elif height > 0 and self._cursor >= top + height:
            self.scroll_to_line(self._cursor - height // 3)
        self.repaint()

    def _notify_highlight(self) -> None:
        key = self.selected_key
        if key != self._notified_key and self.is_attached:
            self._notified_key = key
            if self.follow is not None:
                self.follow(key)
            self.post_highlighted(key)

    def post_highlighted(self, key: str | None) -> None:
        """Post `Highlighted`."""
        self.post_message(self.Highlighted(self, key))

    # Keys and mouse.

    @property
    def page_size(self) -> int:
        """The number of rows on screen."""
        return max(self.room.height - self._header, 0)

    def step(self, lines: int) -> None:
        """Move the cursor by a number of rows."""
        self._click_opens = True
        self._go(self._cursor + lines)

    def choose(self) -> None:
        """Open the row under the cursor."""
        key = self.selected_key
        if key is not None:
            self.post_message(self.Opened(self, key))

    def on_mount(self) -> None:
        """Post the first highlight."""
        self._notify_highlight()

    def on_focus(self) -> None:
        """Ignore the click that gives the focus for opening."""
        self._click_opens = False

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to a clicked row; a second click opens it."""
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
        """Scroll the cursor into view."""
        self._show_cursor()

    # Rendering.

    def lines_at(self, rows: range, width: int) -> list[RenderedLine]:
        """The titles, rows, the text for an empty table, and blank lines."""
        top = self.scroll_offset.y
        return [self._line_at(y, top, width) for y in rows]

    def _line_at(self, y: int, top: int, width: int) -> RenderedLine:
        if self._header and y == 0:
            return titles(self._columns.placed(width), self._sort, self._columns.gap)
        line = y - self._header
        if not self._order:
            text = f'no match for "{self._filter.strip()}"' if self._rows else self._empty
            return placeholder_line(text, line, width)
        index = top + line
        if index >= len(self._order):
            return RenderedLine()
        number = self._order[index]
        runs = self._columns.runs(self._rows[number], number, width)
        return under_cursor(runs) if index == self._cursor else RenderedLine(runs)
