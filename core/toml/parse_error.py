"""Why a file could not be read as TOML: where, in plain words, and the line to show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

from core.records import dataclass
from core.toml.redaction import redact_line

# Columns of the terminal that a shown source line may take.
WINDOW = 76


@dataclass(frozen=True, slots=True)
class ParseError:
    """Why a file is not (quite) TOML. `line` and `column` count from 1, columns in characters.

    `offset` counts characters of the text from 0, but bytes of the file when `kind` is `encoding`; it is None when
    there is no single place. The message says what was found and what to do; it never quotes a value.
    """

    kind: Literal["encoding", "bom", "too_large", "syntax", "nesting"]
    message: str
    line: int
    column: int
    offset: int | None

    def caret(self, text: str, mask: Callable[[str], str] = redact_line) -> tuple[str, str]:
        """The line of the fault, at most 76 columns of it, and below it a line with `^` under the fault.

        Tabs and control characters are drawn as signs, so both are safe to print. `mask` gets the whole line first.
        """
        lines = text.split("\n", self.line)
        raw = lines[self.line - 1].removesuffix("\r") if self.line <= len(lines) else ""
        shown = mask(raw)
        at = min(self.column - 1, len(shown))
        if len(shown) != len(raw):
            same = next((i for i, (a, b) in enumerate(zip(raw, shown, strict=False)) if a != b), len(shown))
            at = min(at, same)
        return _window(shown, at)


def _window(line: str, at: int) -> tuple[str, str]:
    # Grows around the fault, first one character to the left, then one to the right, until the room (less the space for
    # an ellipsis on each side) is taken.
    room = WINDOW - 2
    start = stop = at
    used = 0
    while start > 0 or stop < len(line):
        left = _width(line[start - 1]) if start > 0 else 0
        if left and used + left <= room:
            start, used = start - 1, used + left
        right = _width(line[stop]) if stop < len(line) else 0
        if right and used + right <= room:
            stop, used = stop + 1, used + right
        elif not left or used + left > room:
            break
    before = "…" if start else ""
    after = "…" if stop < len(line) else ""
    indent = len(before) + sum(map(_width, line[start:at]))
    return before + "".join(map(_visible, line[start:stop])) + after, " " * indent + "^"


def _visible(char: str) -> str:
    """The sign for a character: itself, unless it moves, hides or turns what is around it."""
    if char == "\t":
        return "→"
    if char < " " or char == "\x7f":
        return chr(0x2400 + ord(char)) if char < " " else "\u2421"
    category = unicodedata.category(char)
    if category == "Zs":
        return char if char == " " else "\u2423"
    if category in ("Mn", "Me", "Mc"):
        return "\u25cc"
    return char if char.isprintable() else "\ufffd"


def _width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(_visible(char)) in "WF" else 1


def quote_char(char: str) -> str:
    """A character for a message: itself in backticks when it can be shown, its number when it cannot."""
    if _visible(char) == char and char != " ":
        return f"`{char}`" if char != "`" else "'`'"
    return f"U+{ord(char):04X}"


def quote_key(names: list[str]) -> str:
    """A dotted key for a message, in backticks, cut when it is long, with nothing in it that a terminal obeys."""
    parts = (
        name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for name in names
    )
    key = ".".join(parts)
    key = key if len(key) <= 60 else key[:59] + "…"
    return "`" + "".join(map(_visible, key)).replace("`", "'") + "`"


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
