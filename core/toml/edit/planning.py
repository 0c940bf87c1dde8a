"""Shared parts of the planners: their context, checks, splices for blocks and removals, and the style of new tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple, cast

from core.records import dataclass
from core.toml.edit.containers import comment_spans
from core.toml.edit.layout_queries import comments_start, first_mentions, last_pair, pairs, preamble, section_tail
from core.toml.edit.plain_data import Data, value_at
from core.toml.edit.text_layout import Layout, Path, Section, Span, Statement
from core.toml.edit.toml_commands import BY_HAND, Plan, RefusalError, Splice
from core.toml.edit.toml_writer import render_key
from core.toml.parse_error import quote_key
from core.toml.scanner import BARE


@dataclass(frozen=True, slots=True)
class PlanContext:
    """The layout and data of a text under edit. The text always ends in a line end; a missing one is added."""

    layout: Layout
    data: Data
    newline: str

    @property
    def text(self) -> str:
        return self.layout.text

    def statement(self, number: int) -> Statement:
        return self.layout.statements[number]

    def line_end(self, offset: int) -> str:
        """The line end at an offset: that of the preceding line, or the most frequent one."""
        if offset == 0:
            return self.newline
        start = self.text.rfind("\n", 0, offset)
        if start < 0:
            return self.newline
        return "\r\n" if self.text[start - 1 : start] == "\r" else "\n"

    def indent(self, statement: Statement) -> str:
        """The white space before a statement."""
        line = self.text[statement.start : statement.end]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def is_blank(self, number: int) -> bool:
        """Whether a statement is a blank line or outside of the text."""
        return not 0 <= number < len(self.layout.statements) or self.statement(number).kind == "blank"

    def lines(self, start: int, end: int) -> Span:
        """The complete lines covered by a span; empty for an empty span at the start of a line."""
        first = self.text.rfind("\n", 0, start) + 1
        if start == end == first:
            return Span(start, start)
        last = self.text.find("\n", max(end - 1, start))
        return Span(first, len(self.text) if last < 0 else last + 1)

    def comments(self, start: int, end: int) -> tuple[str, ...]:
        """The comments that begin in a span."""
        return tuple(self.text[a:b] for a, b in comment_spans(self.layout) if start <= a < end)


def quote_path(path: Path) -> str:
    """A path for a message, safe to print."""
    return quote_key([str(key) for key in path]) if path else "the document"


def require_parent(context: PlanContext, path: Path) -> Data:
    """The table that holds the last key of a path. Raises `RefusalError` when there is none."""
    if not path or not isinstance(path[-1], str):
        raise RefusalError("kind", f"{quote_path(path)} does not name a key of a table.", "Name a key.")
    return require_table(context, path[:-1])


def require_table(context: PlanContext, path: Path) -> Data:
    """The table at a path. Raises `RefusalError` when there is none."""
    table = require_value(context, path)
    if not isinstance(table, dict):
        raise RefusalError("kind", f"{quote_path(path)} is not a table.", "Set it as a value.")
    return cast("Data", table)


def require_value(context: PlanContext, path: Path) -> object:
    """The value at a path. Raises `RefusalError` when there is none."""
    try:
        return value_at(context.data, path)
    except KeyError:
        raise RefusalError("missing", f"There is no {quote_path(path)}.", "Add it first.") from None


def require_absent(table: Data, path: Path) -> None:
    """Raise `RefusalError` when the last key of a path exists."""
    if path[-1] in table:
        raise already_exists(path)


def already_exists(path: Path) -> RefusalError:
    """The refusal of a path that is set already."""
    return RefusalError("exists", f"There is a {quote_path(path)} already.", "Change that one, or use another name.")


def key_index(context: PlanContext, table: Path, offset: int, without: str | int | None = None) -> int:
    """The index among the keys of a table that a key written at an offset gets; `without` is not counted."""
    mentions = first_mentions(context.layout, table)
    return sum(1 for key, place in mentions.items() if place < offset and key != without)


def target_index(holder: Data, path: Path, before: str | None, after: str | None) -> int | None:
    """The requested index of a key among the others of its table; None when any position will do."""
    if before is None and after is None:
        return None
    if before is not None and after is not None:
        raise RefusalError("place", "A key cannot be placed before one key and behind another.", "Give one of them.")
    names = [name for name in holder if name != path[-1]]
    reference = before if before is not None else after
    if reference not in names:
        raise RefusalError(
            "missing", f"There is no {quote_path((*path[:-1], str(reference)))} beside it.", "Name an existing key."
        )
    return names.index(str(reference)) + (after is not None)


def check_index(index: int, target: int | None, path: Path) -> None:
    """Raise `RefusalError` when the text cannot place a key at the requested index."""
    if target is not None and index != target:
        raise RefusalError(
            "place",
            f"{quote_path(path)} cannot go there: keys come before table headers.",
            "Name a key written in the same way, or leave the place open.",
        )


def removal_splices(context: PlanContext, numbers: Iterable[int]) -> list[Splice]:
    """Splices that remove statements, and the blank lines on one side of them when both sides have some."""
    splices: list[Splice] = []
    for first, last in _runs(context, sorted(numbers)):
        start, stop = first, last + 1
        above = below = 0
        while start - above > 0 and context.is_blank(start - above - 1):
            above += 1
        while stop + below < len(context.layout.statements) and context.is_blank(stop + below):
            below += 1
        at_end = stop + below == len(context.layout.statements)
        if start == above:
            stop += below
            start -= above if at_end else 0
        elif above and (below or at_end):
            if below <= above and not at_end:
                stop += below
            else:
                start -= above
        splices.append(Splice(context.statement(start).start, context.statement(stop - 1).end, ""))
    return splices


def _runs(context: PlanContext, numbers: list[int]) -> list[tuple[int, int]]:
    """First and last statement of each run of adjacent statements, ignoring blank lines between them."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and all(context.is_blank(between) for between in range(runs[-1][1] + 1, number)):
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def blank_lines_before(context: PlanContext, number: int) -> int:
    """The number of blank lines before the header nearest to a statement, at most 2; 1 without headers."""
    headers = [
        section.header for section in context.layout.sections[1:] if comments_start(context.layout, section.header)
    ]
    if not headers:
        return 1
    near = min(headers, key=lambda header: abs(header - number))
    line = comments_start(context.layout, near)
    count = 0
    while count < 2 and line - count > 0 and context.is_blank(line - count - 1):
        count += 1
    return count


