"""The TOML 0.5 reader of Pipelex 0.10 and 0.11: documents that it rejects or reads differently."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from core.toml.positions import Positions
from core.toml.toml_reader import TomlDocument

KeyPath = tuple[str | int, ...]

_QUOTED_KEY = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def rejection(document: TomlDocument, positions: Positions) -> tuple[str, KeyPath] | None:
    """The reason why that reader rejects a document, and the path; None when it accepts it."""
    mixed = _mixed_array(document.data)
    if mixed is not None:
        return "an array mixes kinds of values", mixed
    nameless = _nameless_header(document, positions)
    if nameless is not None:
        return "a table has an empty name", nameless
    if not document.toml_1_0:
        return "TOML 1.1, such as an inline table over several lines", ()
    return None


def reread(document: TomlDocument, positions: Positions) -> TomlDocument:
    """The document with keys as that reader sees them: escapes in quoted keys stay as written."""
    text = document.text or ""
    if "\\" not in text or not document.data:
        return document
    data, changed = _raw_keys(document.data, (), positions, text.split("\n"))
    return replace(document, data=data) if changed else document


def _raw_keys(
    table: Mapping[str, object], path: KeyPath, positions: Positions, lines: list[str]
) -> tuple[dict[str, object], bool]:
    raw_table: dict[str, object] = {}
    changed = False
    for key, value in table.items():
        key_path: KeyPath = (*path, key)
        raw = _written(key, key_path, positions, lines)
        inner = False
        if isinstance(value, dict):
            value, inner = _raw_keys(value, key_path, positions, lines)
        raw_table[raw] = value
        changed = changed or inner or raw != key
    return raw_table, changed


def _written(key: str, path: KeyPath, positions: Positions, lines: list[str]) -> str:
    position = positions.get(path)
    if position is None or position.line > len(lines):
        return key
    match = _QUOTED_KEY.match(lines[position.line - 1], position.column - 1)
    return match[1] if match is not None and "\\" in match[1] else key


def _mixed_array(data: object) -> KeyPath | None:
    """The path of the first array with values of several types; integers and floats are different types."""
    stack: list[tuple[KeyPath, object]] = [((), data)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, Mapping):
            stack.extend(((*path, str(key)), value) for key, value in node.items())
        elif isinstance(node, list):
            if len({type(item) for item in node}) > 1:
                return path
            stack.extend(((*path, index), value) for index, value in enumerate(node))
    return None


def _nameless_header(document: TomlDocument, positions: Positions) -> KeyPath | None:
    """The path of the first [header] with an empty name; an empty key elsewhere is accepted."""
    lines = (document.text or "").split("\n")
    stack: list[tuple[KeyPath, object]] = [((), document.data)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, Mapping):
            if path and path[-1] == "" and lines[positions.nearest(path).line - 1].lstrip().startswith("["):
                return path
            stack.extend(((*path, str(key)), value) for key, value in node.items())
    return None
