"""Safe text for terminals: characters that act on the terminal, hide or reorder text are escaped.

Every text from a file, the environment or the network passes through `safe` before it is printed or rendered.
"""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_MARKS: Final = 3
"""The combining marks allowed on one character. Languages need no more; longer stacks overlap the lines above."""

_NAMED: Final = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}

# Letters, marks and symbols by category, yet nothing to see: "default ignorable", and the empty braille cell.
_UNSEEN: Final = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
    | set(range(0x180B, 0x1810))
    | set(range(0xFE00, 0xFE10))
    | set(range(0xE0100, 0xE01F0))
)
_EMOJI_STYLE: Final = "\ufe0f"
_WIDE_SPACE: Final = "\u3000"

# Where new emoji and Chinese characters are added: a character newer than this Python's tables is harmless there.
_GROWING: Final = (range(0x1F300, 0x1FB00), range(0x20000, 0x323B0))

_LETTERS_NUMBERS_PUNCTUATION_SYMBOLS: Final = "LNPS"
_MARKS: Final = frozenset({"Mn", "Me"})


def safe(text: str) -> str:
    r"""Escape every character that a terminal would obey, hide or use to reorder text.

    Written out as `\n`, `\x1b`, `\u202e` or `\U000e0041`: control characters, and with them every escape
    sequence; marks that turn the direction of text; zero-width characters, joiners and other invisible ones; blanks
    that are not the plain space; line separators; lone surrogates; private and unassigned code points.
    Allowed: printable characters of every script, accents (at most `MAX_MARKS` on one character), emoji, the wide space
    of Chinese and Japanese. The emoji variation selector is dropped after a symbol: terminals disagree on
    its width. A backslash stays as it is, so the result is for reading, not for parsing.
    Idempotent. Pure; never raises.
    """
    if text.isascii() and text.isprintable():
        return text
    characters: list[str] = []
    marks = MAX_MARKS  # nothing to put a mark on yet
    symbol = False
    for character in text:
        category = unicodedata.category(character)
        if character == _EMOJI_STYLE and symbol:
            symbol = False
            continue
        symbol = False
        if category in _MARKS and ord(character) not in _UNSEEN and marks < MAX_MARKS:
            marks += 1
            characters.append(character)
        elif _shown(character, category):
            marks = 0
            symbol = category in ("So", "Sm")
            characters.append(character)
        else:
            marks = MAX_MARKS
            characters.append(_written_out(character))
    return "".join(characters)


def _shown(character: str, category: str) -> bool:
    if character in (" ", _WIDE_SPACE):
        return True
    code = ord(character)
    if code in _UNSEEN:
        return False
    if category == "Cn":
        return any(code in block for block in _GROWING)
    return category[0] in _LETTERS_NUMBERS_PUNCTUATION_SYMBOLS or category == "Mc"


def _written_out(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def in_place(text: str) -> str:
    """Escape as `safe`, with one character for each, so that positions stay the same in text fields.

    Control characters become their pictures, other unsafe ones the replacement character; tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    characters: list[str] = []
    marks = MAX_MARKS  # nothing to put a mark on yet
    for character in text:
        category = unicodedata.category(character)
        mark = category in _MARKS and ord(character) not in _UNSEEN
        marks = marks + 1 if mark else 0
        if character == "\t" or (marks <= MAX_MARKS if mark else _shown(character, category)):
            characters.append(character)
        elif character < " ":
            characters.append(chr(0x2400 + ord(character)))
        else:
            characters.append("\N{SYMBOL FOR DELETE}" if character == "\x7f" else "\N{REPLACEMENT CHARACTER}")
    return "".join(characters)
