"""Queries on a layout: the statements, sections and comments of a key path."""

from __future__ import annotations

from collections.abc import Iterator

from core.records import dataclass
from core.toml.edit.containers import Container, parse_container
from core.toml.edit.ownership import commented_name, count_owned, is_banner_line
from core.toml.edit.text_layout import Layout, Path, Section, Span, Statement, scan
from core.toml.redaction import redact


@dataclass(frozen=True, slots=True)
class ValueLocation:
    """The span of a value in statement `number`; `holder` is the array or inline table around it, if any.

    `item` is its index in the holder, or -1. `partial`: the entry has a dotted key that extends beyond the path, so the
    path itself has no value.
    """

    section: Section
    number: int
    span: Span
    holder: Container | None = None
    item: int = -1
    partial: bool = False


def pairs(layout: Layout, section: Section) -> Iterator[tuple[int, Statement]]:
    """The pairs of a section with their statement numbers."""
    for number in range(section.first, section.stop):
        if layout.statements[number].kind == "pair":
            yield number, layout.statements[number]


def find_value(layout: Layout, path: Path) -> ValueLocation | None:
    """The location of the value of a path; None for a missing value or a table with a header."""
    for depth in range(len(path) - 1, -1, -1):
        place = layout.tables.get(path[:depth])
        if place is None:
            continue
        section, remaining = layout.sections[place], path[depth:]
        for number, statement in pairs(layout, section):
            parts = statement.parts
            if parts[0].name == remaining[0] and statement.names == remaining[: len(parts)]:
                return _descend(layout.text, section, number, statement, remaining[len(parts) :])
    return None


def _descend(text: str, section: Section, number: int, statement: Statement, remaining: Path) -> ValueLocation | None:
    value = ValueLocation(section, number, Span(statement.value_start, statement.value_end))
    while remaining:
        container = parse_container(text, value.span.start)
        if container is None:
            return None
        for at, item in enumerate(container.items):
            names: Path = tuple([part.name for part in item.parts]) if container.table else (at,)
            if names == remaining[: len(names)]:
                value = ValueLocation(section, number, Span(item.value_start, item.end), container, at)
                remaining = remaining[len(names) :]
                break
            if names[: len(remaining)] == remaining:
                return ValueLocation(section, number, Span(item.value_start, item.end), container, at, partial=True)
        else:
            return None
    return value


def sections_below(layout: Layout, path: Path) -> list[int]:
    """The section numbers of a table and all its subtables, in text order."""
    size = len(path)
    return [number for number, section in enumerate(layout.sections) if section.path[:size] == path]


def pairs_through(layout: Layout, path: Path) -> list[tuple[Section, int]]:
    """The pairs outside of a table's own section whose dotted key passes through it: `a.b = 1` for `a`."""
    result = []
    for depth in range(len(path)):
        index = layout.tables.get(path[:depth])
        if index is not None:
            section, remaining = layout.sections[index], path[depth:]
            for number, statement in pairs(layout, section):
                if len(statement.parts) > len(remaining) and statement.names[: len(remaining)] == remaining:
                    result.append((section, number))
    return result


def first_mentions(layout: Layout, table: Path) -> dict[str | int, int]:
    """The keys of a table in the order of their first mention, with its offset. Not for inline tables."""
    size = len(table)
    mentions: dict[str | int, int] = {}
    for section in layout.sections:
        path = section.path
        if len(path) > size:
            if path[:size] == table:
                mentions.setdefault(path[size], layout.statements[section.header].start)
        elif path == table[: len(path)]:
            remaining = table[len(path) :]
            for _, statement in pairs(layout, section):
                if len(statement.parts) > len(remaining) and statement.names[: len(remaining)] == remaining:
                    mentions.setdefault(statement.parts[len(remaining)].name, statement.start)
    return mentions


def last_pair(layout: Layout, section: Section) -> int:
    """The number of the last pair of a section, or of its header; -1 for a root without pairs."""
    for number in range(section.stop - 1, section.first - 1, -1):
        if layout.statements[number].kind == "pair":
            return number
    return section.header


def is_banner(layout: Layout, number: int) -> bool:
    """Whether a statement is a comment line that draws a rule."""
    statement = layout.statements[number]
    return statement.kind == "comment" and is_banner_line(layout.text[statement.comment : statement.end])


def comments_start(layout: Layout, number: int) -> int:
    """The number of the first comment line right above a statement; its own number without any."""
    while number > 0 and layout.statements[number - 1].kind == "comment":
        number -= 1
    return number


