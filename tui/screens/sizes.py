"""How the main screen divides the cells there are. Pure."""

from __future__ import annotations

from typing import NamedTuple

MIN_COLUMNS, MIN_ROWS = 60, 16


class Sizes(NamedTuple):
    """Cells for the panes at the left, for a line of the inspector, and for the rows of a pane that is not current."""

    left: int
    inspector: int
    others: int

    @classmethod
    def of(cls, columns: int, rows: int) -> Sizes:
        """The division of a terminal of that size. Extra columns go to both sides: lists then show more of theirs."""
        left = min(max(34 + (columns - 80) * 55 // 100, 27), 130)
        # The inspector has a rule at its left, and a blank on both sides of its text.
        others = 0 if rows < 20 else 1 if rows < 28 else 2 if rows < 36 else 3
        return cls(left, columns - left - 3, others)


def too_small(columns: int, rows: int) -> bool:
    """Whether a terminal is too small to show anything of use."""
    return columns < MIN_COLUMNS or rows < MIN_ROWS
