"""Layout of a valid TOML text: its statements with the offsets of key parts, values, comments and lines."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import partial
from operator import attrgetter
from typing import Literal, NamedTuple

from core.toml.scanner import BARE, read_key, skip_value, space_end

Path = tuple[str | int, ...]
"""Keys and array indexes from the root of a document to a value."""

Kind = Literal["blank", "comment", "pair", "table", "tables"]

_PLAIN_STRING = r"""(?:"(?!"")(?:[^"\\\n]++|\\.)*+"|'(?!'')[^'\n]*+')"""
_PLAIN = rf"""(?:{_PLAIN_STRING}|[A-Za-z0-9_+.:-]++)"""
_FLAT_ARRAY = rf"""\[[ \t]*+(?:{_PLAIN}[ \t,]*+)*+\]"""
_FLAT_TABLE = rf"""\{{[ \t]*+(?:(?:{_PLAIN}|=|{_FLAT_ARRAY})[ \t,]*+)*+\}}"""
_END = r"""[ \t]*+(?:(\#[^\r\n]*+))?\r?(?:\n|\Z)"""
_NAME = rf"""(?:{BARE}|"[^"\\\n]*+")"""
# Matches nearly every line; the rest is parsed token by token.
_LINE = re.compile(
    rf"""[ \t]*+(?:
        (?P<key>{BARE}|"[^"\\\n]*+"|'[^'\n]*+')[ \t]*+=[ \t]*+(?P<value>{_PLAIN}|{_FLAT_ARRAY}|{_FLAT_TABLE})
      | \[[ \t]*+(?P<name>{_NAME}(?:\.{_NAME})*+)[ \t]*+\]
    )?{_END}""",
    re.VERBOSE,
)
_KEY_TOKEN = re.compile(rf"""{BARE}|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+'""")
_REST = re.compile(_END, re.VERBOSE)


class Part(NamedTuple):
    """One part of a dotted key: its name, and its span including quotes."""

    name: str
    start: int
    end: int


class Span(NamedTuple):
    """Start and end offset of a part of a text."""

    start: int
    end: int


class Statement(NamedTuple):
    """A blank line, a comment line, a header or a `key = value`, possibly over several lines.

    `start` and `end` enclose complete lines, the line end included; statements cover the text without gaps.
    `value_start` and `value_end` are -1 except for a pair; `comment` is the offset of the `#` or -1.
    """

    kind: Kind
    start: int
    end: int
    parts: tuple[Part, ...]
    value_start: int
    value_end: int
    comment: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple([part.name for part in self.parts])


class Section(NamedTuple):
    """A header and the statements below it. The first section is the root's: its `header` is -1.

    `first` and `stop` bound the statements of its body. `path` includes the element index for each array of tables.
    """

    path: Path
    header: int
    first: int
    stop: int


class Layout(NamedTuple):
    """A text with its statements and sections in order, and the section index of each table path."""

    text: str
    statements: tuple[Statement, ...]
    sections: tuple[Section, ...]
    tables: dict[Path, int]

    def full_path(self, section: Section, statement: Statement) -> Path:
        """The complete path that a pair of a section sets."""
        return section.path + statement.names


_MAX_CACHED = 8
_cache: dict[str, Layout] = {}
"""The most recent layouts, the newest last."""


def scan(text: str) -> Layout:
    """The layout of a TOML 1.0 or 1.1 text, cached. For any other text it is a guess, but always terminates."""
    layout = _cache.get(text)
    if layout is None:
        layout = _remember(build_layout(text))
    return layout


def build_layout(text: str) -> Layout:
    """The layout of a text, without the cache."""
    statements = tuple(_parse_statements(text, 0, len(text)))
    return Layout(text, statements, *_split_sections(statements))


def prepare_layout(old: Layout, text: str, changed: Span) -> None:
    """Cache the layout of a text that differs from that of `old` only between two offsets of the old one.

    Statements before the change are reused, those behind it shifted, provided that the changed part ends at the same
    statement boundary: a statement does not depend on those before it.
    """
    statements, shift = old.statements, len(text) - len(old.text)
    first = max(bisect_right(statements, changed.start, key=_START) - 2, 0)
    next_index = bisect_left(statements, changed.end, key=_START)
    if text in _cache or not statements:
        return
    start = statements[first].start
    end = statements[next_index].start if next_index < len(statements) else len(old.text)
    if text[:start] != old.text[:start] or text[end + shift :] != old.text[end:]:
        return
    between = _parse_statements(text, start, end + shift)
    if between and between[-1].end != end + shift:
        return
    following = statements[next_index:]
    combined = (*statements[:first], *between, *(map(partial(_shift, shift), following) if shift else following))
    replaced = statements[first:next_index]
    same = len(between) == len(replaced) and not any(
        left.kind in _HEADERS or right.kind in _HEADERS for left, right in zip(between, replaced, strict=True)
    )
    _remember(Layout(text, combined, *((old.sections, old.tables) if same else _split_sections(combined))))


