"""Write TOML for generated trees: predictable, order-keeping, able to write every TOML type and nothing else."""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")
HEADER_DEPTH = 2
ALWAYS_HEADERS = ("routes", "optional_routes")
"""Tables written under a header of their own at any depth; the others are inline below `HEADER_DEPTH`."""


def key_text(key: str) -> str:
    """A key, quoted when it must be."""
    return key if BARE.fullmatch(key) else string_text(key)


def string_text(value: str) -> str:
    """A basic string: JSON's escapes are TOML's, except for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def value_text(value: object) -> str:
    """A value on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return string_text(value)
        case datetime.date():
            return value.isoformat()
        case Mapping():
            items = ", ".join(f"{key_text(key)} = {value_text(item)}" for key, item in value.items())
            return f"{{ {items} }}" if items else "{}"
        case Sequence():
            return "[" + ", ".join(value_text(item) for item in value) + "]"
    raise TypeError(f"{type(value).__name__} has no TOML form here")


def document_text(document: Mapping[str, Any]) -> str:
    """A whole document, each table's plain keys before its sub-tables, both in their own order."""
    lines: list[str] = []

    def emit(table: Mapping[str, Any], path: tuple[str, ...]) -> None:
        below: list[tuple[str, Mapping[str, Any]]] = []
        for key, value in table.items():
            if isinstance(value, Mapping) and (len(path) < HEADER_DEPTH or key in ALWAYS_HEADERS):
                below.append((key, value))
            else:
                lines.append(f"{key_text(key)} = {value_text(value)}")
        for key, value in below:
            lines.append("")
            lines.append("[" + ".".join(key_text(part) for part in (*path, key)) + "]")
            emit(value, (*path, key))

    emit(document, ())
    return "\n".join(lines).lstrip("\n") + "\n"


def keep_tables(text: str, sections: Sequence[str]) -> str:
    """The text with only the root tables named in `sections`, and whatever stands before the first table."""
    out: list[str] = []
    keeping = True
    for line in text.splitlines():
        if line.startswith("["):
            keeping = next(iter(tomllib.loads(line))) in sections
        if keeping:
            out.append(line)
    return "\n".join(out).rstrip() + "\n"
