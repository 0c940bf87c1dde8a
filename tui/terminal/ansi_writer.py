"""Writes rows to a terminal as the shortest escape sequences for the cursor position and the style in effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rich.cells import get_character_cell_size

from tui.terminal.sgr import NO_STYLE, Styles

Row = tuple[str, str]
"""The cells of a row, and for each cell the character of its style."""

_MAX_GAP: Final = 4
"""Unchanged cells that are sent anyway: a move would be longer."""
_MIN_ERASE: Final = 4
_MIN_SKIP: Final = 12
"""The number of blanks at the end of a row, and inside it, from which they are erased instead of sent."""
_LONG_BLANK: Final = re.compile(rf"( {{{_MIN_SKIP},}})")
UNKNOWN: Final = "\x00"
"""A cell with unknown content."""
HALF: Final = "\x01"
"""The right half of the wide character before it."""
_FIRST, _LAST = 0xF0000, 0x10FFFD
_ODD: Final = re.compile(f"[{HALF}\U000f0000-\U0010ffff]")
_KNOWN: Final = re.compile(f"[^{UNKNOWN}]+")


class Cells:
    """Converts text to cells and back, for one terminal.

    A string of cells has one character per cell, so that rows can be compared as strings. A wide character is followed
    by `HALF`. Several characters in one cell, such as a letter with a combining accent, are one character of a private
    plane of Unicode.
    """

    def __init__(self) -> None:
        self._narrow: set[str] = set()
        self._clusters: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def of(self, text: str) -> str:
        """The cells of a text."""
        if text.isascii() or self._narrow.issuperset(text):
            return text
        result: list[str] = []
        for character in text:
            width = get_character_cell_size(character)
            if "\U000f0000" <= character <= "\U0010fffd":
                result.append(self._cluster(character))
            elif width == 0 and result:
                at = len(result) - 1 - (result[-1] == HALF)
                result[at] = self._cluster(self._texts.get(result[at], result[at]) + character)
            elif width == 0:
                continue  # an accent on the character before this text, which was sent already
            else:
                result.append(character)
                if width == 1:
                    self._narrow.add(character)
            if width == 2:
                result.append(HALF)
        return "".join(result)

    def text(self, cells: str) -> str:
        """The text that fills these cells."""
        if cells.isascii() and HALF not in cells:
            return cells
        texts = self._texts
        return "".join(texts.get(cell, cell) for cell in cells if cell != HALF)

    def _cluster(self, text: str) -> str:
        cell = self._clusters.get(text)
        if cell is None:
            cell = chr(_FIRST + len(self._clusters) % (_LAST - _FIRST))
            self._clusters[text], self._texts[cell] = cell, text
        return cell


def is_odd(cells: str) -> bool:
    """Whether terminals may disagree about the columns of a row: it has wide or composed characters."""
    return _ODD.search(cells) is not None


class AnsiWriter:
    """Writes rows to one terminal; tracks the cursor position and the style in effect."""

    def __init__(self, styles: Styles, cells: Cells) -> None:
        self._styles = styles
        self._cells = cells
        self.erases = True
        """Whether erased cells get the current background, as in nearly all terminals."""
        self.width = 0
        """The number of cells in a row; 0 when unknown."""
        self.style = styles.plain
        self._at: tuple[int, int] | None = None

    def forget_position(self) -> None:
        """Treat the cursor position as unknown."""
        self._at = None

    def move(self, row: int, column: int, output: list[str]) -> None:
        """Move the cursor to a cell, counted from 1."""
        if self._at == (row, column):
            return
        ahead = column - self._at[1] if self._at is not None and self._at[0] == row else 0
        if ahead == 1:
            output.append("\x1b[C")
        elif ahead > 1:
            output.append(f"\x1b[{ahead}C")
        elif column == 1:
            output.append("\x1b[H" if row == 1 else f"\x1b[{row}H")
        else:
            output.append(f"\x1b[{row};{column}H")
        self._at = (row, column)

    def set_style(self, style: str, output: list[str]) -> None:
        """Switch to a style."""
        if style != self.style:
            output.append(self._styles.between(self.style, style))
            self.style = style

    def clear(self, style: str, output: list[str]) -> None:
        """Fill the screen with the background of a style."""
        self.set_style(style, output)
        output.append("\x1b[2J")

    def row(self, number: int, new: Row, old: Row, output: list[str]) -> None:
        """Write the differences of a row."""
        cells, styles = new
        length = len(cells)
        before, styles_before = old[0].ljust(length, UNKNOWN), old[1].ljust(length, NO_STYLE)
        if (cells, styles) == (before, styles_before):
            return
        if is_odd(cells) or is_odd(before):
            # No half of a wide character may remain: all known cells of the row are sent.
            if next(self._spans(cells, styles, before, styles_before), None) is not None:
                for match in _KNOWN.finditer(cells):
                    self.forget_position()
                    self.move(number, match.start() + 1, output)
                    self._write(match[0], styles[match.start() : match.end()], output, every_cell=True)
                self.forget_position()
            return
        tail = self._tail(cells, styles)
        for start, end in self._spans(cells, styles, before, styles_before):
            self.move(number, start + 1, output)
            if end - max(tail, start) >= _MIN_ERASE:
                shown = max(tail, start)
                self._write(cells[start:shown], styles[start:shown], output)
                self._at = (number, shown + 1)
                self._set_ground(styles[shown], output)
                output.append("\x1b[K")
                break
            self._write(cells[start:end], styles[start:end], output)
            # At the right edge terminals differ in their cursor position.
            self._at = (number, end + 1) if end < length and end != self.width else None

    def _set_ground(self, style: str, output: list[str]) -> None:
        if self._styles.blanks[style] != self._styles.blanks[self.style]:
            self.set_style(style, output)

    def _tail(self, cells: str, styles: str) -> int:
        """The start of the blanks up to the edge of the terminal that can be erased."""
        length = len(cells)
        if not self.erases or length != self.width or not styles:
            return length
        start = len(cells.rstrip(" "))
        blanks, look = self._styles.blanks, self._styles.blanks[styles[-1]]
        if start < length and self._styles.is_flat(styles[-1]):
            at = length
            while at > start and blanks[styles[at - 1]] == look:
                at = start + len(styles[start:at].rstrip(styles[at - 1]))
            return at
        return length

    def _spans(self, cells: str, styles: str, before: str, styles_before: str) -> Iterator[tuple[int, int]]:
        """The spans to write: the differences, joined where a move would cost more than the cells between."""
        blanks = self._styles.blanks
        start = last = -1
        for at, (cell, old_cell, style, old_style) in enumerate(zip(cells, before, styles, styles_before, strict=True)):
            if cell == old_cell:
                if style == old_style or (cell == " " and blanks[style] == blanks[old_style]):
                    continue
            elif cell == UNKNOWN:
                continue
            if start < 0:
                start = at
            elif at - last > 1 and not self._worth_joining(cells, styles, last, at):
                yield start, last + 1
                start = at
            last = at
        if start >= 0:
            yield start, last + 1

    def _worth_joining(self, cells: str, styles: str, last: int, at: int) -> bool:
        if at - last - 1 > _MAX_GAP or UNKNOWN in cells[last:at]:
            return False
        blanks, look = self._styles.blanks, self._styles.blanks[styles[last]]
        return all(
            styles[gap] == styles[last] or (cells[gap] == " " and blanks[styles[gap]] == look)
            for gap in range(last + 1, at)
        )

    def _write(self, cells: str, styles: str, output: list[str], *, every_cell: bool = False) -> None:
        """Write cells from the cursor position."""
        blanks = self._styles.blanks
        while cells:
            style = styles[0]
            remaining = len(styles.lstrip(style))
            run = cells[: len(cells) - remaining]
            cells, styles = cells[len(run) :], styles[len(run) :]
            if style != self.style and not (blanks[style] == blanks[self.style] and run.isspace()):
                output.append(self._styles.between(self.style, style))
                self.style = style
            if self.erases and not every_cell and len(run) > _MIN_SKIP and self._styles.is_flat(style):
                for number, piece in enumerate(_LONG_BLANK.split(run)):
                    output.append(f"\x1b[{len(piece)}X\x1b[{len(piece)}C" if number % 2 else self._cells.text(piece))
            else:
                output.append(self._cells.text(run))
