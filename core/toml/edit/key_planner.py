"""Plans for edits of keys: insert, move, and delete a key or a table."""

from __future__ import annotations

from collections.abc import Callable

from core.toml.edit.layout_queries import (
    alternatives_end,
    attached,
    comments_start,
    find_value,
    first_mentions,
    last_pair,
    pairs,
    pairs_through,
    preamble,
    sections_below,
)
from core.toml.edit.plain_data import Data, deleted, identical, inserted, moved, value_at
from core.toml.edit.planning import (
    PlanContext,
    check_index,
    insert_block,
    key_index,
    make_plan,
    manual_edit_only,
    quote_habit,
    quote_path,
    removal_splices,
    require_absent,
    require_parent,
    require_value,
    section_end,
    target_index,
)
from core.toml.edit.text_layout import Path, Section, Statement
from core.toml.edit.toml_commands import BY_HAND, Comments, DeleteKey, InsertKey, MoveKey, Plan, RefusalError, Splice
from core.toml.edit.toml_writer import check_name, check_value, render, render_key
from core.toml.edit.value_planner import comments_in, delete_item, insert_entry, move_entry, read_value


def insert_key(context: PlanContext, command: InsertKey) -> Plan:
    """Plan a new key: a line of its own, or an entry of an inline table."""
    path = command.path
    check_value(command.value)
    parent = require_parent(context, path)
    check_name(path[-1])
    require_absent(parent, path)
    table = find_value(context.layout, path[:-1]) if len(path) > 1 else None
    if table is not None:
        return insert_entry(context, command, table)
    target = target_index(parent, path, command.before, command.after)
    body = _key_section(context, path[:-1])
    if body is None:
        splice = _new_header(context, command)
    else:
        section, depth = body
        number, model = _insert_position(context, section, depth, path[:-1], command.before, command.after)
        number = alternatives_end(context.layout, number) if number >= 0 else number
        offset = context.statement(number).end if number >= 0 else 0
        quote = quote_habit(context, section, depth)
        line = _line(context, command, model, depth, context.line_end(offset), quote)
        splice = _line_after(context, section, number, line)
    index = key_index(context, path[:-1], splice.start)
    check_index(index, target, path)
    return make_plan(
        context, [splice], inserted(context.data, path, command.value, index), added=_added(context, command)
    )


def _added(context: PlanContext, command: InsertKey) -> list[str]:
    """The comments that a new key brings along."""
    return [*command.above, *filter(None, [command.behind]), *comments_in(_written(command, context.newline) or "0")]


def _written(command: InsertKey, newline: str) -> str:
    """The notation that a new value brings along, empty when it is not that of the value."""
    data = read_value(command.written) if command.written else None
    return command.written.replace("\n", newline) if data is not None and identical(data, command.value) else ""


def _key_section(context: PlanContext, table: Path) -> tuple[Section, int] | None:
    """The section with the keys of a table, and the number of key parts there that name the table."""
    place = context.layout.tables.get(table)
    if place is not None:
        return context.layout.sections[place], 0
    through = pairs_through(context.layout, table)
    if not through:
        return None
    section = through[-1][0]
    return section, len(table) - len(section.path)


def _keys_in_section(context: PlanContext, section: Section, depth: int, table: Path) -> tuple[list[int], list[str]]:
    """The pairs of a section that set keys of a table, and the name of the key each one sets."""
    remaining = table[len(section.path) :]
    numbers = [
        number
        for number, statement in pairs(context.layout, section)
        if len(statement.parts) > depth and statement.names[:depth] == remaining
    ]
    return numbers, [context.statement(number).parts[depth].name for number in numbers]


def _insert_position(
    context: PlanContext, section: Section, depth: int, table: Path, before: str | None, after: str | None
) -> tuple[int, Statement | None]:
    """The statement to insert a line behind (-1: the start of the text), and a neighbouring pair as style sample.

    Never passes a comment, so that comments stay above the same lines.
    """
    numbers, names = _keys_in_section(context, section, depth, table)
    if before is not None and before in names:
        follower = numbers[names.index(before)]
        preceding = [number for number, _ in pairs(context.layout, section) if number < follower]
        sample = preceding[-1] if preceding and preceding[-1] in numbers else follower
        if comments_start(context.layout, follower) == follower:
            return follower - 1, context.statement(sample)
        return preceding[-1] if preceding else section.header, context.statement(sample)
    if after is not None:
        if after not in names:
            raise RefusalError(
                "place",
                f"{quote_path((*table, after))} is a table with a header, and keys come before table headers.",
                "Leave the place open.",
            )
        number = numbers[len(names) - 1 - names[::-1].index(after)]
    else:
        number = numbers[-1] if numbers else last_pair(context.layout, section)
    model = context.statement(number) if number >= 0 else None
    return number, model if model is not None and model.kind == "pair" else None


