"""How the tables beside a new one are written: their indent, their quotes, the way each of their keys is set."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.toml.edit.draft import Draft
from core.toml.edit.find import pairs
from core.toml.edit.layout import Path, Section
from core.toml.edit.render import render_key
from core.toml.scan import BARE

_NEEDLESS_QUOTES = re.compile(rf"""(["']){BARE}\1""")


class Style(NamedTuple):
    """How a new table is to be written. `values` has, for each key of the table beside it, how its value is written."""

    header: str
    indent: str
    equals: str
    quote: str
    key_quote: str
    values: dict[str, str]


def habit(written: str) -> str:
    """A written key to take after: itself when it is quoted without need, so that quotes are a habit; else nothing."""
    return written if _NEEDLESS_QUOTES.fullmatch(written) else ""


def habit_in(draft: Draft, section: Section, depth: int = 0) -> str:
    """A key of a section to take after, by the part at a depth: the first that is quoted without need; or nothing."""
    written = (pair.parts[depth] for _, pair in pairs(draft.layout, section) if len(pair.parts) > depth)
    return next((taken for part in written if (taken := habit(draft.text[part.start : part.end]))), "")


def style_beside(draft: Draft, path: Path, near: int) -> Style:
    """The style for a table at a path, taken from the table of the same parent nearest to a statement.

    Without one, its keys are quoted as those of another table of the same name are.
    """
    parent = path[:-1]
    names = [key for key in path if isinstance(key, str)]
    beside = _beside(draft, path, near)
    header = ".".join(map(render_key, names))
    if beside is None:
        return Style(header, "", " = ", "", _namesake_habit(draft, path), {})
    text, statement = draft.text, draft.statement(beside.header)
    written = [text[part.start : part.end] for part in statement.parts]
    known = sum(isinstance(key, str) for key in parent)
    shared = written[: min(known, len(written))]
    own = written[known] if known < len(written) else ""
    header = ".".join([*shared, *map(render_key, names[len(shared) : -1]), render_key(names[-1], habit(own))])
    values: dict[str, str] = {}
    equals, quote, key_quote = " = ", "", ""
    for _, pair in pairs(draft.layout, beside):
        value = text[pair.value_start : pair.value_end]
        values[pair.parts[0].name] = value
        spaces = text[pair.parts[-1].end : pair.value_start]
        equals = spaces if len(spaces) <= 3 else equals
        quote = value[0] if value[0] in "\"'" else quote
        key_quote = key_quote or habit(text[pair.parts[0].start : pair.parts[0].end])
    return Style(header, draft.indent(statement), equals, quote, key_quote, values)


def _namesake_habit(draft: Draft, path: Path) -> str:
    if len(path) < 2:
        return ""
    alike = (section for section in draft.layout.sections if len(section.path) == len(path))
    named = (habit_in(draft, section) for section in alike if section.path[-1] == path[-1])
    return next(filter(None, named), "")


def _beside(draft: Draft, path: Path, near: int) -> Section | None:
    parent = path[:-1]
    best: Section | None = None
    distance = 0
    for section in draft.layout.sections[1:]:
        if len(section.path) >= len(path) and section.path[: len(parent)] == parent:
            # One of the same depth tells more than the subtable of another.
            away = abs(section.header - near) + (len(section.path) - len(path)) * len(draft.layout.statements)
            if best is None or away < distance:
                best, distance = section, away
    return best
