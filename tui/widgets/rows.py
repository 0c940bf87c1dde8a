"""The rows of a table, and in which order which of them are shown. Pure; no widget here."""

from __future__ import annotations

from collections.abc import Sequence

from core.records import dataclass
from tui.widgets.runs import Cell, NumberCell, Tone


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `key` is its identity and unique in its table; `cells` stand in the order of the table's columns.

    `search` is the text that filters look into (all cells when empty); `tone` is that of cells without their own.
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


def haystack(row: Row) -> str:
    """What a filter looks into, folded so that upper and lower case are the same."""
    return (row.search or " ".join(text_of(row, number) for number in range(len(row.cells)))).casefold()


def matching(haystacks: Sequence[str], text: str) -> list[int]:
    """The numbers of the rows whose haystack holds every blank-separated word of `text`."""
    words = text.casefold().split()
    if not words:
        return list(range(len(haystacks)))
    return [number for number, hay in enumerate(haystacks) if all(word in hay for word in words)]


def ordered(rows: Sequence[Row], numbers: Sequence[int], column: int, reverse: bool) -> list[int]:
    """The numbers of rows sorted by one column: numbers by value, texts by letter, unknown last in either order.

    Rows that are equal there keep their order.
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
