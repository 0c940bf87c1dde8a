"""The columns and rows of a table: layout in a width, rendering, filtering and sorting. Needs no widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar, overload

from rich.cells import cell_len

from core.records import dataclass
from tui.widgets.line_widget import RenderedLine
from tui.widgets.runs import Align, Cell, Cut, NumberCell, Run, Runs, Tone, clip, fit, joined, wrap

Item = TypeVar("Item")

MARKER: Final = "> "
"""Marks the row under the cursor, without colour."""
NO_MARKER: Final = "  "
MAX_CACHED_ROWS: Final = 4096
"""The number of rows whose rendered text is cached."""


@dataclass(frozen=True, slots=True)
class Column:
    """The specification of a column; widths in terminal cells.

    `width` is the minimum. Spare cells go to columns with a `flex` weight, in proportion to it, up to `max_width`.
    When not all fit, the column with the greatest `priority` number is hidden first, and of equal ones the rightmost;
    one column is always shown. `key` identifies it for sorting. Without `shown` it is hidden at every width.
    """

    title: str
    key: str
    width: int
    flex: int = 0
    max_width: int | None = None
    align: Align = "left"
    priority: int = 0
    shown: bool = True
    cut: Cut = "end"


@dataclass(frozen=True, slots=True)
class Placed:
    """A visible column: its index among all columns and in the cells of a row, and its width in cells."""

    number: int
    column: Column
    width: int


def place(
    columns: Sequence[Column], width: int, gap: int = 1, needed: Mapping[int, int] | None = None
) -> tuple[Placed, ...]:
    """The visible columns in `width` cells with `gap` blank cells between them, from left to right.

    The widths and gaps never add up to more than `width`, so nothing is ever scrolled sideways. `needed`: the widths
    of the contents of flexible columns; they get what they need before any of them gets more.
    """
    if width <= 0 or not columns:
        return ()
    indexes = [number for number, column in enumerate(columns) if column.shown]
    while len(indexes) > 1 and _min_width(columns, indexes, gap) > width:
        indexes.remove(max(indexes, key=lambda number: (columns[number].priority, number)))
    widths = {number: min(columns[number].width, width) for number in indexes}
    limits = {number: columns[number].max_width or _UNLIMITED for number in indexes if columns[number].flex}
    if needed is not None:
        enough = {number: max(min(needed.get(number, 0), limit), 1) for number, limit in limits.items()}
        widths |= {number: min(widths[number], enough[number]) for number in enough}
        _spread(columns, widths, width - _used(widths, gap), enough)
    _spread(columns, widths, width - _used(widths, gap), limits)
    return tuple(Placed(number, columns[number], widths[number]) for number in indexes)


def _min_width(columns: Sequence[Column], indexes: Sequence[int], gap: int) -> int:
    return sum(columns[number].width for number in indexes) + gap * (len(indexes) - 1)


def _used(widths: Mapping[int, int], gap: int) -> int:
    return sum(widths.values()) + gap * (len(widths) - 1)


def _spread(columns: Sequence[Column], widths: dict[int, int], spare: int, limits: Mapping[int, int]) -> None:
    """Give spare cells to flexible columns until all are used or every column has its limit."""
    while spare > 0:
        flexible = [number for number, limit in limits.items() if widths[number] < limit]
        if not flexible:
            return
        weight = sum(columns[number].flex for number in flexible)
        before = spare
        for number in flexible:
            share = min(before * columns[number].flex // weight, limits[number] - widths[number])
            widths[number] += share
            spare -= share
        if spare == before:  # fewer cells than columns: one each, from the left
            for number in flexible[:spare]:
                widths[number] += 1
                spare -= 1


_UNLIMITED = 1_000_000


def needed_widths(columns: Sequence[Column], rows: Sequence[Row]) -> Mapping[int, int]:
    """The widths that the titles and contents of flexible columns need, in cells, by the number of the column."""
    return {
        number: max([cell_len(column.title), *(cell_len(text_of(row, number)[:_LONGEST]) for row in rows)])
        for number, column in enumerate(columns)
        if column.flex and column.shown
    }


_LONGEST = 400


def row_runs(row: Row, placed: Sequence[Placed], gap: int) -> Runs:
    """The cells of a row in the visible columns, without trailing blanks, which need not be sent."""
    runs: list[Run] = [(NO_MARKER, "")]
    for column in placed:
        cell = row.cells[column.number] if column.number < len(row.cells) else ""
        if isinstance(cell, NumberCell):
            text, tone = cell.text, cell.tone or row.tone
        else:
            text, tone = (cell, row.tone) if isinstance(cell, str) else cell
        runs += [(fit(text, column.width, column.column.align, column.column.cut), tone), (" " * gap, "")]
    return _without_tail(joined(runs))


class TableLayout:
    """The columns of a table placed in a width, and its rendered rows, from a cache."""

    def __init__(self, columns: Sequence[Column], gap: int, measured_rows: Callable[[], Sequence[Row]]) -> None:
        """`gap`: blanks between columns; `measured_rows` returns the rows to whose contents columns are fitted."""
        self.columns = tuple(columns)
        self.gap = gap
        self._measured_rows = measured_rows
        self._width = -1
        self._placed: tuple[Placed, ...] = ()
        self._rendered: dict[int, Runs] = {}

    def clear(self) -> None:
        """Discard the widths and the rendered rows: the rows have changed, or the room for them."""
        self._width = -1
        self._rendered.clear()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Change widths or priorities of the columns; their number and order must stay the same."""
        if tuple(columns) != self.columns:
            self.columns = tuple(columns)
            self.clear()

    def number_of(self, key: str) -> int:
        """The number of a column. Raises KeyError for an unknown key."""
        for number, column in enumerate(self.columns):
            if column.key == key:
                return number
        raise KeyError(key)

    def placed(self, width: int) -> tuple[Placed, ...]:
        """The columns that are visible in a width."""
        if width != self._width:
            needed = needed_widths(self.columns, self._measured_rows())
            self._placed = place(self.columns, width - len(MARKER), self.gap, needed)
            self._rendered.clear()
            self._width = width
        return self._placed

    def runs(self, row: Row, number: int, width: int) -> Runs:
        """A row, rendered in a width; `number` is its index among all rows."""
        placed = self.placed(width)
        runs = self._rendered.get(number)
        if runs is None:
            if len(self._rendered) >= MAX_CACHED_ROWS:
                self._rendered.clear()
            runs = self._rendered[number] = row_runs(row, placed, self.gap)
        return runs


