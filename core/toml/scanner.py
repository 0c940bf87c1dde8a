"""Walks TOML text piece by piece without judging it: keys, values and statements, and where each ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Every pattern is possessive, so none backtracks, and the patterns used to skip match unfinished strings too (up to the
# end of the line, or of the text for `"""`): any text, even one no parser takes, is walked once from start to end.
BARE = r"[A-Za-z0-9_-]++"
_STRING = r"""(?:"(?:[^"\\\n]++|\\.)*+"(?!")|'[^'\n]*+'(?!'))"""
_GAP = r"(?:[ \t\r\n]++|\#[^\n]*+)*+"
# An array that holds no other, which may run over several lines, and an inline table of one line.
_FLAT_ARRAY = rf"""\[(?:[^\[\]{{}}"'\#]++|{_STRING}|\#[^\n]*+)*+\]"""
_FLAT_TABLE = rf"""\{{(?:[^\[\]{{}}"'\#\n]++|{_STRING}|\[(?:[^\[\]{{}}"'\#\n]++|{_STRING})*+\])*+\}}"""
# A value that certainly ends on the line where the pattern leaves off.
EASY_VALUE = rf"""(?:"(?!"")|'(?!'')|[^"'\[{{\n]|{_FLAT_ARRAY}|{_FLAT_TABLE})[^\n]*+\n"""
KEY = rf"""(?:{BARE}|[ \t.]++|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+')++"""

# One statement: its key when that is a single plain one, and its value when that is an easy one.
_STATEMENT = re.compile(rf"""{_GAP}(?:({BARE})|("[^"\\\n]*+"))[ \t]*+=[ \t]*+({EASY_VALUE})?""", re.VERBOSE)
_SPACE = re.compile(r"[ \t]*+")
_BLANK = re.compile(_GAP, re.VERBOSE)
_BLANK_OR_COMMA = re.compile(r"(?:[ \t\r\n,]++|\#[^\n]*+)*+", re.VERBOSE)
_LINE = re.compile(r"[^\n]*+\n?")
_KEY_PART = re.compile(rf"""({BARE})|"((?:[^"\\\n]++|\\.)*+)"|'([^'\n]*+)'""")
ANY_STRING = (
    r'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+(?:"{3,5})?+'
    r"|'''(?:[^']++|'(?!''))*+(?:'{3,5})?+"
    r'|"(?:[^"\\\n]++|\\.)*+"?+'
    r"|'[^'\n]*+'?+"
)
_TO_BRACKET = re.compile(rf"""(?:[^\[\]{{}}"'\#]++|{ANY_STRING}|\#[^\n]*+)*+""", re.VERBOSE)
_SCALAR = re.compile(rf"""{ANY_STRING}|[^,\[\]{{}}"'\#\n]*+""", re.VERBOSE)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}


class KeyPart(NamedTuple):
    """One part of a dotted key, decoded, and the offset where it is written (at its quote, if it has one)."""

    name: str
    offset: int


def statements(text: str, pos: int, end: int) -> Iterator[tuple[list[KeyPart], int]]:
    """Each `key = value` between two offsets: the parts of its key, and the offset of its value."""
    match = _STATEMENT.match
    while pos < end:
        found = match(text, pos)
        if found:
            value = found.end()
            if found[1] is not None:
                parts = [KeyPart(found[1], found.start(1))]
            else:
                parts = [KeyPart(found[2][1:-1], found.start(2))]
            if found[3] is not None:
                pos, value = value, found.start(3)
            else:
                pos = line_end(text, skip_value(text, value))
            yield parts, value
            continue
        pos = blank_end(text, pos)
        after, parts = read_key(text, pos)
        if parts and text.startswith("=", after):
            value = space_end(text, after + 1)
            if value < end:
                yield parts, value
            pos = skip_value(text, value)
        pos = line_end(text, pos)


def skip_statement(text: str, pos: int) -> int:
    after, parts = read_key(text, pos)
    if parts and text.startswith("=", after):
        pos = skip_value(text, space_end(text, after + 1))
    return line_end(text, pos)


def read_key(text: str, pos: int) -> tuple[int, list[KeyPart]]:
    """The dotted key at an offset and the offset behind it (and behind white space); no parts when there is no key."""
    parts: list[KeyPart] = []
    while True:
        pos = space_end(text, pos)
        found = _KEY_PART.match(text, pos)
        if found is None:
            return pos, []
        name = found[found.lastindex or 0]
        if found.lastindex == 2 and "\\" in name:
            name = _ESCAPE.sub(_unescape, name)
        parts.append(KeyPart(name, pos))
        pos = space_end(text, found.end())
        if not text.startswith(".", pos):
            return pos, parts
        pos += 1


def skip_value(text: str, pos: int) -> int:
    """The offset behind the value at an offset: behind its last bracket, string delimiter or character."""
    if text[pos : pos + 1] not in ("[", "{"):
        found = _SCALAR.match(text, pos)
        return found.end() if found else pos
    depth = 0
    while True:
        found = _TO_BRACKET.match(text, pos)
        pos = (found.end() if found else pos) + 1
        if pos > len(text):
            return len(text)
        depth += 1 if text[pos - 1] in "[{" else -1
        if depth <= 0:
            return pos


def _unescape(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code is None:
        return _ESCAPED.get(found[4], found[0])
    number = int(code, 16)
    return chr(number) if number < 0x110000 else found[0]


def space_end(text: str, pos: int) -> int:
    found = _SPACE.match(text, pos)
    return found.end() if found else pos


def blank_end(text: str, pos: int) -> int:
    found = _BLANK.match(text, pos)
    return found.end() if found else pos


def comma_end(text: str, pos: int) -> int:
    found = _BLANK_OR_COMMA.match(text, pos)
    return found.end() if found else pos


def line_end(text: str, pos: int) -> int:
    found = _LINE.match(text, pos)
    return found.end() if found else pos