def insert_block(context: PlanContext, number: int, block: str, *, ends_in_comment: bool = False) -> Splice:
    """Insert lines behind a statement, -1 for the start, with as many blank lines around as headers have.

    There is at least one between a comment and a header below it, on which it would become a comment.
    """
    above = below = context.newline * blank_lines_before(context, number)
    if ends_in_comment:
        below = below or context.newline
    if number < 0:
        return Splice(0, 0, block + (below if context.layout.statements and not context.is_blank(0) else ""))
    offset = context.statement(number).end
    if context.statement(number).kind == "comment":
        above = above or context.newline
        below = below or context.newline
    return Splice(offset, offset, above + block + ("" if context.is_blank(number + 1) else below))


def section_end(context: PlanContext, place: int) -> int:
    """The last statement of a section with its closing comments; for a root without pairs the opening comment."""
    number = last_pair(context.layout, context.layout.sections[place])
    return section_tail(context.layout, number) if number >= 0 else preamble(context.layout)


def make_plan(
    context: PlanContext,
    splices: Iterable[Splice],
    intended: Data,
    *,
    dropped: Iterable[str] = (),
    added: Iterable[str] = (),
) -> Plan:
    """A plan whose windows are the lines touched by its splices."""
    changes = [splice for splice in splices if context.text[splice.start : splice.end] != splice.text]
    ordered = sorted(changes, key=lambda splice: splice[:2])
    lines = sorted(context.lines(start, end) for start, end, _ in ordered)
    windows: list[Span] = []
    for start, end in lines:
        if windows and start <= windows[-1].end:
            windows[-1] = Span(windows[-1].start, max(end, windows[-1].end))
        else:
            windows.append(Span(start, end))
    return Plan(tuple(ordered), intended, tuple(windows), tuple(dropped), tuple(added))