def attached(layout: Layout, number: int) -> int:
    """The number of the first comment line above a statement that it owns; its own number without any."""
    first, statement = comments_start(layout, number), layout.statements[number]
    if first == number:
        return number
    following = layout.statements[number + 1] if number + 1 < len(layout.statements) else None
    grouped = statement.kind == "pair" and following is not None and following.kind == "pair"
    above = [_line_of(layout, line) for line in range(first, number)]
    name = statement.parts[-1].name if statement.parts else ""
    return number - count_owned(above, name, indent_of(layout, number), grouped=grouped)


def alternatives_end(layout: Layout, number: int) -> int:
    """The number of the last commented-out alternative right below a pair; its own number without any."""
    statement, last = layout.statements[number], number
    while (
        statement.kind == "pair"
        and last + 1 < len(layout.statements)
        and layout.statements[last + 1].kind == "comment"
        and commented_name(_line_of(layout, last + 1)) == statement.parts[-1].name
    ):
        last += 1
    return last


def indent_of(layout: Layout, number: int) -> str:
    """The white space at the start of a statement."""
    line = _line_of(layout, number)
    return line[: len(line) - len(line.lstrip(" \t"))]


def _line_of(layout: Layout, number: int) -> str:
    statement = layout.statements[number]
    return layout.text[statement.start : statement.end].rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Notation:
    """The notation of a key: its own comment lines, the comment behind it, and the text of its value."""

    above: tuple[str, ...] = ()
    behind: str = ""
    value: str = ""


NO_NOTATION = Notation()


def notation_of(text: str, path: Path) -> Notation:
    """The notation of a key, to be written elsewhere; empty when it has no value of its own."""
    layout = scan(text)
    location = find_value(layout, path)
    if location is None or location.partial:
        return Notation()
    value = layout.text[location.span.start : location.span.end].replace("\r\n", "\n")
    if location.holder is not None:
        return Notation(value=value)
    number, statement = location.number, layout.statements[location.number]
    below = range(number + 1, alternatives_end(layout, number) + 1)
    above = [_line_of(layout, line).strip() for line in (*range(attached(layout, number), number), *below)]
    behind = layout.text[statement.comment : statement.end].rstrip() if statement.comment >= 0 else ""
    return Notation(tuple(above), behind, value)


def section_tail(layout: Layout, number: int) -> int:
    """The number of the last statement at the end of a section, including comments right below it.

    Those comments count when a blank line or the end of the text follows and none is a banner; otherwise they introduce
    the next section.
    """
    last = number
    statements = layout.statements
    while last + 1 < len(statements) and statements[last + 1].kind == "comment":
        last += 1
    ended = last + 1 == len(statements) or statements[last + 1].kind == "blank"
    if not ended or any(is_banner(layout, line) for line in range(number + 1, last + 1)):
        return number
    return last


def preamble(layout: Layout) -> int:
    """The number of the last line of the opening comment if a blank line follows it; -1 without one."""
    kinds = [statement.kind for statement in layout.statements]
    number = 0
    while number < len(kinds) and kinds[number] == "comment":
        number += 1
    if number == len(kinds) or kinds[number] == "blank":
        return number - 1
    return -1


def snippet(text: str, path: Path, *, strict: bool) -> str:
    """The lines of a text that set a key path, as TOML: its tables, or its line below its header. Secrets are masked.

    `strict` is as for `redact`.

    Keeps inner comments, drops blank lines at the end; empty when nothing sets the path. Never raises; for invalid TOML
    it is a guess.
    """
    layout = scan(text)
    lines = ""
    for part in _snippet_parts(layout, path):
        blank_lines_before = "\n" if lines and part.lstrip().startswith("[") else ""
        lines += blank_lines_before + part.strip("\n") + "\n"
    return redact(lines.replace("\r\n", "\n"), strict=strict)


def _snippet_parts(layout: Layout, path: Path) -> Iterator[str]:
    for section in layout.sections:
        if len(section.path) >= len(path) and section.path[: len(path)] == path and section.header >= 0:
            yield _lines(layout, section.header, section.stop)
        elif path[: len(section.path)] == section.path:
            yield from _snippet_pairs(layout, section, path)


def _snippet_pairs(layout: Layout, section: Section, path: Path) -> Iterator[str]:
    """The pairs of a section that set the path or a value below it, with the header above the first."""
    has_header = section.header < 0
    for number in range(section.first, section.stop):
        statement = layout.statements[number]
        if statement.kind != "pair":
            continue
        full = layout.full_path(section, statement)
        if full[: len(path)] == path or path[: len(full)] == full:
            if not has_header:
                yield _lines(layout, section.header, section.header + 1)
                has_header = True
            yield _lines(layout, number, number + 1)


def _lines(layout: Layout, first: int, stop: int) -> str:
    while stop > first + 1 and layout.statements[stop - 1].kind in ("blank", "comment"):
        stop -= 1
    return layout.text[layout.statements[first].start : layout.statements[stop - 1].end]
