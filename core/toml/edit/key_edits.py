"""Plans for edits of keys: insert, move, and delete a key or a table."""

from __future__ import annotations

from core.toml.edit.layout_queries import (
    attached,
    comment_above,
    find_value,
    first_mentions,
    last_pair,
    pairs,
    pairs_through,
    preamble,
    sections_below,
)
from core.toml.edit.plain_data import Data, deleted, inserted, moved, value_at
from core.toml.edit.planning import (
    Draft,
    anything_at,
    block_after,
    by_hand,
    check_index,
    habit_in,
    holder_at,
    name_path,
    plan_of,
    rank,
    refuse_existing,
    removal,
    section_end,
    wanted_index,
)
from core.toml.edit.text_layout import Path, Section, Statement
from core.toml.edit.toml_commands import (
    BY_HAND,
    Comments,
    DeleteKey,
    DeleteTable,
    InsertKey,
    MoveKey,
    Plan,
    Refused,
    Splice,
)
from core.toml.edit.toml_writer import check_name, check_value, render, render_key
from core.toml.edit.value_edits import delete_item, insert_entry, move_entry


def insert_key(draft: Draft, command: InsertKey) -> Plan:
    """One more key, on a line of its own, or as an entry of an inline table."""
    path = command.path
    check_value(command.value)
    holder = holder_at(draft, path)
    check_name(path[-1])
    refuse_existing(draft, holder, path)
    table = find_value(draft.layout, path[:-1]) if len(path) > 1 else None
    if table is not None:
        return insert_entry(draft, command, table)
    wanted = wanted_index(holder, path, command.before, command.after)
    body = _body(draft, path[:-1])
    if body is None:
        splice = _new_header(draft, command)
    else:
        section, depth = body
        number, model = _line_place(draft, section, depth, path[:-1], command.before, command.after)
        offset = draft.statement(number).end if number >= 0 else 0
        quote = habit_in(draft, section, depth)
        line = _line(draft, command, model, depth, draft.line_end(offset), quote)
        splice = _line_after(draft, section, number, line)
    index = rank(draft, path[:-1], splice.start)
    check_index(index, wanted, path)
    return plan_of(draft, [splice], inserted(draft.data, path, command.value, index))


def _body(draft: Draft, table: Path) -> tuple[Section, int] | None:
    """The section where keys of a table are written, and how many parts of their keys name the table."""
    place = draft.layout.tables.get(table)
    if place is not None:
        return draft.layout.sections[place], 0
    through = pairs_through(draft.layout, table)
    if not through:
        return None
    section = through[-1][0]
    return section, len(table) - len(section.path)


def _group(draft: Draft, section: Section, depth: int, table: Path) -> tuple[list[int], list[str]]:
    """The pairs of a section that set keys of a table, and the name of the key that each sets or goes through."""
    rest = table[len(section.path) :]
    numbers = [
        number
        for number, statement in pairs(draft.layout, section)
        if len(statement.parts) > depth and statement.names[:depth] == rest
    ]
    return numbers, [draft.statement(number).parts[depth].name for number in numbers]


def _line_place(
    draft: Draft, section: Section, depth: int, table: Path, before: str | None, after: str | None
) -> tuple[int, Statement | None]:
    """The statement a line goes behind (-1: the start of the text), and the pair beside it whose style it takes.

    Never past a comment: what a comment stands above stays what it stands above.
    """
    numbers, names = _group(draft, section, depth, table)
    if before is not None and before in names:
        follower = numbers[names.index(before)]
        earlier = [number for number, _ in pairs(draft.layout, section) if number < follower]
        near = earlier[-1] if earlier and earlier[-1] in numbers else follower
        if comment_above(draft.layout, follower) == follower:
            return follower - 1, draft.statement(near)
        return earlier[-1] if earlier else section.header, draft.statement(near)
    if after is not None:
        if after not in names:
            raise Refused(
                "place",
                f"{name_path((*table, after))} is a table, and no key stands below the header of another table.",
                "Leave the place open.",
            )
        number = numbers[len(names) - 1 - names[::-1].index(after)]
    else:
        number = numbers[-1] if numbers else last_pair(draft.layout, section)
    model = draft.statement(number) if number >= 0 else None
    return number, model if model is not None and model.kind == "pair" else None