def manual_edit_only(path: Path, obstacle: str) -> RefusalError:
    """The refusal of an edit that the notation of the text does not allow."""
    return RefusalError("shape", f"{quote_path(path)} {obstacle}.", BY_HAND)


_NEEDLESS_QUOTES = re.compile(rf"""(["']){BARE}\1""")


class Style(NamedTuple):
    """The notation for a new table. `values` has a sample value for each key of a neighbouring table."""

    header: str
    indent: str
    equals: str
    quote: str
    key_quote: str
    values: dict[str, str]


def quoting_sample(written: str) -> str:
    """A written key as style sample if it has unnecessary quotes, which shows a habit; otherwise empty."""
    return written if _NEEDLESS_QUOTES.fullmatch(written) else ""


def quote_habit(context: PlanContext, section: Section, depth: int = 0) -> str:
    """The first unnecessarily quoted key of a section, by its part at a depth; empty without one."""
    parts = (pair.parts[depth] for _, pair in pairs(context.layout, section) if len(pair.parts) > depth)
    return next((sample for part in parts if (sample := quoting_sample(context.text[part.start : part.end]))), "")


def sibling_style(context: PlanContext, path: Path, near: int) -> Style:
    """The style for a table at a path, from the table of the same parent nearest to a statement.

    Without one, keys are quoted like those of another table with the same last name.
    """
    parent = path[:-1]
    names = [key for key in path if isinstance(key, str)]
    sibling = _nearest_sibling(context, path, near)
    header = ".".join(map(render_key, names))
    if sibling is None:
        return Style(header, "", " = ", "", _namesake_quotes(context, path), {})
    text, statement = context.text, context.statement(sibling.header)
    written = [text[part.start : part.end] for part in statement.parts]
    depth = sum(isinstance(key, str) for key in parent)
    shared = written[: min(depth, len(written))]
    sibling_indent = written[depth] if depth < len(written) else ""
    header = ".".join(
        [*shared, *map(render_key, names[len(shared) : -1]), render_key(names[-1], quoting_sample(sibling_indent))]
    )
    values: dict[str, str] = {}
    equals, quote, key_quote = " = ", "", ""
    for _, pair in pairs(context.layout, sibling):
        value = text[pair.value_start : pair.value_end]
        values[pair.parts[0].name] = value
        spaces = text[pair.parts[-1].end : pair.value_start]
        equals = spaces if len(spaces) <= 3 else equals
        quote = value[0] if value[0] in "\"'" else quote
        key_quote = key_quote or quoting_sample(text[pair.parts[0].start : pair.parts[0].end])
    return Style(header, context.indent(statement), equals, quote, key_quote, values)


def _namesake_quotes(context: PlanContext, path: Path) -> str:
    if len(path) < 2:
        return ""
    sections = (section for section in context.layout.sections if len(section.path) == len(path))
    samples = (quote_habit(context, section) for section in sections if section.path[-1] == path[-1])
    return next(filter(None, samples), "")


def _nearest_sibling(context: PlanContext, path: Path, near: int) -> Section | None:
    parent = path[:-1]
    nearest: Section | None = None
    distance = 0
    for section in context.layout.sections[1:]:
        if len(section.path) >= len(path) and section.path[: len(parent)] == parent:
            # A table of the same depth is a better sample than the subtable of another.
            steps = abs(section.header - near) + (len(section.path) - len(path)) * len(context.layout.statements)
            if nearest is None or steps < distance:
                nearest, distance = section, steps
    return nearest
