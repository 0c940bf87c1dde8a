"""Writing to the terminal: plain when piped, coloured on a terminal unless NO_COLOR; every text made safe first."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from typing import TextIO

from core.safe_text import safe

_CODES = {"bad": "31", "warn": "33", "good": "32", "dim": "2", "bold": "1", "accent": "36", "": ""}

STATUS_LABELS = {"callable": "ok", "served": "no key", "unknown": "?", "dead": "dead"}
STATUS_TONES = {"callable": "good", "served": "warn", "unknown": "warn", "dead": "bad"}


class TextOutput:
    """A stream to write safe text to."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str] | None = None) -> None:
        variables = os.environ if environ is None else environ
        self.stream = stream
        self.clips = stream.isatty() or "COLUMNS" in variables
        """Whether long cells are cut to the width: a person reads it, rather than a pipe."""
        self.colour = stream.isatty() and not variables.get("NO_COLOR") and variables.get("TERM") != "dumb"

    def paint(self, text: str, tone: str = "") -> str:
        """A text made safe, in a tone where colours are wanted."""
        clean = safe(text)
        code = _CODES.get(tone, "")
        return f"\x1b[{code}m{clean}\x1b[0m" if self.colour and code else clean

    def line(self, *parts: str | tuple[str, str]) -> None:
        """One line of texts, each alone or with its tone."""
        painted = (self.paint(part) if isinstance(part, str) else self.paint(*part) for part in parts)
        self.stream.write("".join(painted) + "\n")

    @property
    def width(self) -> int:
        """How many columns there are: those of the terminal or of $COLUMNS, else 80."""
        return max(40, shutil.get_terminal_size().columns)

    def entry(self, indent: int, parts: Sequence[str | tuple[str, str]], where: str = "") -> None:
        """A line with a place at its end; the place goes below, further in, when both do not fit the width."""
        told = sum(len(safe(part if isinstance(part, str) else part[0])) for part in parts)
        margin = " " * indent
        if where and indent + told + 2 + len(safe(where)) <= self.width:
            self.line(margin, *parts, ("  " + where, "dim"))
            return
        last, tone = (parts[-1], "") if isinstance(parts[-1], str) else parts[-1]
        begun = indent + told - len(safe(last))
        if indent + told > self.width and begun < self.width - 20:
            # What is too long for the line goes on below its own beginning.
            begun += len(last) - len(last.lstrip())
            first, *rest = textwrap.wrap(safe(last.strip()), self.width - begun, break_on_hyphens=False)
            self.line(margin, *parts[:-1], (last[: len(last) - len(last.lstrip())] + first, tone))
            for more in rest:
                self.line(" " * begun, (more, tone))
        else:
            self.line(margin, *parts[:-1], (last.rstrip(), tone))
        if where:
            self.line(margin + "    ", (where, "dim"))

    def wrapped(self, sign: str | tuple[str, str], text: str, tone: str = "") -> None:
        """A sign and a text beside it, wrapped to the width."""
        lead = sign if isinstance(sign, str) else sign[0]
        for number, line in enumerate(
            textwrap.wrap(safe(text), max(20, self.width - len(lead)), break_on_hyphens=False) or [""]
        ):
            self.line(sign if not number else " " * len(lead), (line, tone))

    def json(self, document: object) -> None:
        """One JSON document and nothing else. Control characters leave as escapes, whatever the tree holds."""
        # Indented for eyes only: for a pipe it is several times slower and larger.
        indent = 2 if self.stream.isatty() else None
        self.stream.write(json.dumps(document, ensure_ascii=True, indent=indent, default=str) + "\n")

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        tones: Sequence[Sequence[str]] = (),
        *,
        right: Sequence[int] = (),
        flexible: Sequence[int] = (),
    ) -> None:
        """Aligned columns, as wide as their widest text; numbers to the `right`.

        Where the whole is too wide for a person's terminal, the `flexible` columns are cut, the widest first.
        """
        safe_rows = [[safe(cell) for cell in row] for row in rows]
        widths = [max([len(head), *(len(row[index]) for row in safe_rows)]) for index, head in enumerate(heads)]
        if self.clips:
            self._narrow(widths, flexible)
            safe_rows = [[_cut(cell, width) for cell, width in zip(row, widths, strict=True)] for row in safe_rows]
        else:
            # One name of a hundred thousand letters must not make every row as long.
            widths = [min(width, _MOST_PADDING) for width in widths]
        shown = safe_rows
        self.line(("  ".join(_aligned(heads, widths, right)).rstrip(), "dim"))
        for number, row in enumerate(shown):
            cells: list[str | tuple[str, str]] = []
            last = max((index for index, cell in enumerate(row) if cell), default=0)
            for index, cell in enumerate(_aligned(row, widths, right)[: last + 1]):
                text = cell.rstrip() if index == last else cell + "  "
                cells.append((text, tones[number][index] if tones else ""))
            self.line(*cells)

    def _narrow(self, widths: list[int], flexible: Sequence[int]) -> None:
        over = sum(widths) + 2 * (len(widths) - 1) - self.width
        while over > 0 and flexible:
            widest = max(flexible, key=lambda index: widths[index])
            if widths[widest] <= _LEAST:
                return
            widths[widest] -= 1
            over -= 1


_LEAST = 8
"""No column is cut to fewer characters."""
_MOST_PADDING = 120
"""What a pipe gets is never cut, but no column is filled up with blanks beyond this width."""


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def _aligned(cells: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> list[str]:
    return [
        cell.rjust(width) if index in right else cell.ljust(width)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