def _line(
    context: PlanContext, command: InsertKey, model: Statement | None, depth: int, newline: str, quote: str = ""
) -> str:
    text, name = context.text, str(command.path[-1])
    # Habitual quotes, as for routes, are kept; necessary ones may not be needed by the new key.
    key, equals, style, indent = render_key(name, quote), " = ", "", ""
    if model is not None:
        first, key_part, last = model.parts[0], model.parts[depth], model.parts[-1]
        indent = context.indent(model)
        key = text[first.start : key_part.start] + key
        equals = aligned(text[last.end : model.value_start], len(key) - (last.end - first.start))
        style = text[model.value_start : model.value_end]
        style = style if style[0] in "\"'" and "\n" not in style else ""
    column = len(indent) + len(key) + len(equals)
    value = _written(command, newline)
    value = value or render(command.value, style, newline=newline, indent=indent, column=column)
    above = "".join(indent + comment + newline for comment in command.above)
    return above + indent + key + equals + value + ("  " + command.behind if command.behind else "") + newline


def aligned(equals: str, longer: int) -> str:
    """The text around `=` adjusted to a longer key, so that an aligned column of `=` stays aligned."""
    spaces = len(equals) - len(equals.lstrip(" "))
    return " " * max(spaces - longer, 1) + equals.lstrip(" ") if spaces > 1 else equals


def _line_after(context: PlanContext, section: Section, number: int, line: str) -> Splice:
    """Insert a line behind a statement of a section; for -1 at the start of the text, below an opening comment."""
    statements = context.layout.statements
    if number >= 0:
        return Splice(statements[number].end, statements[number].end, line)
    if statements and statements[0].kind == "pair":
        return Splice(0, 0, line)
    opening = preamble(context.layout)
    if opening >= 0:
        return Splice(statements[opening].end, statements[opening].end, context.newline + line)
    has_pairs = last_pair(context.layout, section) >= 0
    return Splice(0, 0, line + ("" if context.is_blank(0) or has_pairs else context.newline))


def _new_header(context: PlanContext, command: InsertKey) -> Splice:
    """A header with the key below it, for a table that only headers of subtables name."""
    table = command.path[:-1]
    below = sections_below(context.layout, table)
    if not below:
        raise manual_edit_only(command.path, "belongs to a table without a header")
    header = context.statement(context.layout.sections[below[0]].header)
    names = [key for key in table if isinstance(key, str)]
    written = context.text[header.parts[0].start : header.parts[len(names) - 1].end]
    block = f"{context.indent(header)}[{written}]{context.newline}{_line(context, command, None, 0, context.newline)}"
    return insert_block(context, section_end(context, below[0] - 1), block)


def move_key(context: PlanContext, command: MoveKey) -> Plan:
    """Plan a key at another position of its table."""
    path, table = command.path, command.path[:-1]
    parent = require_parent(context, path)
    require_value(context, path)
    target = target_index(parent, path, command.before, command.after)
    if target is None:
        raise RefusalError("place", "No target position is named.", "Name a key to go before or behind.")
    inline = find_value(context.layout, table) if table else None
    if inline is not None:
        return move_entry(context, command, inline)
    if list(parent).index(str(path[-1])) == target:
        return make_plan(context, [], context.data)
    body = _key_section(context, table)
    numbers, names = _keys_in_section(context, *body, table) if body else ([], [])
    indexes = [number for number, name in zip(numbers, names, strict=True) if name == path[-1]]
    if body is None or not indexes:
        raise RefusalError("kind", f"{quote_path(path)} is a table of several lines.", "Move it as a table.")
    if indexes != list(range(indexes[0], indexes[0] + len(indexes))):
        raise manual_edit_only(path, "is written by lines that are not adjacent")
    section, depth = body
    number, _ = _insert_position(context, section, depth, table, command.before, command.after)
    first = attached(context.layout, indexes[0]) if len(indexes) == 1 else indexes[0]
    last = alternatives_end(context.layout, indexes[-1])
    number = alternatives_end(context.layout, number) if number >= 0 else number
    while number >= 0 and first <= number < last + 1:
        # Skip its own lines and the blank lines before them.
        number = first - 1
    above = context.statement(number).kind if number >= 0 else ""
    if command.before is not None and above == "comment" and alternatives_end(context.layout, number - 1) != number:
        raise manual_edit_only(path, "would move below an unrelated comment")
    between = range(min(number, indexes[0]), max(number, last) + 1)
    if depth and any(context.statement(line).kind == "pair" and line not in numbers for line in between if line >= 0):
        raise manual_edit_only(path, "is among keys of other tables, whose order would change")
    block = context.text[context.statement(first).start : context.statement(last).end]
    cut = removal_splices(context, range(first, last + 1))
    put = _line_after(context, section, number, block)
    if cut[0].start < put.start < cut[0].end:
        cut = [Splice(context.statement(first).start, context.statement(last).end, "")]
    check_index(key_index(context, table, put.start, path[-1]), target, path)
    return make_plan(context, [*cut, put], moved(context.data, path, target))


