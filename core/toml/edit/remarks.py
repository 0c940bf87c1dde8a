"""Plans edits of comments: the one at the end of a line, and the lines above a key or header."""

from __future__ import annotations

import re

from core.toml.edit.commands import SetComment
from core.toml.edit.draft import Draft, anything_at, name_path, plan_of
from core.toml.edit.find import comment_above, find_value, is_banner
from core.toml.edit.items import Items, items_at
from core.toml.edit.layout import Path
from core.toml.edit.plans import Plan, Refused, Splice

_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")


def set_comment(draft: Draft, command: SetComment) -> Plan:
    """The comment of a key, header or array element: written, changed or deleted."""
    anything_at(draft, command.path)
    lines = [] if command.text is None else [_comment(line) for line in command.text.split("\n")]
    if command.above:
        return _above(draft, command.path, lines)
    if len(lines) > 1:
        raise Refused("value", "A comment at the end of a line is one line.", "Write it above the line.")
    value = find_value(draft.layout, command.path)
    if value is not None and value.holder is not None:
        items = items_at(draft.text, value.holder.open, draft.line_end(value.span.end))
        if value.partial or not items.in_rows:
            raise _no_line(command.path)
        end = items.last_offset(items.inside.items[value.item])
        old = next((span for span in items.inside.comments if end <= span.start < items.line_end(end)), None)
        return _at_end(draft, end, old.start if old else -1, lines)
    number = _line_of(draft, command.path)
    statement = draft.statement(number)
    end = statement.value_end
    if statement.kind != "pair":
        close = "]]" if statement.kind == "tables" else "]"
        end = draft.text.index(close, statement.parts[-1].end) + len(close)
    return _at_end(draft, end, statement.comment, lines)


def _no_line(path: Path) -> Refused:
    return Refused("place", f"{name_path(path)} has no line of its own.", "Comment the key or table that holds it.")


def _comment(line: str) -> str:
    if _FORBIDDEN.search(line):
        raise Refused("value", "The comment holds a character that no comment can hold.", "Type it anew.")
    line = line.rstrip(" \t")
    return line if line.startswith("#") else f"# {line}" if line else "#"


def _line_of(draft: Draft, path: Path) -> int:
    """The statement of a key's own line, or of its table's header."""
    value = find_value(draft.layout, path)
    if value is not None and value.holder is None:
        return value.number
    place = draft.layout.tables.get(path)
    if not place:
        raise _no_line(path)
    return draft.layout.sections[place].header


def _at_end(draft: Draft, end: int, comment: int, lines: list[str]) -> Plan:
    text = draft.text
    stop = text.find("\n", end)
    stop -= text[stop - 1] == "\r"
    dropped = [text[comment:stop]] if comment >= 0 else []
    if not lines:
        splices = [Splice(end, stop, "")] if comment >= 0 else []
    elif comment >= 0:
        splices = [Splice(comment, stop, lines[0])]
    else:
        splices = [Splice(end, stop, "  " + lines[0])]
    return plan_of(draft, splices, draft.data, dropped=dropped, added=lines)


def _above(draft: Draft, path: Path, lines: list[str]) -> Plan:
    value = find_value(draft.layout, path)
    if value is not None and value.holder is not None:
        items = items_at(draft.text, value.holder.open, draft.line_end(value.span.end))
        if value.partial or not items.in_rows:
            raise _no_line(path)
        end = items.line_start(items.inside.items[value.item].start)
        start = items.above(end)
        indent = draft.text[end : items.inside.items[value.item].start]
        return _written_above(draft, start, end, indent, lines, _old(items, start, end))
    number = _line_of(draft, path)
    statement = draft.statement(number)
    first = comment_above(draft.layout, number)
    if any(is_banner(draft.layout, line) for line in range(first, number)):
        first = number
    start = draft.statement(first).start
    dropped = draft.comments(start, statement.start)
    return _written_above(draft, start, statement.start, draft.indent(statement), lines, dropped)


def _old(items: Items, start: int, end: int) -> tuple[str, ...]:
    return tuple(items.text[a:b] for a, b in items.inside.comments if start <= a < end)


def _written_above(draft: Draft, start: int, end: int, indent: str, lines: list[str], dropped: tuple[str, ...]) -> Plan:
    newline = draft.line_end(end)
    written = "".join(indent + line + newline for line in lines)
    splices = [Splice(start, end, written)] if written != draft.text[start:end] else []
    return plan_of(draft, splices, draft.data, dropped=dropped, added=lines)
