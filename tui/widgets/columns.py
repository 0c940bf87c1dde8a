"""Which columns of a table are shown at a width, where, and how wide. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.records import dataclass
from tui.widgets.runs import Align


@dataclass(frozen=True, slots=True)
class Column:
    """One column as its pane wishes it; widths in terminal cells.

    `width` is the least it needs to be of use. What is left over goes to columns with a `flex` weight, in proportion
    to it, up to `most`. When not all fit, the column with the greatest `priority` number leaves first, and of equal
    ones the rightmost; the most important column always stays. `key` names it for sorting.
    """

    title: str
    key: str
    width: int
    flex: int = 0
    most: int | None = None
    align: Align = "left"
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A column that is shown: its number among all columns (and so among a row's cells), and its width in cells."""

    number: int
    column: Column
    width: int


def place(columns: Sequence[Column], width: int, gap: int = 1) -> tuple[Placed, ...]:
    """The columns to show in `width` cells with `gap` blank cells between them, from left to right.

    The widths and gaps never add up to more than `width`, so nothing is ever scrolled sideways.
    """
    if width <= 0 or not columns:
        return ()
    kept = list(range(len(columns)))
    while len(kept) > 1 and _least(columns, kept, gap) > width:
        kept.remove(max(kept, key=lambda number: (columns[number].priority, number)))
    widths = {number: min(columns[number].width, width) for number in kept}
    _spread(columns, widths, width - _least(columns, kept, gap))
    return tuple(Placed(number, columns[number], widths[number]) for number in kept)


def _least(columns: Sequence[Column], kept: Sequence[int], gap: int) -> int:
    return sum(columns[number].width for number in kept) + gap * (len(kept) - 1)


def _spread(columns: Sequence[Column], widths: dict[int, int], spare: int) -> None:
    """Give spare cells to the flexible columns until there are none or every one is as wide as it may be."""
    while spare > 0:
        open_ = [number for number in widths if columns[number].flex > 0 and _room(columns[number], widths[number]) > 0]
        if not open_:
            return
        weight = sum(columns[number].flex for number in open_)
        before = spare
        for number in open_:
            share = min(before * columns[number].flex // weight, _room(columns[number], widths[number]))
            widths[number] += share
            spare -= share
        if spare == before:  # fewer cells than columns: one each, from the left
            for number in open_[:spare]:
                widths[number] += 1
                spare -= 1


def _room(column: Column, width: int) -> int:
    return 1_000_000 if column.most is None else column.most - width