def under_cursor(runs: Runs) -> RenderedLine:
    """A row under the cursor: one run in one tone."""
    text = "".join(run for run, _ in runs)
    return RenderedLine(((MARKER + text[len(NO_MARKER) :], "cursor"),), "cursor")


def titles(placed: Sequence[Placed], sorted_by: tuple[str | None, bool], gap: int) -> RenderedLine:
    """The line of column titles; the sorted column has `^` after its title, or `v` in descending order."""
    key, reverse = sorted_by
    texts = []
    for column in placed:
        title = column.column.title
        if column.column.key == key:
            title = f"{title} {'v' if reverse else '^'}"
        texts.append(fit(title, column.width, column.column.align))
    return RenderedLine(((NO_MARKER + (" " * gap).join(texts), "header"),), "header")


def placeholder_line(text: str, line: int, width: int) -> RenderedLine:
    """A line of the text of an empty table; `line` counts from 0."""
    lines = wrap([(text, "dim")], width - len(NO_MARKER))
    return RenderedLine(clip([(NO_MARKER, ""), *lines[line]], width)) if line < len(lines) else RenderedLine()


def _without_tail(runs: Runs) -> Runs:
    result = list(runs)
    while result:
        text, tone = result.pop()
        if stripped := text.rstrip(" "):
            return (*result, (stripped, tone))
    return ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row. `key` identifies it in its table; `cells` are in the order of the table's columns.

    `search` is the text for filters (all cells when empty); `tone` applies to cells without a tone.
    """

    key: str
    cells: tuple[Cell, ...]
    search: str = ""
    tone: Tone = ""


class LazyRows(Sequence[Row]):
    """Rows that are made when they are first read: of a list that is not open, the few that are shown.

    Saves 4 % of the instructions to the first screen (`valgrind --tool=callgrind`), 10 of 305 ms of processor time:
    `python -m tests.benchmarks --only start`, also with `[make(item) for item in items]`.
    """

    def __init__(self, items: Sequence[Item], make: Callable[[Item], Row]) -> None:
        def made(number: int) -> Row:
            return make(items[number])

        self._rows: list[Row | None] = [None] * len(items)
        self._make = made

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        """A row, or several."""
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        row = self._rows[index]
        if row is None:
            row = self._rows[index] = self._make(index)
        return row


UNKNOWN = frozenset({"", "-", "–", "?"})
"""Texts of a cell without a value: they sort last."""


def text_of(row: Row, number: int) -> str:
    """The text of a cell, empty when the row has none there."""
    if number >= len(row.cells):
        return ""
    cell = row.cells[number]
    return cell if isinstance(cell, str) else cell[0]


def search_text(row: Row) -> str:
    """The text of a row for filters, case-folded."""
    return (row.search or " ".join(text_of(row, number) for number in range(len(row.cells)))).casefold()


def matching(texts: Sequence[str], text: str) -> list[int]:
    """The indexes of the search texts that contain every blank-separated word of `text`."""
    terms = text.casefold().split()
    if not terms:
        return list(range(len(texts)))
    return [number for number, content in enumerate(texts) if all(word in content for word in terms)]


def ordered(rows: Sequence[Row], numbers: Sequence[int], column: int, reverse: bool) -> list[int]:
    """The numbers of rows sorted by one column: numbers by value, texts by letter, unknown last in either order.

    The sort is stable.
    """
    sortable: list[tuple[tuple[bool, float, str], int]] = []
    unknown: list[int] = []
    for number in numbers:
        cell = rows[number].cells[column] if column < len(rows[number].cells) else ""
        if isinstance(cell, NumberCell):
            key = (False, cell.value, "") if cell.value is not None else None
        else:
            text = text_of(rows[number], column).strip()
            key = (True, 0.0, text.casefold()) if text not in UNKNOWN else None
        if key is not None:
            sortable.append((key, number))
        else:
            unknown.append(number)
    sortable.sort(key=lambda item: item[0], reverse=reverse)
    return [number for _, number in sortable] + unknown
