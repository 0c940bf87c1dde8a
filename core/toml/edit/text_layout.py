"""Tiles a sound TOML text into its statements, with the offsets of every key part, value, comment and line."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import partial
from operator import attrgetter
from typing import Literal, NamedTuple

from core.toml.scanner import BARE, read_key, skip_value, space_end

Path = tuple[str | int, ...]
"""Keys, and indexes of array elements, from the root of a document to a value."""

Kind = Literal["blank", "comment", "pair", "table", "tables"]

_PLAIN_STRING = r"""(?:"(?!"")(?:[^"\\\n]++|\\.)*+"|'(?!'')[^'\n]*+')"""
_PLAIN = rf"""(?:{_PLAIN_STRING}|[A-Za-z0-9_+.:-]++)"""
_FLAT_ARRAY = rf"""\[[ \t]*+(?:{_PLAIN}[ \t,]*+)*+\]"""
_FLAT_TABLE = rf"""\{{[ \t]*+(?:(?:{_PLAIN}|=|{_FLAT_ARRAY})[ \t,]*+)*+\}}"""
_END = r"""[ \t]*+(?:(\#[^\r\n]*+))?\r?(?:\n|\Z)"""
_NAME = rf"""(?:{BARE}|"[^"\\\n]*+")"""
# Nearly every line; whatever it does not take is read piece by piece.
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
    """One part of a dotted key: its name, and the span of how it is written, quotes included."""

    name: str
    start: int
    end: int


class Span(NamedTuple):
    """A stretch of a text: the offset of its first character and the one behind its last."""

    start: int
    end: int


