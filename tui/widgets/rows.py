"""The rows of a table: filtering and sorting. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.records import dataclass
from tui.widgets.runs import Cell, NumberCell, Tone


@dataclass(frozen=True, slots=True)
class Row:
    """A row. `key` identifies it in its table; `cells` are in the order of the table's columns.

    `search` is the text for filters (all cells when empty); `tone` applies to cells without a tone.
    """

    key: str
    cells: tuple[Cell, ...]
    search: str = ""
    tone: Tone = ""


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
    words = text.casefold().split()
    if not words:
        return list(range(len(texts)))
    return [number for number, content in enumerate(texts) if all(word in content for word in words)]


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
