"""Text output: plain when piped, coloured on a terminal unless NO_COLOR; control characters are made safe."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from core.json.document import dump_json
from core.safe_text import safe
from core.secret_texts import display_text

if TYPE_CHECKING:
    from core.api import Report
    from core.problems import Problem

_CODES = {"bad": "31", "warn": "33", "good": "32", "dim": "2", "bold": "1", "accent": "36", "": ""}

STATUS_LABELS = {"callable": "ok", "served": "fails", "refused": "refused", "unknown": "?", "dead": "dead"}
STATUS_TONES = {"callable": "good", "served": "warn", "refused": "bad", "unknown": "warn", "dead": "bad"}


class TextOutput:
    """Writes text, tables and JSON to a stream, every text made safe."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str] | None = None) -> None:
        variables = os.environ if environ is None else environ
        self.stream = stream
        self.clips = stream.isatty() or "COLUMNS" in variables
        """Whether long cells are cut to the width: on a terminal, not in a pipe."""
        self.colour = stream.isatty() and not variables.get("NO_COLOR") and variables.get("TERM") != "dumb"

    def styled(self, text: str, tone: str = "") -> str:
        """The text made safe, with the escape codes of its tone if there are colours."""
        clean = display_text(text)
        code = _CODES.get(tone, "")
        return f"\x1b[{code}m{clean}\x1b[0m" if self.colour and code else clean

    def line(self, *parts: str | tuple[str, str]) -> None:
        """Write a line of texts, each alone or with its tone."""
        styled = (self.styled(part) if isinstance(part, str) else self.styled(*part) for part in parts)
        self.stream.write("".join(styled) + "\n")

    def patch_line(self, text: str, tone: str) -> None:
        """Write a line of a patch, whose tabs and last carriage return stay."""
        body = text.removesuffix("\r")
        styled = "\t".join(self.styled(piece, tone) for piece in body.split("\t"))
        self.stream.write(styled + text[len(body) :] + "\n")

    @property
    def width(self) -> int:
        """The number of columns: of the terminal or $COLUMNS, else 80."""
        return max(40, shutil.get_terminal_size().columns)

    def entry(self, indent: int, parts: Sequence[str | tuple[str, str]], location: str = "") -> None:
        """Write a line with a location at its end, or indented below when both do not fit the width."""
        length = sum(len(display_text(part if isinstance(part, str) else part[0])) for part in parts)
        margin = " " * indent
        if location and indent + length + 2 + len(safe(location)) <= self.width:
            self.line(margin, *parts, ("  " + location, "dim"))
            return
        last, tone = (parts[-1], "") if isinstance(parts[-1], str) else parts[-1]
        start = indent + length - len(display_text(last))
        if indent + length > self.width and start < self.width - 20:
            # Continuation lines begin below the last text.
            start += len(last) - len(last.lstrip())
            first, *following = textwrap.wrap(display_text(last.strip()), self.width - start, break_on_hyphens=False)
            self.line(margin, *parts[:-1], (last[: len(last) - len(last.lstrip())] + first, tone))
            for more in following:
                self.line(" " * start, (more, tone))
        else:
            self.line(margin, *parts[:-1], (last.rstrip(), tone))
        if location:
            self.line(margin + "    ", (location, "dim"))

    def wrapped(self, mark: str | tuple[str, str], text: str, tone: str = "") -> None:
        """Write a mark and a text beside it, wrapped to the width."""
        lead = mark if isinstance(mark, str) else mark[0]
        for number, line in enumerate(
            textwrap.wrap(display_text(text), max(20, self.width - len(lead)), break_on_hyphens=False) or [""]
        ):
            self.line(mark if not number else " " * len(lead), (line, tone))

    def json(self, document: object) -> None:
        """Write a JSON document; control characters are escaped."""
        # Indented only on a terminal: it is several times slower and larger.
        indent = 2 if self.stream.isatty() else None
        self.stream.write(dump_json(document, indent=indent))

    def formatted(self, name: str, report: Report, problems: Iterable[Problem]) -> None:
        """Write problems in a format of another program."""
        from core.formats import formatted  # only where it is asked for

        self.stream.write(formatted(name, report, problems))

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        tones: Sequence[Sequence[str]] = (),
        *,
        right: Sequence[int] = (),
        flexible: Sequence[int] = (),
    ) -> None:
        """Write aligned columns; those in `right` are aligned to the right.

        When the table is too wide for the terminal, the `flexible` columns are cut, the widest first.
        """
        safe_rows = [[display_text(cell) for cell in row] for row in rows]
        widths = [max([len(head), *(len(row[index]) for row in safe_rows)]) for index, head in enumerate(heads)]
        if self.clips:
            self._shrink(widths, flexible)
            safe_rows = [[_cut(cell, width) for cell, width in zip(row, widths, strict=True)] for row in safe_rows]
        else:
            # One very long name must not pad every row to its length.
            widths = [min(width, _MAX_PADDING) for width in widths]
        shown = safe_rows
        self.line(("  ".join(_aligned(heads, widths, right)).rstrip(), "dim"))
        for number, row in enumerate(shown):
            cells: list[str | tuple[str, str]] = []
            last = max((index for index, cell in enumerate(row) if cell), default=0)
            for index, cell in enumerate(_aligned(row, widths, right)[: last + 1]):
                text = cell.rstrip() if index == last else cell + "  "
                cells.append((text, tones[number][index] if tones else ""))
            self.line(*cells)

    def _shrink(self, widths: list[int], flexible: Sequence[int]) -> None:
        over = sum(widths) + 2 * (len(widths) - 1) - self.width
        while over > 0 and flexible:
            widest = max(flexible, key=lambda index: widths[index])
            if widths[widest] <= _MIN_WIDTH:
                return
            widths[widest] -= 1
            over -= 1


_MIN_WIDTH = 8
"""The least width that a column is cut to."""
_MAX_PADDING = 120
"""The width up to which columns are padded in a pipe, where nothing is cut."""


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def _aligned(cells: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> list[str]:
    return [
        cell.rjust(width) if index in right else cell.ljust(width)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]


def print_error(message: str) -> None:
    """Print one line on stderr, made safe for the terminal. Without effect when stderr cannot be written."""
    try:
        sys.stderr.write(f"pipedeck: {display_text(message)}\n")
        sys.stderr.flush()
    except OSError:  # the rest of the buffer must not raise at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