def _line(draft: Draft, command: InsertKey, model: Statement | None, depth: int, newline: str, quote: str = "") -> str:
    text, name = draft.text, str(command.path[-1])
    # Where quotes are a habit, as for routes, they are kept; where they were needed, they may not be.
    key, equals, like, indent = render_key(name, quote), " = ", "", ""
    if model is not None:
        first, own, last = model.parts[0], model.parts[depth], model.parts[-1]
        indent = draft.indent(model)
        key = text[first.start : own.start] + key
        equals = aligned(text[last.end : model.value_start], len(key) - (last.end - first.start))
        like = text[model.value_start : model.value_end]
        like = like if like[0] in "\"'" and "\n" not in like else ""
    column = len(indent) + len(key) + len(equals)
    return indent + key + equals + render(command.value, like, newline=newline, indent=indent, column=column) + newline


def aligned(equals: str, longer: int) -> str:
    """The text around `=` behind a key that is longer than before, with the `=` of an aligned column in its place."""
    spaces = len(equals) - len(equals.lstrip(" "))
    return " " * max(spaces - longer, 1) + equals.lstrip(" ") if spaces > 1 else equals


def _line_after(draft: Draft, section: Section, number: int, line: str) -> Splice:
    """Puts a line behind a statement of a section, or, for -1, above all else but the comment that opens the text."""
    statements = draft.layout.statements
    if number >= 0:
        return Splice(statements[number].end, statements[number].end, line)
    if statements and statements[0].kind == "pair":
        return Splice(0, 0, line)
    opening = preamble(draft.layout)
    if opening >= 0:
        return Splice(statements[opening].end, statements[opening].end, draft.newline + line)
    has_pairs = last_pair(draft.layout, section) >= 0
    return Splice(0, 0, line + ("" if draft.is_blank(0) or has_pairs else draft.newline))


def _new_header(draft: Draft, command: InsertKey) -> Splice:
    """A header, with the key below it, for a table that only the headers of its subtables name."""
    table = command.path[:-1]
    below = sections_below(draft.layout, table)
    if not below:
        raise by_hand(command.path, "belongs to a table that has no place of its own")
    header = draft.statement(draft.layout.sections[below[0]].header)
    names = [key for key in table if isinstance(key, str)]
    written = draft.text[header.parts[0].start : header.parts[len(names) - 1].end]
    block = f"{draft.indent(header)}[{written}]{draft.newline}{_line(draft, command, None, 0, draft.newline)}"
    return block_after(draft, section_end(draft, below[0] - 1), block)


def move_key(draft: Draft, command: MoveKey) -> Plan:
    """A key that is written as a line or lines of its own, at another place of its table; or an inline entry."""
    path, table = command.path, command.path[:-1]
    holder = holder_at(draft, path)
    anything_at(draft, path)
    wanted = wanted_index(holder, path, command.before, command.after)
    if wanted is None:
        raise Refused("place", "There is no place to move to.", "Name a key to go before or behind.")
    inline = find_value(draft.layout, table) if table else None
    if inline is not None:
        return move_entry(draft, command, inline)
    if list(holder).index(str(path[-1])) == wanted:
        return plan_of(draft, [], draft.data)
    body = _body(draft, table)
    numbers, names = _group(draft, *body, table) if body else ([], [])
    own = [number for number, name in zip(numbers, names, strict=True) if name == path[-1]]
    if body is None or not own:
        raise Refused("kind", f"{name_path(path)} is a table of several lines.", "Move it as a table.")
    if own != list(range(own[0], own[0] + len(own))):
        raise by_hand(path, "is written by lines that do not stand together")
    section, depth = body
    number, _ = _line_place(draft, section, depth, table, command.before, command.after)
    first = attached(draft.layout, own[0]) if len(own) == 1 else own[0]
    while number >= 0 and first <= number < own[-1] + 1:
        # Its own lines, and the gap before them, are no place to go behind.
        number = first - 1
    if command.before is not None and number >= 0 and draft.statement(number).kind == "comment":
        raise by_hand(path, "would come to stand below a comment about something else")
    between = range(min(number, own[0]), max(number, own[-1]) + 1)
    if depth and any(draft.statement(line).kind == "pair" and line not in numbers for line in between if line >= 0):
        raise by_hand(path, "stands among keys of other tables, whose order would change")
    block = draft.text[draft.statement(first).start : draft.statement(own[-1]).end]
    cut = removal(draft, range(first, own[-1] + 1))
    put = _line_after(draft, section, number, block)
    if cut[0].start < put.start < cut[0].end:
        cut = [Splice(draft.statement(first).start, draft.statement(own[-1]).end, "")]
    check_index(rank(draft, table, put.start, path[-1]), wanted, path)
    return plan_of(draft, [*cut, put], moved(draft.data, path, wanted))


