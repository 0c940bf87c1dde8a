"""Writing to the terminal: plain when piped, coloured on a terminal unless NO_COLOR; every text made safe first."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from core.safe_text import safe

_CODES = {"bad": "31", "warn": "33", "good": "32", "dim": "2", "bold": "1", "accent": "36", "": ""}

SIGNS = {"callable": "ok", "served": "no key", "unknown": "?", "dead": "dead"}
TONES = {"callable": "good", "served": "warn", "unknown": "warn", "dead": "bad"}


class Out:
    """A stream to write safe text to."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str] | None = None) -> None:
        variables = os.environ if environ is None else environ
        self.stream = stream
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
        last = parts[-1]
        ended = last.rstrip() if isinstance(last, str) else (last[0].rstrip(), last[1])
        self.line(margin, *parts[:-1], ended)
        if where:
            self.line(margin + "    ", (where, "dim"))

    def json(self, document: object) -> None:
        """One JSON document and nothing else. Control characters leave as escapes, whatever the tree holds."""
        # Indented for eyes only: for a pipe it is several times slower and larger.
        indent = 2 if self.stream.isatty() else None
        self.stream.write(json.dumps(document, ensure_ascii=True, indent=indent, default=str) + "\n")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], tones: Sequence[Sequence[str]] = ()) -> None:
        """Aligned columns, as wide as their widest text."""
        safe_rows = [[safe(cell) for cell in row] for row in rows]
        widths = [max([len(head), *(len(row[index]) for row in safe_rows)]) for index, head in enumerate(heads)]
        self.line((_pad(heads, widths), "dim"))
        for number, row in enumerate(safe_rows):
            cells: list[str | tuple[str, str]] = []
            for index, cell in enumerate(row):
                last = index == len(row) - 1
                text = cell if last else cell.ljust(widths[index]) + "  "
                cells.append((text, tones[number][index] if tones else ""))
            self.line(*cells)


def _pad(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def complain(message: str) -> None:
    """One clear line on stderr."""
    sys.stderr.write(f"pipedeck: {safe(message)}\n")
