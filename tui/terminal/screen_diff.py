"""A diff of the terminal's screen: of Textual's output only the differences to the current content are sent.

It parses the sequences with which Textual draws: absolute moves, colour codes, text. Other sequences are forwarded;
after one that may change the screen (such as erasing) the content is unknown and the next frame is sent whole.
It reduces the bytes of a start from 44,588 to 6,854 (85 % less), by `python -m tests.benchmarks --only start.bytes`,
without and with PIPEDECK_DRIVER=plain.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from tui.terminal.ansi_writer import UNKNOWN, AnsiWriter, Cells, Row
from tui.terminal.sgr import Styles

_TOKEN: Final = re.compile(
    r"\x1b\[(?P<codes>[0-9;]*)m"
    r"|\x1b\[(?P<row>[0-9]+);(?P<column>[0-9]+)H"
    r"|(?P<frame>\x1b\[\?2026[hl])"
    r"|(?P<other>\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P(?:\x1b\x1b|[^\x1b])*\x1b\\|.?))"
    r"|(?P<text>[^\x1b\x00-\x1f\x7f]+)"
    r"|(?P<control>[\x00-\x1f\x7f])",
    re.DOTALL,
)
# Queries, modes that do not affect the screen, and the clipboard.
_HARMLESS: Final = re.compile(
    r"\x1b(?:\]52;|P)|\x1b\[(?:\?(?!(?:1049|1047|47|3|5)[hl])[0-9;]*[hl]|[?>=<]?[0-9;]*\$?[cnpqtu])\Z"
)
# The shape of the mouse pointer, which the app never changes.
_DROPPED: Final = re.compile(r"\x1b\]22;")
_BEGIN, _END, _SHOW_CURSOR = "\x1b[?2026h", "\x1b[?2026l", "\x1b[?25h"
_MIN_FRAME: Final = 1000
"""A smaller frame arrives in one piece anyway and needs no synchronisation marks (bytes)."""
_NOTHING: Final[Row] = ("", "")


class ScreenDiff:
    """The content of one terminal, which must receive all of its output."""

    def __init__(self, *, erases: bool = True, width: int = 0) -> None:
        """`erases`: whether erased cells get the current background; `width`: cells in a row, 0 when unknown."""
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
        self._unknown = False
        self.hold = False
        """While this is true, frames are stored and not sent."""

    def resize(self, width: int) -> None:
        """Set a new width; the content of the terminal is unknown."""
        self._writer.width = width
        self.forget()

    def forget(self) -> None:
        """Treat the content as unknown: the terminal was resized, or another program wrote to it."""
        self._shown.clear()
        self._drawn.clear()
        self._run.clear()
        self._run_styles.clear()
        self._writer.forget_position()
        self._unknown = True

    def reduce(self, data: str) -> str:
        """The shortest output with the same effect. A frame is returned when it ends."""
        output: list[str] = []
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
                self._frame(match[0], output)
            elif kind == "control" and match["control"] == "\n":
                self._end_run()
                self._row += 1
            else:
                self._forward(match[0], output)
        if not self._in_frame and not self.hold:
            self._flush(output)
        return "".join(output)

    def _frame(self, mark: str, output: list[str]) -> None:
        self._in_frame = mark == _BEGIN
        if self.hold:
            return
        if self._in_frame:
            self._flush(output)
            return
        frame: list[str] = []
        self._flush(frame)
        if frame:
            small = sum(map(len, frame)) < _MIN_FRAME
            output.extend(frame if small else (_BEGIN, *frame, _END))

    def _forward(self, token: str, output: list[str]) -> None:
        if _DROPPED.match(token):
            return
        if _HARMLESS.match(token):
            if token == _SHOW_CURSOR:
                self._flush(output)
                self._writer.forget_position()
                self._writer.move(self._row, self._column, output)
            output.append(token)
            return
        self._flush(output)
        self._writer.set_style(self._styles.plain, output)
        self.forget()
        output.append(token)

    def _end_run(self) -> None:
        """Store the text of the current run in its row."""
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

    def _flush(self, output: list[str]) -> None:
        """Write the differences."""
        self._end_run()
        if self._drawn:
            if self._unknown:
                self._fill_background(output)
            shown = self._shown
            for number, row in self._drawn.items():
                self._writer.row(number, row, shown.get(number, _NOTHING), output)
                shown[number] = self._within(row)
            self._drawn.clear()
            if self._styles.full:
                self._writer.set_style(self._styles.plain, output)
                self._styles.clear()
                self._style = self._writer.style = self._styles.plain
                self.forget()
                self._unknown = False
        if self._moved and (self._row, self._column) != (1, 1):
            # Input methods open their window at the cursor.
            self._writer.move(self._row, self._column, output)
        self._moved = False

    def _within(self, row: Row) -> Row:
        """The known part of a row that was sent: the end of a row that is too long is unknown."""
        width = self._writer.width
        if not width or len(row[0]) <= width:
            return row
        return row[0][: width - 1] + UNKNOWN, row[1][:width]

    def _fill_background(self, output: list[str]) -> None:
        """Fill the screen with the most frequent background first, so that its blanks need not be sent."""
        self._unknown = False
        width, rows = self._writer.width, max(self._drawn)
        if not self._writer.erases or not width or any(len(row[0]) != width for row in self._drawn.values()):
            return
        if len(self._drawn) < rows or self._shown:
            return
        styles_used = Counter(style for cells, styles in self._drawn.values() for style in styles)
        ground, _ = styles_used.most_common(1)[0]
        if not self._styles.is_flat(ground):
            return
        self._writer.clear(ground, output)
        blank = (" " * width, ground * width)
        self._shown = dict.fromkeys(self._drawn, blank)
