"""Text as the cells it takes on a terminal: one character for each cell, so that rows can be compared as strings.

A wide character is followed by `HALF`. What is more than one character in one cell, such as a letter with an accent of
its own, stands as one character of a private plane of Unicode; `Cells` knows which.
"""

from __future__ import annotations

import re
from typing import Final

from rich.cells import get_character_cell_size

UNKNOWN: Final = "\x00"
"""A cell of which nothing is known."""
HALF: Final = "\x01"
"""The right half of the wide character before it."""
_FIRST, _LAST = 0xF0000, 0x10FFFD
_ODD: Final = re.compile(f"[{HALF}\U000f0000-\U0010ffff]")


class Cells:
    """Turns text to cells and back, for one terminal."""

    def __init__(self) -> None:
        self._narrow: set[str] = set()
        self._clusters: dict[str, str] = {}
        self._told: dict[str, str] = {}

    def of(self, text: str) -> str:
        """The cells of a text."""
        if text.isascii() or self._narrow.issuperset(text):
            return text
        out: list[str] = []
        for character in text:
            width = get_character_cell_size(character)
            if "\U000f0000" <= character <= "\U0010fffd":
                out.append(self._cluster(character))
            elif width == 0 and out:
                at = len(out) - 1 - (out[-1] == HALF)
                out[at] = self._cluster(self._told.get(out[at], out[at]) + character)
            elif width == 0:
                continue  # an accent on what stands before this text, which was sent already
            else:
                out.append(character)
                if width == 1:
                    self._narrow.add(character)
            if width == 2:
                out.append(HALF)
        return "".join(out)

    def text(self, cells: str) -> str:
        """The text that fills these cells."""
        if cells.isascii() and HALF not in cells:
            return cells
        told = self._told
        return "".join(told.get(cell, cell) for cell in cells if cell != HALF)

    def _cluster(self, text: str) -> str:
        cell = self._clusters.get(text)
        if cell is None:
            cell = chr(_FIRST + len(self._clusters) % (_LAST - _FIRST))
            self._clusters[text], self._told[cell] = cell, text
        return cell


def is_odd(cells: str) -> bool:
    """Whether terminals may disagree about the columns of a row: it holds what is wide, or composed."""
    return _ODD.search(cells) is not None
