"""Takes an array or an inline table apart: the offsets of its elements or entries, their commas and its comments."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.toml.edit.layout import Layout, Part, Path, Span, key_parts, value_end
from core.toml.scan import space_end

NO_PARTS: tuple[Part, ...] = ()
_SKIP = re.compile(r"[ \t\r\n]*+")
_COMMENT = re.compile(r"\#[^\r\n]*+")


class Item(NamedTuple):
    """An element of an array, or an entry of an inline table, which alone has `parts`.

    `start` is where the key or the element begins, `comma` the offset of the comma behind it, or -1.
    """

    start: int
    parts: tuple[Part, ...]
    value_start: int
    end: int
    comma: int


class Inside(NamedTuple):
    """What stands between two brackets. `open` and `close` are their offsets."""

    open: int
    close: int
    table: bool
    items: tuple[Item, ...]
    comments: tuple[Span, ...]


def look_inside(text: str, pos: int) -> Inside | None:
    """The array or inline table at an offset, not what stands in its elements; None when another value is there."""
    opening = text[pos : pos + 1]
    if opening not in ("[", "{"):
        return None
    table = opening == "{"
    items: list[Item] = []
    comments: list[Span] = []
    at = _skip(text, pos + 1, comments)
    while at < len(text) and text[at] not in "]}":
        start, parts = at, NO_PARTS
        if table:
            after, parts = key_parts(text, at)
            at = space_end(text, after + 1)
        end = value_end(text, at)
        if end == at:
            break
        value = at
        at = _skip(text, end, comments)
        comma = -1
        if text.startswith(",", at):
            comma = at
            at = _skip(text, at + 1, comments)
        items.append(Item(start, parts, value, end, comma))
    return Inside(pos, at, table, tuple(items), tuple(comments))


def _skip(text: str, pos: int, comments: list[Span]) -> int:
    while True:
        found = _SKIP.match(text, pos)
        pos = found.end() if found else pos
        comment = _COMMENT.match(text, pos)
        if comment is None:
            return pos
        comments.append(Span(pos, comment.end()))
        pos = comment.end()


def value_spans(layout: Layout) -> dict[Path, Span]:
    """Where each value that is written as one stands: of pairs, array elements and inline entries, at any depth.

    Tables that have a header, or exist only because a dotted key goes through them, have no value and are not in it.
    """
    text = layout.text
    spans: dict[Path, Span] = {}
    for section in layout.sections:
        for statement in layout.statements[section.first : section.stop]:
            if statement.kind != "pair":
                continue
            path = layout.full(section, statement)
            spans[path] = Span(statement.value_start, statement.value_end)
            if text.startswith(("[", "{"), statement.value_start):
                _add_inner(text, path, statement.value_start, spans)
    return spans


def _add_inner(text: str, path: Path, pos: int, spans: dict[Path, Span]) -> None:
    pending = [(path, pos)]
    while pending:
        outer, at = pending.pop()
        inside = look_inside(text, at)
        if inside is None:
            continue
        for number, item in enumerate(inside.items):
            inner = outer + (tuple([part.name for part in item.parts]) if inside.table else (number,))
            spans[inner] = Span(item.value_start, item.end)
            if text.startswith(("[", "{"), item.value_start):
                pending.append((inner, item.value_start))


def comment_spans(layout: Layout) -> list[Span]:
    """Where each comment stands, in order, those inside of values included; a comment ends before its line end."""
    text = layout.text
    spans: list[Span] = []
    for statement in layout.statements:
        if statement.kind == "pair" and "\n" in text[statement.value_start : statement.value_end]:
            pending = [statement.value_start]
            while pending:
                inside = look_inside(text, pending.pop())
                if inside:
                    spans += inside.comments
                    pending += [item.value_start for item in inside.items]
        if statement.comment >= 0:
            found = _COMMENT.match(text, statement.comment)
            spans.append(Span(statement.comment, found.end() if found else statement.comment))
    return sorted(spans)
