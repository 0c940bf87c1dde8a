"""What the TOML 0.5 reader of Pipelex 0.10 and 0.11 makes of a document that a TOML 1.0 reader takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from core.toml.positions import Positions
from core.toml.toml_reader import TomlDocument

KeyPath = tuple[str | int, ...]

_QUOTED_KEY = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def refused(document: TomlDocument, positions: Positions) -> tuple[str, KeyPath] | None:
    """What that reader refuses, in words and where it stands; None when it takes the document."""
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
    """The document with its keys as that reader sees them: escapes in quoted keys stay as they are written."""
    text = document.text or ""
    if "\\" not in text or not document.data:
        return document
    data, changed = _raw_keys(document.data, (), positions, text.split("\n"))
    return replace(document, data=data) if changed else document


def _raw_keys(
    table: Mapping[str, object], path: KeyPath, positions: Positions, lines: list[str]
) -> tuple[dict[str, object], bool]:
    out: dict[str, object] = {}
    changed = False
    for key, value in table.items():
        here: KeyPath = (*path, key)
        raw = _written(key, here, positions, lines)
        inner = False
        if isinstance(value, dict):
            value, inner = _raw_keys(value, here, positions, lines)
        out[raw] = value
        changed = changed or inner or raw != key
    return out, changed


def _written(key: str, path: KeyPath, positions: Positions, lines: list[str]) -> str:
    position = positions.get(path)
    if position is None or position.line > len(lines):
        return key
    match = _QUOTED_KEY.match(lines[position.line - 1], position.column - 1)
    return match[1] if match is not None and "\\" in match[1] else key


def _mixed_array(data: object) -> KeyPath | None:
    """Where the first array stands that holds values of more than one kind, integers and floats counting as two."""
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
    """Where the first [header] stands that names a table with an empty name; an empty key elsewhere is taken."""
    lines = (document.text or "").split("\n")
    stack: list[tuple[KeyPath, object]] = [((), document.data)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, Mapping):
            if path and path[-1] == "" and lines[positions.nearest(path).line - 1].lstrip().startswith("["):
                return path
            stack.extend(((*path, str(key)), value) for key, value in node.items())
    return None
