"""Columns of prices in tables: as wide as their prices, with decimal points below each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Final, NamedTuple

from core.entities import ModelSpec
from core.formatting import fraction_of, price
from tui.widgets.runs import NumberCell
from tui.widgets.table_model import Column, Row

KINDS: Final = ("input", "output")
"""The kinds of prices in lists, which are the keys of their columns too."""


class PriceColumn(NamedTuple):
    """The cells that the prices of a column need before the point, and from it on."""

    before: int
    after: int

    @classmethod
    def of(cls, texts: Iterable[str], *, narrow: bool = False) -> PriceColumn:
        """The column for such prices; in a `narrow` one, long whole prices take the room of the decimals too."""
        fractions = {text: len(fraction_of(text)) for text in texts}
        after = max(fractions.values(), default=0)
        before = [len(text) - fraction for text, fraction in fractions.items() if fraction or not narrow]
        return cls(max([*before, max(map(len, fractions), default=0) - after], default=0), after)

    def aligned(self, cell: NumberCell) -> NumberCell:
        """A price with its point where the column has it."""
        room = self.before + self.after - len(cell.text)
        return cell._replace(text=cell.text + " " * min(self.after - len(fraction_of(cell.text)), room))


def cost_cell(costs: Mapping[str, float], kind: str, *, cents: bool = False) -> NumberCell:
    """A price in USD per million tokens, not aligned; `cents`: rounded to them."""
    return _amount_cell(costs.get(kind), cents=cents)


def _amount_cell(amount: float | None, *, cents: bool) -> NumberCell:
    if amount is not None and not isfinite(amount):
        return NumberCell(str(amount), None)
    return NumberCell(price(amount, cents=cents), amount)


def price_cells(spec: ModelSpec | None, *, cents: bool = False) -> tuple[NumberCell, NumberCell]:
    """The input and output price of a model, not aligned."""
    costs = spec.costs if spec is not None else {}
    return cost_cell(costs, "input", cents=cents), cost_cell(costs, "output", cents=cents)


def price_columns(specs: Iterable[ModelSpec | None], *, cents: bool = False) -> tuple[PriceColumn, PriceColumn]:
    """The columns of the input and output prices of models."""
    # Many models have the same prices: the texts of 551 models are made of 90 pairs.
    none: Mapping[str, float] = {}
    costs_of_all = (spec.costs if spec is not None else none for spec in specs)
    pairs = {(costs.get("input"), costs.get("output")) for costs in costs_of_all}
    first, last = (
        PriceColumn.of((_amount_cell(amount, cents=cents).text for amount in amounts), narrow=cents)
        for amounts in ({pair[0] for pair in pairs}, {pair[1] for pair in pairs})
    )
    return first, last


def widened(columns: Sequence[Column], prices: Iterable[PriceColumn]) -> tuple[Column, ...]:
    """The columns of a table, those of prices as wide as they must be."""
    widths = dict(zip(KINDS, (before + after for before, after in prices), strict=True))
    return tuple(replace(each, width=max(each.width, widths.get(each.key, 0))) for each in columns)


def aligned(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[tuple[Column, ...], list[Row]]:
    """A table whose prices are aligned, if it has any: its columns and its rows."""
    numbers = [number for number, column in enumerate(columns) if column.key in KINDS]
    if not numbers:
        return tuple(columns), list(rows)
    cells = {number: [row.cells[number] for row in rows] for number in numbers}
    placed = {
        number: PriceColumn.of(cell.text for cell in cells[number] if isinstance(cell, NumberCell))
        for number in numbers
    }
    shown = [
        replace(
            row,
            cells=tuple(
                placed[number].aligned(cell) if number in placed and isinstance(cell, NumberCell) else cell
                for number, cell in enumerate(row.cells)
            ),
        )
        for row in rows
    ]
    return widened(columns, placed.values()), shown
