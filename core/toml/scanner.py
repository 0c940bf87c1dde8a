"""Tokenize TOML text without validating it: keys, values and statements, and where each ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# All patterns are possessive, so none backtracks, and the skipping patterns also match unterminated strings (up to the
# end of the line, or of the text for `"""`): any text, valid or not, is scanned once from start to end.
BARE = r"[A-Za-z0-9_-]++"
_STRING = r"""(?:"(?:[^"\\\n]++|\\.)*+"(?!")|'[^'\n]*+'(?!'))"""
_GAP = r"(?:[ \t\r\n]++|\#[^\n]*+)*+"
# An array without nested ones, possibly over several lines, and an inline table on one line.
_FLAT_ARRAY = rf"""\[(?:[^\[\]{{}}"'\#]++|{_STRING}|\#[^\n]*+)*+\]"""
_FLAT_TABLE = rf"""\{{(?:[^\[\]{{}}"'\#\n]++|{_STRING}|\[(?:[^\[\]{{}}"'\#\n]++|{_STRING})*+\])*+\}}"""
# A value that ends on the line where the pattern ends.
EASY_VALUE = rf"""(?:"(?!"")|'(?!'')|[^"'\[{{\n]|{_FLAT_ARRAY}|{_FLAT_TABLE})[^\n]*+\n"""
KEY = rf"""(?:{BARE}|[ \t.]++|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+')++"""

# One statement: its key if it is a single plain one, and its value if it is an easy one.
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
# The two texts are compiled at their first use, for nested arrays and escapes in keys: most trees have neither.
_TO_BRACKET = rf"""(?:[^\[\]{{}}"'\#]++|{ANY_STRING}|\#[^\n]*+)*+"""
_SCALAR = re.compile(rf"""{ANY_STRING}|[^,\[\]{{}}"'\#\n]*+""", re.VERBOSE)
_ESCAPE = r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))"
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}


class KeyPart(NamedTuple):
    """One part of a dotted key, decoded, and the offset where it is written (including its quote)."""

    name: str
    offset: int


def statements(text: str, pos: int, end: int) -> Iterator[tuple[list[KeyPart], int]]:
    """Each `key = value` between two offsets: the parts of its key and the offset of its value."""
    match = _STATEMENT.match
    while pos < end:
        statement = match(text, pos)
        if statement:
            value = statement.end()
            if statement[1] is not None:
                parts = [KeyPart(statement[1], statement.start(1))]
            else:
                parts = [KeyPart(statement[2][1:-1], statement.start(2))]
            if statement[3] is not None:
                pos, value = value, statement.start(3)
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
    """The offset behind the dotted key at an offset (and trailing white space), and its parts; none without a key."""
    parts: list[KeyPart] = []
    while True:
        pos = space_end(text, pos)
        part = _KEY_PART.match(text, pos)
        if part is None:
            return pos, []
        name = part[part.lastindex or 0]
        if part.lastindex == 2 and "\\" in name:
            name = re.sub(_ESCAPE, _unescape, name)
        parts.append(KeyPart(name, pos))
        pos = space_end(text, part.end())
        if not text.startswith(".", pos):
            return pos, parts
        pos += 1


def skip_value(text: str, pos: int) -> int:
    """The offset behind the value at an offset: behind its last bracket, delimiter or character."""
    if text[pos : pos + 1] not in ("[", "{"):
        token = _SCALAR.match(text, pos)
        return token.end() if token else pos
    depth, to_bracket = 0, re.compile(_TO_BRACKET, re.VERBOSE)
    while True:
        token = to_bracket.match(text, pos)
        pos = (token.end() if token else pos) + 1
        if pos > len(text):
            return len(text)
        depth += 1 if text[pos - 1] in "[{" else -1
        if depth <= 0:
            return pos


def _unescape(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2] or escape[3]
    if code is None:
        return _ESCAPED.get(escape[4], escape[0])
    number = int(code, 16)
    return chr(number) if number < 0x110000 else escape[0]


def space_end(text: str, pos: int) -> int:
    space = _SPACE.match(text, pos)
    return space.end() if space else pos


def blank_end(text: str, pos: int) -> int:
    blank = _BLANK.match(text, pos)
    return blank.end() if blank else pos


def comma_end(text: str, pos: int) -> int:
    blank = _BLANK_OR_COMMA.match(text, pos)
    return blank.end() if blank else pos


def line_end(text: str, pos: int) -> int:
    line = _LINE.match(text, pos)
    return line.end() if line else pos
