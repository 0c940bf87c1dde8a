"""Parse errors: the position, a message in plain words, and the source line to show."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from core.records import dataclass

# Maximum width of a source line in terminal columns.
WINDOW = 76


@dataclass(frozen=True, slots=True)
class ParseError:
    """Why a file is not valid TOML, as a value. `line` and `column` count from 1, columns in characters.

    `offset` counts characters of the text from 0, but bytes of the file when `kind` is `encoding`; None without a
    single position. The message names the error and the fix; it never quotes a value.
    """

    kind: Literal["encoding", "bom", "too_large", "syntax", "nesting", "number"]
    message: str
    line: int
    column: int
    offset: int | None

    def caret(self, text: str, *, strict: bool = False) -> tuple[str, str]:
        """The source line of the error, at most 76 columns of it, and a line with `^` below the error.

        Tabs and control characters are shown as symbols, so both lines are safe to print. Secrets are hidden
        in the complete line first, `strict` as for `redact`.
        """
        from core.toml.redaction import redact_line

        lines = text.split("\n", self.line)
        raw = lines[self.line - 1].removesuffix("\r") if self.line <= len(lines) else ""
        shown = redact_line(raw, strict=strict)
        return _window(shown, min(self.column - 1, len(shown)))


def _window(line: str, at: int) -> tuple[str, str]:
    # Grows around the error, alternately to the left and right, until the width minus two ellipses is used.
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
    """The symbol for a character: itself, unless it moves, hides or reverses its surroundings."""
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
    """A character for a message: itself in backticks when printable, otherwise its code point."""
    if _visible(char) == char and char != " ":
        return f"`{char}`" if char != "`" else "'`'"
    return f"U+{ord(char):04X}"


def quote_key(names: list[str]) -> str:
    """A dotted key for a message, in backticks, shortened, without control characters."""
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
