"""Writes rows to a terminal: where it stands and what style is in force is known, so only the difference is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui.terminal.cells import UNKNOWN, Cells, is_odd
from tui.terminal.style import PLAIN, Style

Row = tuple[str, str]
"""The cells of a row, and for each a character that stands for its style."""

_NEAR: Final = 4
"""So many cells that stay the same are sent all the same: a move would be longer."""
_WORTH_ERASING: Final = 4
_WORTH_SKIPPING: Final = 12
"""Blanks at the end of a row and inside it are erased rather than sent when they are so many."""
_LONG_BLANK: Final = re.compile(rf"( {{{_WORTH_SKIPPING},}})")
_KNOWN: Final = re.compile(f"[^{UNKNOWN}]+")
_NO_STYLE: Final = "\x00"
_MOST_STYLES: Final = 8000


class Styles:
    """Styles by one character each, and the codes that lead from one to another."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew: characters given before mean nothing any more."""
        self._by_codes: dict[str, str] = {}
        self._by_style: dict[Style, str] = {}
        self._styles: dict[str, Style] = {_NO_STYLE: PLAIN}
        self._codes: dict[str, str] = {}
        self._looks: dict[tuple[object, ...], int] = {}
        self.blanks: dict[str, int] = {_NO_STYLE: -1}
        """What of each style can be seen on a blank, as a number."""
        self.plain = self.of("")

    @property
    def full(self) -> bool:
        """Whether it is time to begin anew."""
        return len(self._styles) > _MOST_STYLES

    def of(self, codes: str) -> str:
        """The character of the style that colour codes, written from the beginning, stand for."""
        sign = self._by_codes.get(codes)
        if sign is None:
            style = Style.parse(codes)
            sign = self._by_style.get(style)
            if sign is None:
                sign = self._by_style[style] = chr(len(self._styles))
                self._styles[sign] = style
                self.blanks[sign] = self._looks.setdefault(style.on_blanks, len(self._looks))
            self._by_codes[codes] = sign
        return sign

    def is_flat(self, sign: str) -> bool:
        """Whether a blank of this style shows its ground only, as what is erased does."""
        return len(self._styles[sign].on_blanks) == 1

    def between(self, before: str, after: str) -> str:
        """The shortest code from one style to another."""
        code = self._codes.get(before + after)
        if code is None:
            code = self._codes[before + after] = self._styles[after].after(self._styles[before])
        return code


class AnsiWriter:
    """Writes to one terminal."""

    def __init__(self, styles: Styles, cells: Cells) -> None:
        self._styles = styles
        self._cells = cells
        self.erases = True
        """Whether the terminal gives what it erases the ground in force, as nearly all do."""
        self.width = 0
        """How many cells a row has; 0 when that is not known."""
        self.style = styles.plain
        self._at: tuple[int, int] | None = None

    def lift(self) -> None:
        """Where it stands is not known any more."""
        self._at = None

    def move(self, row: int, column: int, out: list[str]) -> None:
        """Go to a cell, counted from 1."""
        if self._at == (row, column):
            return
        ahead = column - self._at[1] if self._at is not None and self._at[0] == row else 0
        if ahead == 1:
            out.append("\x1b[C")
        elif ahead > 1:
            out.append(f"\x1b[{ahead}C")
        elif column == 1:
            out.append("\x1b[H" if row == 1 else f"\x1b[{row}H")
        else:
            out.append(f"\x1b[{row};{column}H")
        self._at = (row, column)

    def change_to(self, style: str, out: list[str]) -> None:
        """Put a style in force."""
        if style != self.style:
            out.append(self._styles.between(self.style, style))
            self.style = style

    def clear(self, style: str, out: list[str]) -> None:
        """Fill the whole screen with the ground of a style."""
        self.change_to(style, out)
        out.append("\x1b[2J")

    def row(self, number: int, new: Row, old: Row, out: list[str]) -> None:
        """Write what differs of a row."""
        cells, styles = new
        length = len(cells)
        before, styles_before = old[0].ljust(length, UNKNOWN), old[1].ljust(length, _NO_STYLE)
        if (cells, styles) == (before, styles_before):
            return
        if is_odd(cells) or is_odd(before):
            # Half of a wide character must not be left, nor one be cut: all that is known of the row goes.
            if next(self._differing(cells, styles, before, styles_before), None) is not None:
                for known in _KNOWN.finditer(cells):
                    self.lift()
                    self.move(number, known.start() + 1, out)
                    self._write(known[0], styles[known.start() : known.end()], out, whole=True)
                self.lift()
            return
        tail = self._tail(cells, styles)
        for start, end in self._spans(cells, styles, before, styles_before):
            self.move(number, start + 1, out)
            if end - max(tail, start) >= _WORTH_ERASING:
                shown = max(tail, start)
                self._write(cells[start:shown], styles[start:shown], out)
                self._at = (number, shown + 1)
                self._change_ground(styles[shown], out)
                out.append("\x1b[K")
                break
            self._write(cells[start:end], styles[start:end], out)
            # At the edge terminals differ in where they think they are.
            self._at = (number, end + 1) if end < length and end != self.width else None

    def _change_ground(self, style: str, out: list[str]) -> None:
        if self._styles.blanks[style] != self._styles.blanks[self.style]:
            self.change_to(style, out)

    def _tail(self, cells: str, styles: str) -> int:
        """Where the blanks begin that go to the edge of the terminal and can be erased."""
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
        """The stretches to write: what differs, with the little between that is not worth a move."""
        start = last = -1
        for at in self._differing(cells, styles, before, styles_before):
            if start < 0:
                start = at
            elif at - last > 1 and not self._worth_joining(cells, styles, last, at):
                yield start, last + 1
                start = at
            last = at
        if start >= 0:
            yield start, last + 1

    def _worth_joining(self, cells: str, styles: str, last: int, at: int) -> bool:
        if at - last - 1 > _NEAR or UNKNOWN in cells[last:at]:
            return False
        blanks, look = self._styles.blanks, self._styles.blanks[styles[last]]
        return all(
            styles[one] == styles[last] or (cells[one] == " " and blanks[styles[one]] == look)
            for one in range(last + 1, at)
        )

    def _differing(self, cells: str, styles: str, before: str, styles_before: str) -> Iterator[int]:
        blanks = self._styles.blanks
        for at, (cell, other, style, other_style) in enumerate(zip(cells, before, styles, styles_before, strict=True)):
            if cell != other:
                if cell != UNKNOWN:
                    yield at
            elif style != other_style and (cell != " " or blanks[style] != blanks[other_style]):
                yield at

    def _write(self, cells: str, styles: str, out: list[str], *, whole: bool = False) -> None:
        """Write cells from where it stands."""
        blanks = self._styles.blanks
        while cells:
            style = styles[0]
            rest = len(styles.lstrip(style))
            run = cells[: len(cells) - rest]
            cells, styles = cells[len(run) :], styles[len(run) :]
            if style != self.style and not (blanks[style] == blanks[self.style] and run.isspace()):
                out.append(self._styles.between(self.style, style))
                self.style = style
            if self.erases and not whole and len(run) > _WORTH_SKIPPING and self._styles.is_flat(style):
                for number, part in enumerate(_LONG_BLANK.split(run)):
                    out.append(f"\x1b[{len(part)}X\x1b[{len(part)}C" if number % 2 else self._cells.text(part))
            else:
                out.append(self._cells.text(run))
