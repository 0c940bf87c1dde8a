"""Remembers what a terminal shows, and of what is drawn sends on only what differs.

It reads the few sequences Textual draws with: absolute moves, colour codes, text. Anything else is passed on as it is;
what may change the picture in another way (erasing, another screen) makes it forget, and the next drawing goes whole.
A row is two strings, its cells and their styles, so that rows are compared and cut at the speed of strings.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from tui.terminal.ansi_writer import AnsiWriter, Row, Styles
from tui.terminal.cells import UNKNOWN, Cells

_TOKEN: Final = re.compile(
    r"\x1b\[(?P<codes>[0-9;]*)m"
    r"|\x1b\[(?P<row>[0-9]+);(?P<column>[0-9]+)H"
    r"|(?P<frame>\x1b\[\?2026[hl])"
    r"|(?P<other>\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P(?:\x1b\x1b|[^\x1b])*\x1b\\|.?))"
    r"|(?P<text>[^\x1b\x00-\x1f\x7f]+)"
    r"|(?P<control>[\x00-\x1f\x7f])",
    re.DOTALL,
)
# Questions to the terminal, modes that leave its picture alone, and what goes to its clipboard.
_HARMLESS: Final = re.compile(
    r"\x1b(?:\]52;|P)|\x1b\[(?:\?(?!(?:1049|1047|47|3|5)[hl])[0-9;]*[hl]|[?>=<]?[0-9;]*\$?[cnpqtu])\Z"
)
# The shape of the mouse's pointer, which the app never changes.
_SWALLOWED: Final = re.compile(r"\x1b\]22;")
_BEGIN, _END, _SHOW_CURSOR = "\x1b[?2026h", "\x1b[?2026l", "\x1b[?25h"
_AT_ONCE: Final = 1000
"""A frame of fewer bytes arrives in one piece anyway: it needs no marks around it."""
_NOTHING: Final[Row] = ("", "")


class ScreenDiff:
    """For one terminal. Feed it everything that is written there."""

    def __init__(self, *, erases: bool = True, width: int = 0) -> None:
        """`erases`: whether the terminal gives what it erases the ground in force; `width`: of its rows, if known."""
        self._styles = Styles()
        self._cells = Cells()
        self._writer = AnsiWriter(self._styles, self._cells)
        self._writer.erases, self._writer.width = erases, width
        self._shown: dict[int, Row] = {}
        self._drawn: dict[int, Row] = {}
        self._row = self._column = 1
        self._moved = False
        self._style = self._styles.plain
        self._run: list[str] = []
        self._run_styles: list[str] = []
        self._run_at = (1, 1)
        self._in_frame = False
        self._unseen = False
        self.hold = False
        """While this is true, what is drawn is remembered, and nothing of it is sent."""

    def resize(self, width: int) -> None:
        """The terminal has rows of so many cells now; what it shows is not known."""
        self._writer.width = width
        self.forget()

    def forget(self) -> None:
        """What the terminal shows is not known any more: it was resized, or somebody else wrote to it."""
        self._shown.clear()
        self._drawn.clear()
        self._run.clear()
        self._run_styles.clear()
        self._writer.lift()
        self._unseen = True

    def reduce(self, data: str) -> str:
        """The same picture, in fewer bytes. What belongs to a frame comes when the frame ends."""
        out: list[str] = []
        for match in _TOKEN.finditer(data):
            kind = match.lastgroup
            if kind == "text":
                cells = self._cells.of(match["text"])
                self._run.append(cells)
                self._run_styles.append(self._style * len(cells))
            elif kind == "codes":
                self._style = self._styles.of(match["codes"])
            elif kind == "column":
                self._end_run()
                self._row, self._column, self._moved = int(match["row"]), int(match["column"]), True
                self._run_at = (self._row, self._column)
            elif kind == "frame":
                self._frame(match[0], out)
            elif kind == "control" and match["control"] == "\n":
                self._end_run()
                self._row += 1
            else:
                self._pass_on(match[0], out)
        if not self._in_frame and not self.hold:
            self._flush(out)
        return "".join(out)

    def _frame(self, mark: str, out: list[str]) -> None:
        self._in_frame = mark == _BEGIN
        if self.hold:
            return
        if self._in_frame:
            self._flush(out)
            return
        frame: list[str] = []
        self._flush(frame)
        if frame:
            small = sum(map(len, frame)) < _AT_ONCE
            out.extend(frame if small else (_BEGIN, *frame, _END))

    def _pass_on(self, token: str, out: list[str]) -> None:
        if _SWALLOWED.match(token):
            return
        if _HARMLESS.match(token):
            if token == _SHOW_CURSOR:
                self._flush(out)
                self._writer.lift()
                self._writer.move(self._row, self._column, out)
            out.append(token)
            return
        self._flush(out)
        self._writer.change_to(self._styles.plain, out)
        self.forget()
        out.append(token)

    # Drawing.

    def _end_run(self) -> None:
        """Put the text that was written in one go into its row."""
        if not self._run:
            return
        cells, styles = "".join(self._run), "".join(self._run_styles)
        self._run.clear()
        self._run_styles.clear()
        number, column = self._run_at
        at = column - 1
        before, styles_before = self._drawn.get(number) or self._shown.get(number, _NOTHING)
        if len(before) < at:
            before, styles_before = before.ljust(at, UNKNOWN), styles_before.ljust(at, UNKNOWN)
        end = at + len(cells)
        self._drawn[number] = (before[:at] + cells + before[end:], styles_before[:at] + styles + styles_before[end:])
        self._column, self._moved = end + 1, False
        self._run_at = (number, end + 1)

    def _flush(self, out: list[str]) -> None:
        """Send what differs."""
        self._end_run()
        if self._drawn:
            if self._unseen:
                self._begin_with_ground(out)
            shown = self._shown
            for number, row in self._drawn.items():
                self._writer.row(number, row, shown.get(number, _NOTHING), out)
                shown[number] = self._within(row)
            self._drawn.clear()
            if self._styles.full:
                self._writer.change_to(self._styles.plain, out)
                self._styles.clear()
                self._style = self._writer.style = self._styles.plain
                self.forget()
                self._unseen = False
        if self._moved and (self._row, self._column) != (1, 1):
            # Where the cursor is left is where an input method opens its window.
            self._writer.move(self._row, self._column, out)
        self._moved = False

    def _within(self, row: Row) -> Row:
        """What is known of a row that was sent: of one that is too long for the terminal, not how it ends."""
        width = self._writer.width
        if not width or len(row[0]) <= width:
            return row
        return row[0][: width - 1] + UNKNOWN, row[1][:width]

    def _begin_with_ground(self, out: list[str]) -> None:
        """A whole new picture: its most frequent ground is put everywhere first, so its blanks need not be sent."""
        self._unseen = False
        width, rows = self._writer.width, max(self._drawn)
        if not self._writer.erases or not width or any(len(row[0]) != width for row in self._drawn.values()):
            return
        if len(self._drawn) < rows or self._shown:
            return
        found = Counter(style for cells, styles in self._drawn.values() for style in styles)
        ground, _ = found.most_common(1)[0]
        if not self._styles.is_flat(ground):
            return
        self._writer.clear(ground, out)
        blank = (" " * width, ground * width)
        self._shown = dict.fromkeys(self._drawn, blank)
