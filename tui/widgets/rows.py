"""The rows of a table, and in which order which of them are shown. Pure; no widget here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from core.records import dataclass
from tui.widgets.runs import Cell, Tone


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `key` is its identity and unique in its table; `cells` stand in the order of the table's columns.

    `search` is the text that filters look into (all cells when empty); `tone` is that of cells without their own.
    """

    key: str
    cells: tuple[Cell, ...]
    search: str = ""
    tone: Tone = ""


UNKNOWN = frozenset({"", "-", "–", "?", "unknown", "none", "n/a"})

_NUMBER = re.compile(r"[$€£~<>=≤≥]*\s*([-+]?\d[\d,_]*(?:\.\d+)?|[-+]?\.\d+)\s*([kKMGT]?)(?:[bB]|%)?(?=$|[\s/,;:)])")
_TIMES = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


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


@lru_cache(maxsize=32768)
def amount(text: str) -> float | None:
    """The number a cell begins with: `0.25`, `$3`, `1,050,000`, `128k`, `12 of 20`, `3 / 15`. None when it has none.

    A name or a date that begins with digits (`3.5-sonnet`, `2025-01-31`) is no number.
    """
    found = _NUMBER.match(text.strip())
    if not found:
        return None
    return float(found[1].replace(",", "").replace("_", "")) * _TIMES[found[2]]


def ordered(rows: Sequence[Row], numbers: Sequence[int], column: int, reverse: bool) -> list[int]:
    """The numbers of rows sorted by one column: numbers by size, then texts by letter, and unknown last either way.

    Rows that are equal there keep their order.
    """
    known: list[tuple[tuple[int, float, str], int]] = []
    unknown: list[int] = []
    for number in numbers:
        text = text_of(rows[number], column).strip()
        if text.casefold() in UNKNOWN:
            unknown.append(number)
        elif (value := amount(text)) is not None:
            known.append(((0, value, ""), number))
        else:
            known.append(((1, 0.0, text.casefold()), number))
    known.sort(key=lambda item: item[0], reverse=reverse)
    return [number for _, number in known] + unknown
