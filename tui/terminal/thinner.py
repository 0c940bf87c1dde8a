"""Remembers what a terminal shows, and of what is drawn sends on only what differs.

It reads the few sequences Textual draws with: absolute moves, colour codes, text. Anything else is passed on as it is;
what may change the picture in another way (erasing, another screen) makes it forget, and the next drawing goes whole.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from rich.cells import get_character_cell_size

from core.regex import pattern
from tui.terminal.style import PLAIN, Style

_TOKEN: Final = pattern(
    r"\x1b\[(?P<codes>[0-9;]*)m"
    r"|\x1b\[(?P<row>[0-9]+);(?P<column>[0-9]+)H"
    r"|(?P<frame>\x1b\[\?2026[hl])"
    r"|(?P<other>\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.?))"
    r"|(?P<text>[^\x1b\x00-\x1f\x7f]+)"
    r"|(?P<control>[\x00-\x1f\x7f])",
    re.DOTALL,
)
# Questions to the terminal, modes that leave its picture alone, and what goes to its clipboard.
_HARMLESS: Final = pattern(r"\x1b\]52;|\x1b\[(?:\?(?!(?:1049|1047|47|3|5)[hl])[0-9;]*[hl]|[?>=<]?[0-9;]*\$?[cnpqtu])\Z")
_NEAR: Final = 6
"""Cells that stay the same are sent all the same when they are so few that a move would be longer."""


class Cell(NamedTuple):
    """One cell: what is in it (empty: the second half of a wide character), and how."""

    text: str
    style: Style


class Thinner:
    """For one terminal. Feed it everything that is written there."""

    def __init__(self) -> None:
        self._shown: dict[int, dict[int, Cell]] = {}
        self._drawn: dict[int, dict[int, Cell]] = {}
        self._row = self._column = 0
        self._moved = False
        self._wanted = self._in_force = PLAIN
        self._styles: dict[str, Style] = {}

    def forget(self) -> None:
        """What the terminal shows is not known any more: it was resized, or somebody else wrote to it."""
        self._shown.clear()
        self._drawn.clear()

    def thin(self, data: str) -> str:
        """The same picture, in fewer bytes."""
        out: list[str] = []
        for match in _TOKEN.finditer(data):
            kind = match.lastgroup
            if kind == "text":
                self._draw(match["text"])
            elif kind == "codes":
                self._wanted = self._style(match["codes"])
            elif kind == "column":
                self._row, self._column, self._moved = int(match["row"]), int(match["column"]), True
            elif kind == "control" and match["control"] == "\n":
                self._row += 1
            else:
                self._pass_on(match, out)
        self._flush(out)
        return "".join(out)

    def _style(self, codes: str) -> Style:
        style = self._styles.get(codes)
        if style is None:
            if len(self._styles) > 4096:
                self._styles.clear()
            style = self._styles[codes] = Style.parse(codes)
        return style

    def _pass_on(self, match: re.Match[str], out: list[str]) -> None:
        token = match[0]
        self._flush(out)
        if match.lastgroup != "frame" and not _HARMLESS.match(token):
            out.append(PLAIN.after(self._in_force))
            self._in_force = PLAIN
            self.forget()
        elif token == "\x1b[?25h":
            out.append(f"\x1b[{self._row};{self._column}H")
        out.append(token)

    # Drawing.

    def _draw(self, text: str) -> None:
        row = self._drawn.setdefault(self._row, {})
        column, style = self._column, self._wanted
        if text.isascii():
            for character in text:
                row[column] = Cell(character, style)
                column += 1
        else:
            for character in text:
                width = get_character_cell_size(character)
                if not width and (before := row.get(column - 1) or row.get(column - 2)) is not None:
                    at = column - 1 if row[column - 1].text else column - 2
                    row[at] = Cell(before.text + character if row[at] is before else row[at].text + character, style)
                    continue
                row[column] = Cell(character, style)
                if width == 2:
                    row[column + 1] = Cell("", style)
                column += width
        self._column, self._moved = column, False

    def _flush(self, out: list[str]) -> None:
        """Send what differs."""
        for number, row in self._drawn.items():
            shown = self._shown.setdefault(number, {})
            self._send_row(number, row, shown, out)
            shown.update(row)
        self._drawn.clear()
        if self._moved:
            # Where the cursor is left is where an input method opens its window.
            out.append(f"\x1b[{self._row};{self._column}H")
            self._moved = False

    def _send_row(self, number: int, row: dict[int, Cell], shown: dict[int, Cell], out: list[str]) -> None:
        changed = [column for column, cell in row.items() if not _alike(cell, shown.get(column))]
        if not changed:
            return
        if any(len(cell.text) != 1 or cell.text > "\u2fff" for cell in row.values()) or any(
            len(shown[column].text) != 1 or shown[column].text > "\u2fff" for column in row if column in shown
        ):
            # A wide character must not be cut in half, nor what is left of one be kept.
            changed = list(row)
        changed.sort()
        last = -_NEAR
        for column in changed:
            if column - last > _NEAR or not self._bridge(range(last + 1, column), row, shown, out):
                out.append(f"\x1b[{number};{column}H")
            self._send(row[column], out)
            last = column

    def _bridge(self, gap: range, row: dict[int, Cell], shown: dict[int, Cell], out: list[str]) -> bool:
        """Send the few cells between two changes, when all of them are known and of the style in force."""
        cells = [row.get(column) or shown.get(column) for column in gap]
        known = [cell for cell in cells if cell is not None and self._needs_no_code(cell)]
        if len(known) < len(cells):
            return False
        out.extend(cell.text for cell in known)
        return True

    def _needs_no_code(self, cell: Cell) -> bool:
        if cell.text == " ":
            return cell.style.on_blanks == self._in_force.on_blanks
        return cell.style == self._in_force

    def _send(self, cell: Cell, out: list[str]) -> None:
        if cell.text and not self._needs_no_code(cell):
            out.append(cell.style.after(self._in_force))
            self._in_force = cell.style
        out.append(cell.text)


def _alike(cell: Cell, other: Cell | None) -> bool:
    if other is None or cell.text != other.text:
        return False
    if cell.style == other.style:
        return True
    return cell.text == " " and cell.style.on_blanks == other.style.on_blanks