def delete(context: PlanContext, command: DeleteKey) -> Plan:
    """Plan the deletion of a path: its lines, its headers, and those of its subtables."""
    path = command.path
    if not path:
        raise RefusalError("kind", "The document cannot be deleted as a key.", "Delete the file.")
    require_value(context, path)
    value = find_value(context.layout, path)
    if value is not None and value.holder is not None:
        return delete_item(context, command, value)
    numbers = _statements_to_delete(context, path, command.comments)
    intended = _data_without(context, path, numbers)
    splices = removal_splices(context, numbers)
    dropped = [comment for start, end, _ in splices for comment in context.comments(start, end)]
    return make_plan(context, splices, intended, dropped=dropped)


def _statements_to_delete(context: PlanContext, path: Path, comments: Comments) -> set[int]:
    """The statements to delete."""
    layout = context.layout
    lines = [number for _, number in pairs_through(layout, path)]
    value = find_value(layout, path)
    if value is not None:
        lines.append(value.number)
    result: set[int] = set()
    for number in lines:
        own = comments == "attached"
        first, last = (attached(layout, number), alternatives_end(layout, number)) if own else (number, number)
        result.update(range(first, last + 1))
    below = sections_below(layout, path)
    for place in below:
        section = layout.sections[place]
        first = section.header
        if place - 1 in below:
            # Comments between two deleted tables belong to them.
            first = last_pair(layout, layout.sections[place - 1]) + 1
        elif comments == "attached":
            first = attached(layout, section.header)
        result.update(range(first, last_pair(layout, section) + 1))
    return result


def _data_without(context: PlanContext, path: Path, numbers: set[int]) -> Data:
    """The data without a path, and without tables that only the deleted statements named.

    Raises `RefusalError` when a remaining table would change its position because the line that mentions it first goes.
    """
    data = deleted(context.data, path)
    for depth in range(len(path) - 1, 0, -1):
        table = path[:depth]
        remaining = value_at(data, table)
        if remaining or table in context.layout.tables or _is_still_named(context, table, numbers):
            break
        data = deleted(data, table)
    check_order(context, path, len(path), lambda number: None if number in numbers else number)
    return data


def _is_still_named(context: PlanContext, table: Path, numbers: set[int]) -> bool:
    mentions = [number for _, number in pairs_through(context.layout, table)]
    mentions += [context.layout.sections[place].header for place in sections_below(context.layout, table)]
    return any(number not in numbers for number in mentions)


def check_order(context: PlanContext, path: Path, depths: int, position: Callable[[int], int | None]) -> None:
    """Refuse an edit of a path that would change the order of keys in one of the tables above it, to a depth.

    `position`: where each statement will be among the others, None for nowhere. Raises `RefusalError`.
    """
    layout = context.layout
    for depth in range(depths):
        table = path[:depth]
        before = first_mentions(layout, table)
        after: dict[str | int, int] = {}
        for place, section in enumerate(layout.sections):
            named = [(section.header, section.path)] if place else []
            named += [(number, layout.full_path(section, statement)) for number, statement in pairs(layout, section)]
            for number, full in named:
                at = position(number)
                if at is not None and len(full) > depth and full[:depth] == table:
                    after[full[depth]] = min(after.get(full[depth], at), at)
        order = [key for key in sorted(before, key=before.__getitem__) if key in after]
        if order != sorted(after, key=after.__getitem__):
            raise RefusalError(
                "shape",
                f"{quote_path(path)} is the first mention of {quote_path(path[: depth + 1])}, which would move.",
                BY_HAND,
            )
