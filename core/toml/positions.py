"""Positions of the keys of a TOML text without parsing it: headers first, the rest on demand."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from core.toml.scanner import (
    EASY_VALUE,
    KEY,
    KeyPart,
    blank_end,
    comma_end,
    read_key,
    skip_statement,
    skip_value,
    space_end,
    statements,
)

# A run of simple statements, and the header behind them if it is a plain one.
SECTION = re.compile(
    rf"""(?:[ \t\r]*+(?:\n|\#[^\n]*+\n|{KEY}=[ \t]*+{EASY_VALUE}))*+
    [ \t]*+(?:(\[)[ \t]*+(?:([A-Za-z0-9_.-]++)|("[^"\\\n]*+"))[ \t]*+\])?""",
    re.VERBOSE,
)


class Position(NamedTuple):
    """Line and column, both from 1; columns count characters."""

    line: int
    column: int


class _Node:
    """A key of the document. Its content is scanned on first access."""

    __slots__ = ("body", "children", "end", "header", "items", "start", "value")

    def __init__(self, start: int, value: int = -1) -> None:
        self.start = start
        # Offset of a value not scanned yet, or -1.
        self.value = value
        # Span of the statements below its header not scanned yet; `body` is -1 without any.
        self.body = -1
        self.end = -1
        self.header = False
        self.children: dict[str, _Node] | None = None
        self.items: list[_Node] | None = None


class Positions:
    """Positions of the key paths of a text. Cheap to create: the text is scanned on the first query."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root: _Node | None = None
        self._lines: list[int] = []

    def get(self, path: tuple[str | int, ...]) -> Position | None:
        """The position of a key path, or None when the text does not contain it.

        For a key it is that of its own part in its statement; for a table, of its name in its header, or of its first
        mention without one; for an array element, of its value, or of the name in its `[[header]]`.
        """
        node, depth = self._follow(path)
        return self._position(node.start) if depth == len(path) else None

    def nearest(self, path: tuple[str | int, ...]) -> Position:
        """The position of the longest existing prefix of a key path; the start of the text without any."""
        return self._position(self._follow(path)[0].start)

    def _follow(self, path: tuple[str | int, ...]) -> tuple[_Node, int]:
        node = self._root or self._scan()
        for depth, key in enumerate(path):
            if node.body >= 0 or node.value >= 0:
                _expand(self._text, node)
            child: _Node | None = None
            if isinstance(key, str):
                child = node.children.get(key) if node.children else None
            elif node.items and 0 <= key < len(node.items):
                child = node.items[key]
            if child is None:
                return node, depth
            node = child
        return node, len(path)

    def _scan(self) -> _Node:
        # Assigned when complete, so concurrent queries are safe.
        root = _scan_headers(self._text)[0]
        self._root = root
        return root

    def _position(self, offset: int) -> Position:
        if not self._lines:
            lengths = map(len, self._text.split("\n"))
            self._lines = list(accumulate(lengths, lambda start, length: start + length + 1, initial=0))
        line = bisect_right(self._lines, offset)
        return Position(line, offset - self._lines[line - 1] + 1)


def locate(text: str) -> Positions:
    """The positions of all keys of a TOML 1.0 or 1.1 text. Never raises; for invalid TOML they are a guess."""
    return Positions(text)


def first_definition(text: str, parts: list[KeyPart], *, header: bool) -> tuple[int, int]:
    """The number of parts of a new key that a text defines already, and the offset of the last of them.

    `header`: the key is in a table header; otherwise it belongs to the last table of the text.
    """
    root, node = _scan_headers(text)
    if header:
        node = root
    offset = 0
    for depth, (name, _) in enumerate(parts):
        if node.body >= 0 or node.value >= 0:
            _expand(text, node)
        child = node.children.get(name) if node.children else None
        if child is None:
            return depth, offset
        offset = child.start
        node = child.items[-1] if child.items else child
    return len(parts), offset


def last_statement(text: str) -> tuple[list[KeyPart], int] | None:
    """The key parts and value offset of the last `key = value` below the last header of a text."""
    node = _scan_headers(text)[1]
    last = deque(statements(text, node.body, node.end), maxlen=1)
    return last[0] if last else None


def _scan_headers(text: str) -> tuple[_Node, _Node]:
    """The tree of all headers, and the last table of the text. Bodies are not scanned."""
    root = _Node(0)
    root.children = {}
    node = root
    size = len(text)
    body = pos = 1 if text.startswith("\ufeff") else 0
    match = SECTION.match
    while True:
        section = match(text, pos)
        assert section is not None  # it matches the empty text
        pos = section.end()
        group = section.lastindex
        if group:
            node.body, node.end = body, section.start(1)
            offset = section.start(group)
            names = section[2].split(".") if group == 2 else [section[3][1:-1]]
            if len(names) == 1 and names[0] not in root.children:
                # Inlined `_open_table` for the most frequent kind of header.
                node = root.children[names[0]] = _Node(offset)
                node.header = True
            else:
                node = _open_table(root, list(_placed(names, offset)), False)
            body = pos
            continue
        if pos >= size:
            break
        if text[pos] == "[":
            is_array = text.startswith("[[", pos)
            after, parts = read_key(text, pos + 1 + is_array)
            if parts and text.startswith("]]" if is_array else "]", after):
                node.body, node.end = body, pos
                node = _open_table(root, parts, is_array)
                body = pos = after + 1 + is_array
                continue
        pos = skip_statement(text, pos)
    node.body, node.end = body, size
    return root, node


def _placed(names: list[str], offset: int) -> Iterator[KeyPart]:
    for name in names:
        yield KeyPart(name, offset)
        offset += len(name) + 1


def _open_table(root: _Node, parts: list[KeyPart], is_array: bool) -> _Node:
    node = root
    last = len(parts) - 1
    for index, (name, offset) in enumerate(parts):
        if node.children is None:
            node.children = {}
        child = node.children.get(name)
        if child is None:
            child = node.children[name] = _Node(offset)
        if index == last:
            if is_array:
                if child.items is None:
                    child.items = []
                    child.start = offset
                child.header = True
                item = _Node(offset)
                child.items.append(item)
                child = item
            elif not child.header:
                child.start = offset
            child.header = True
        elif child.items:
            child = child.items[-1]
        node = child
    return node


def _expand(text: str, node: _Node) -> None:
    if node.body >= 0:
        children = node.children = node.children or {}
        for parts, value in statements(text, node.body, node.end):
            _add(children, parts, value)
        node.body = -1
    elif text.startswith("{", node.value):
        children = {}
        pos = blank_end(text, node.value + 1)
        while True:
            after, parts = read_key(text, pos)
            if not parts or not text.startswith("=", after):
                break
            value = space_end(text, after + 1)
            _add(children, parts, value)
            pos = comma_end(text, skip_value(text, value))
        node.children = children
    elif text.startswith("[", node.value):
        items: list[_Node] = []
        pos = blank_end(text, node.value + 1)
        while pos < len(text) and text[pos] not in "]}":
            items.append(_Node(pos, pos))
            after = skip_value(text, pos)
            if after == pos:
                break
            pos = comma_end(text, after)
        node.items = items
    node.value = -1


def _add(children: dict[str, _Node], parts: list[KeyPart], value: int) -> None:
    last = len(parts) - 1
    for index, (name, offset) in enumerate(parts):
        child = children.get(name)
        if child is None:
            child = children[name] = _Node(offset)
            if index == last:
                child.value = value
        elif not child.header:
            child.start = min(child.start, offset)
        if index != last:
            if child.children is None:
                child.children = {}
            children = child.children