_START = attrgetter("start")
_HEADERS = ("table", "tables")


def _remember(layout: Layout) -> Layout:
    _cache[layout.text] = layout
    for text in list(_cache)[:-_MAX_CACHED]:
        _cache.pop(text, None)
    return layout


def _shift(offset: int, statement: Statement) -> Statement:
    kind, start, end, parts, value, stop, comment = statement
    new = tuple.__new__
    if len(parts) == 1:
        [(name, at, to)] = parts
        parts = (new(Part, (name, at + offset, to + offset)),)
    else:
        parts = tuple([new(Part, (name, at + offset, to + offset)) for name, at, to in parts])
    if value >= 0:
        value, stop = value + offset, stop + offset
    return new(
        Statement,
        (kind, start + offset, end + offset, parts, value, stop, comment + offset if comment >= 0 else comment),
    )


def _parse_statements(text: str, pos: int, size: int) -> list[Statement]:
    """The statements of a text between two offsets."""
    # `tuple.__new__` avoids the named tuple constructors, a third of the time.
    statements: list[Statement] = []
    add = statements.append
    match = _LINE.match
    make, part, new = Statement, Part, tuple.__new__
    while pos < size:
        line = match(text, pos)
        if line is None:
            statement = _parse_statement(text, pos)
            add(statement)
            pos = statement.end
            continue
        end = line.end()
        written, _, name, _ = line.groups()
        if written is not None:
            start, stop = line.span(1)
            value = line.span(2)
            key = new(part, (written[1:-1] if written[0] in "\"'" else written, start, stop))
            add(new(make, ("pair", pos, end, (key,), *value, line.start(4))))
        elif name is not None:
            add(make("table", pos, end, _plain_parts(name, line.start(3)), -1, -1, line.start(4)))
        else:
            comment = line.start(4)
            add(new(make, ("blank" if comment < 0 else "comment", pos, end, (), -1, -1, comment)))
        pos = end
    return statements


def _plain_parts(written: str, start: int) -> tuple[Part, ...]:
    if '"' not in written:
        parts = []
        for name in written.split("."):
            parts.append(Part(name, start, start + len(name)))
            start += len(name) + 1
        return tuple(parts)
    return tuple(
        [
            Part(result[0].strip('"'), start + result.start(), start + result.end())
            for result in _KEY_TOKEN.finditer(written)
        ]
    )


def _parse_statement(text: str, pos: int) -> Statement:
    at = space_end(text, pos)
    is_array = text.startswith("[[", at)
    if text.startswith("[", at):
        after, parts = key_parts(text, at + 1 + is_array)
        comment, end = _line_rest(text, after + 1 + is_array)
        return Statement("tables" if is_array else "table", pos, end, parts, -1, -1, comment)
    after, parts = key_parts(text, at)
    start = space_end(text, after + 1)
    stop = value_end(text, start)
    comment, end = _line_rest(text, stop)
    return Statement("pair", pos, end, parts, start, stop, comment)


def _line_rest(text: str, pos: int) -> tuple[int, int]:
    result = _REST.match(text, pos)
    if result is None:
        # Not reached for valid TOML; continuing at the next line guarantees termination.
        end = text.find("\n", pos)
        return -1, len(text) if end < 0 else end + 1
    return result.start(1), result.end()


def key_parts(text: str, pos: int) -> tuple[int, tuple[Part, ...]]:
    """The parts of the dotted key at an offset, and the offset behind it and trailing white space."""
    after, parts = read_key(text, pos)
    spans = []
    for name, start in parts:
        result = _KEY_TOKEN.match(text, start)
        spans.append(Part(name, start, result.end() if result else start))
    return after, tuple(spans)


def value_end(text: str, pos: int) -> int:
    """The offset behind the value at an offset, without white space behind a bare value."""
    end = skip_value(text, pos)
    if text[pos : pos + 1] not in ('"', "'", "[", "{"):
        end = pos + len(text[pos:end].rstrip(" \t\r"))
    return end


def _split_sections(statements: tuple[Statement, ...]) -> tuple[tuple[Section, ...], dict[Path, int]]:
    headers = [number for number, statement in enumerate(statements) if statement.kind in ("table", "tables")]
    stops = [*headers, len(statements)]
    sections = [Section((), -1, 0, stops[0])]
    index: dict[Path, int] = {(): 0}
    counts: dict[Path, int] = {}
    for number, header in enumerate(headers):
        statement = statements[header]
        parts = statement.parts
        if not counts and statement.kind == "table":
            path: Path = tuple([part.name for part in parts])
        else:
            path = ()
            for depth, part in enumerate(parts, 1):
                path = (*path, part.name)
                if depth == len(parts) and statement.kind == "tables":
                    counts[path] = counts.get(path, 0) + 1
                if path in counts:
                    path = (*path, counts[path] - 1)
        index[path] = len(sections)
        sections.append(Section(path, header, header + 1, stops[number + 1]))
    return tuple(sections), index