def delete(draft: Draft, command: DeleteKey | DeleteTable) -> Plan:
    """What stands at a path, gone: its lines, its headers, those of its subtables."""
    path = command.path
    if not path:
        raise Refused("kind", "The whole document cannot be deleted as a key.", "Delete the file.")
    anything_at(draft, path)
    value = find_value(draft.layout, path)
    if value is not None and value.holder is not None:
        return delete_item(draft, DeleteKey(path, command.comments), value)
    numbers = _numbers(draft, path, command.comments)
    intended = _without(draft, path, numbers)
    splices = removal(draft, numbers)
    dropped = [comment for start, end, _ in splices for comment in draft.comments(start, end)]
    return plan_of(draft, splices, intended, dropped=dropped)


def _numbers(draft: Draft, path: Path, comments: Comments) -> set[int]:
    """The statements to delete."""
    layout = draft.layout
    lines = [number for _, number in pairs_through(layout, path)]
    value = find_value(layout, path)
    if value is not None:
        lines.append(value.number)
    found: set[int] = set()
    for number in lines:
        found.update(range(attached(layout, number) if comments == "attached" else number, number + 1))
    below = sections_below(layout, path)
    for place in below:
        section = layout.sections[place]
        first = section.header
        if place - 1 in below:
            # All that stands between two tables that go is about them.
            first = last_pair(layout, layout.sections[place - 1]) + 1
        elif comments == "attached":
            first = attached(layout, section.header)
        found.update(range(first, last_pair(layout, section) + 1))
    return found


def _without(draft: Draft, path: Path, numbers: set[int]) -> Data:
    """The data without a path, and without the tables that nothing but the deleted statements named.

    Raises `Refused` when a table that stays would change its place, as the line that named it first goes.
    """
    data = deleted(draft.data, path)
    for depth in range(len(path) - 1, 0, -1):
        table = path[:depth]
        rest = value_at(data, table)
        if rest or table in draft.layout.tables or _named_still(draft, table, numbers):
            break
        data = deleted(data, table)
    _check_order(draft, path, numbers)
    return data


def _named_still(draft: Draft, table: Path, numbers: set[int]) -> bool:
    named = [number for _, number in pairs_through(draft.layout, table)]
    named += [draft.layout.sections[place].header for place in sections_below(draft.layout, table)]
    return any(number not in numbers for number in named)


def _check_order(draft: Draft, path: Path, numbers: set[int]) -> None:
    kept = draft.layout
    for depth in range(len(path)):
        before = first_mentions(kept, path[:depth])
        after: dict[str | int, int] = {}
        for place, section in enumerate(kept.sections):
            if place and section.header not in numbers:
                _mention(after, section.path, path[:depth], kept.statements[section.header].start)
            for number, statement in pairs(kept, section):
                if number not in numbers:
                    _mention(after, kept.full(section, statement), path[:depth], statement.start)
        order = [key for key in sorted(before, key=before.__getitem__) if key in after]
        if order != sorted(after, key=after.__getitem__):
            raise Refused(
                "shape",
                f"{name_path(path)} is where {name_path(path[: depth + 1])} is named first: its place would change.",
                BY_HAND,
            )


def _mention(mentions: dict[str | int, int], full: Path, table: Path, offset: int) -> None:
    if len(full) > len(table) and full[: len(table)] == table:
        mentions.setdefault(full[len(table)], offset)