class Statement(NamedTuple):
    """A blank line, a comment line, a header or a `key = value`, over as many lines as it takes.

    `start` and `end` enclose whole lines, the line end included; statements tile their text. `value_start` and
    `value_end` are -1 but for a pair, `comment` is the offset of the `#` or -1.
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
    """A header and the statements below it. The first section is the root's and has no header: `header` is -1.

    `first` and `stop` bound the statements of its body. `path` holds the index of the element for each array of tables.
    """

    path: Path
    header: int
    first: int
    stop: int


class Layout(NamedTuple):
    """A text, its statements in order, its sections in order, and which section is the table of a path."""

    text: str
    statements: tuple[Statement, ...]
    sections: tuple[Section, ...]
    tables: dict[Path, int]

    def full(self, section: Section, statement: Statement) -> Path:
        """The path that a pair of a section sets."""
        return section.path + statement.names


_MAX_CACHED = 8
_kept: dict[str, Layout] = {}
"""The layouts that were asked for or foreseen last, the newest at the end."""


def scan(text: str) -> Layout:
    """The layout of a text that a TOML 1.0 or 1.1 parser accepts. Of any other text it is a guess, but it ends."""
    known = _kept.get(text)
    if known is None:
        known = _keep(build_layout(text))
    return known


def build_layout(text: str) -> Layout:
    """The same, worked out in any case."""
    statements = tuple(_tile(text, 0, len(text)))
    return Layout(text, statements, *_divide(statements))


def prepare_layout(old: Layout, text: str, changed: Span) -> None:
    """Have the layout of a text ready that differs from that of `old` only between two offsets of the old one.

    Statements before them are the same, and those behind them as far from each other as they were, as long as what
    stands between ends where it must: a statement does not depend on those before it.
    """
    statements, moved = old.statements, len(text) - len(old.text)
    first = max(bisect_right(statements, changed.start, key=_START) - 2, 0)
    behind = bisect_left(statements, changed.end, key=_START)
    if text in _kept or not statements:
        return
    start = statements[first].start
    end = statements[behind].start if behind < len(statements) else len(old.text)
    if text[:start] != old.text[:start] or text[end + moved :] != old.text[end:]:
        return
    between = _tile(text, start, end + moved)
    if between and between[-1].end != end + moved:
        return
    rest = statements[behind:]
    whole = (*statements[:first], *between, *(map(partial(_shifted, moved), rest) if moved else rest))
    former = statements[first:behind]
    same = len(between) == len(former) and not any(
        one.kind in _HEADERS or other.kind in _HEADERS for one, other in zip(between, former, strict=True)
    )
    _keep(Layout(text, whole, *((old.sections, old.tables) if same else _divide(whole))))


_START = attrgetter("start")
_HEADERS = ("table", "tables")


def _keep(layout: Layout) -> Layout:
    _kept[layout.text] = layout
    for text in list(_kept)[:-_MAX_CACHED]:
        _kept.pop(text, None)
    return layout


def _shifted(by: int, statement: Statement) -> Statement:
    kind, start, end, parts, value, stop, comment = statement
    new = tuple.__new__
    if len(parts) == 1:
        [(name, at, to)] = parts
        parts = (new(Part, (name, at + by, to + by)),)
    else:
        parts = tuple([new(Part, (name, at + by, to + by)) for name, at, to in parts])
    if value >= 0:
        value, stop = value + by, stop + by
    return new(Statement, (kind, start + by, end + by, parts, value, stop, comment + by if comment >= 0 else comment))


def _tile(text: str, pos: int, size: int) -> list[Statement]:
    """The statements of a text from one offset until they reach another."""
    # Made without the constructors of their classes, which would take a third of the time.
    found_all: list[Statement] = []
    add = found_all.append
    match = _LINE.match
    make, part, new = Statement, Part, tuple.__new__
    while pos < size:
        found = match(text, pos)
        if found is None:
            statement = _read_slowly(text, pos)
            add(statement)
            pos = statement.end
            continue
        end = found.end()
        written, _, name, _ = found.groups()
        if written is not None:
            start, stop = found.span(1)
            value = found.span(2)
            named = new(part, (written[1:-1] if written[0] in "\"'" else written, start, stop))
            add(new(make, ("pair", pos, end, (named,), *value, found.start(4))))
        elif name is not None:
            add(make("table", pos, end, _plain_parts(name, found.start(3)), -1, -1, found.start(4)))
        else:
            comment = found.start(4)
            add(new(make, ("blank" if comment < 0 else "comment", pos, end, (), -1, -1, comment)))
        pos = end
    return found_all


def _plain_parts(written: str, start: int) -> tuple[Part, ...]:
    if '"' not in written:
        parts = []
        for name in written.split("."):
            parts.append(Part(name, start, start + len(name)))
            start += len(name) + 1
        return tuple(parts)
    return tuple(
        [
            Part(found[0].strip('"'), start + found.start(), start + found.end())
            for found in _KEY_TOKEN.finditer(written)
        ]
    )


def _read_slowly(text: str, pos: int) -> Statement:
    at = space_end(text, pos)
    many = text.startswith("[[", at)
    if text.startswith("[", at):
        after, parts = key_parts(text, at + 1 + many)
        comment, end = _line_rest(text, after + 1 + many)
        return Statement("tables" if many else "table", pos, end, parts, -1, -1, comment)
    after, parts = key_parts(text, at)
    start = space_end(text, after + 1)
    stop = value_end(text, start)
    comment, end = _line_rest(text, stop)
    return Statement("pair", pos, end, parts, start, stop, comment)


def _line_rest(text: str, pos: int) -> tuple[int, int]:
    found = _REST.match(text, pos)
    if found is None:
        # No sound text comes here; going on at the next line ends the walk.
        end = text.find("\n", pos)
        return -1, len(text) if end < 0 else end + 1
    return found.start(1), found.end()


def key_parts(text: str, pos: int) -> tuple[int, tuple[Part, ...]]:
    """The parts of the dotted key at an offset, and the offset behind it and the white space that follows."""
    after, parts = read_key(text, pos)
    spans = []
    for name, start in parts:
        found = _KEY_TOKEN.match(text, start)
        spans.append(Part(name, start, found.end() if found else start))
    return after, tuple(spans)


def value_end(text: str, pos: int) -> int:
    """The offset behind the value at an offset, without the white space that follows a bare one."""
    end = skip_value(text, pos)
    if text[pos : pos + 1] not in ('"', "'", "[", "{"):
        end = pos + len(text[pos:end].rstrip(" \t\r"))
    return end


def _divide(statements: tuple[Statement, ...]) -> tuple[tuple[Section, ...], dict[Path, int]]:
    headers = [number for number, statement in enumerate(statements) if statement.kind in ("table", "tables")]
    stops = [*headers, len(statements)]
    sections = [Section((), -1, 0, stops[0])]
    index: dict[Path, int] = {(): 0}
    counts: dict[Path, int] = {}
    for place, header in enumerate(headers):
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
        sections.append(Section(path, header, header + 1, stops[place + 1]))
    return tuple(sections), index
