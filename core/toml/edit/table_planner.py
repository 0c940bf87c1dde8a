"""Plans for edits of tables: add, move, and rename a table or a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from core.toml.edit.key_planner import aligned, check_order, insert_key
from core.toml.edit.layout_queries import attached, find_value, pairs, pairs_through, sections_below
from core.toml.edit.plain_data import Data, has, inserted, moved, renamed
from core.toml.edit.planning import (
    PlanContext,
    Style,
    already_exists,
    blank_lines_before,
    check_index,
    insert_block,
    key_index,
    make_plan,
    manual_edit_only,
    quote_path,
    removal_splices,
    require_absent,
    require_parent,
    require_value,
    section_end,
    sibling_style,
    target_index,
)
from core.toml.edit.text_layout import Part, Path
from core.toml.edit.toml_commands import AddTable, InsertKey, MoveKey, Plan, RefusalError, RenameKey, Splice
from core.toml.edit.toml_writer import check_name, check_value, render, render_key


def add_table(context: PlanContext, command: AddTable) -> Plan:
    """Plan a new table: behind those of its parent, or inline if its parent is inline."""
    path = command.path
    items = dict(command.items)
    check_value(items)
    parent = _existing_prefix(context, path)
    new = path[: len(parent) + 1]
    if len(new) == len(parent):
        raise already_exists(path)
    table = require_parent(context, new)
    value: object = items
    for key in reversed(path[len(new) :]):
        value = {cast("str", key): value}
    for key in path[len(parent) :]:
        check_name(key)
    target = target_index(table, new, command.before, command.after)
    if find_value(context.layout, parent) is not None or _is_dotted(context, parent):
        return insert_key(context, InsertKey(new, value, command.before, command.after))
    number = _header_position(context, parent, command.before, command.after)
    splice = insert_block(context, number, _block(context, path, items, number))
    index = key_index(context, parent, splice.start)
    check_index(index, target, new)
    return make_plan(context, [splice], inserted(context.data, new, value, index))


def _existing_prefix(context: PlanContext, path: Path) -> Path:
    """The longest existing prefix of a path."""
    for depth in range(len(path), 0, -1):
        if has(context.data, path[:depth]):
            return path[:depth]
    return ()


def _is_dotted(context: PlanContext, table: Path) -> bool:
    """Whether only dotted keys name a table, which rules out headers of subtables."""
    return bool(table) and not sections_below(context.layout, table) and bool(pairs_through(context.layout, table))


def _header_position(context: PlanContext, parent: Path, before: str | None, after: str | None) -> int:
    """The statement to insert a header behind; -1 for the start of the text."""
    name = before if before is not None else after
    neighbours = sections_below(context.layout, parent if name is None else (*parent, name))
    if not neighbours:
        raise RefusalError(
            "place",
            f"{quote_path((*parent, str(name)))} has no header, so no header can be placed next to it.",
            "Leave the place open, or name a table.",
        )
    if before is not None:
        return section_end(context, neighbours[0] - 1)
    number = section_end(context, neighbours[-1])
    if not any(statement.parts for statement in context.layout.statements):
        comments = [at for at, line in enumerate(context.layout.statements) if line.kind == "comment"]
        return comments[-1] if comments else number
    return number


def _block(context: PlanContext, path: Path, items: Mapping[str, object], near: int) -> str:
    """The lines of a table: header, keys, and those subtables that get headers."""
    style = sibling_style(context, path, near)
    newline = context.newline
    rows = [f"{style.indent}[{style.header}]{newline}"]
    inline, subtables = _split_items(context, path, items)
    rows += [_pair_line(style, key, value, newline) for key, value in inline.items()]
    blank = newline * blank_lines_before(context, near)
    for key, value in subtables.items():
        header = f"{style.header}.{render_key(key)}"
        rows.append(f"{blank}{style.indent}[{header}]{newline}")
        rows += [_pair_line(style, name, inner, newline) for name, inner in value.items()]
    return "".join(rows)


def _split_items(context: PlanContext, path: Path, items: Mapping[str, object]) -> tuple[Data, dict[str, Data]]:
    """The keys for the table itself, and the trailing subtables that get their own headers."""
    parents = len(path) - 1
    headed = {
        section.path[-1]
        for section in context.layout.sections
        if len(section.path) == parents + 2 and section.path[:parents] == path[:-1]
    }
    inline, subtables = dict(items), {}
    for key in reversed(list(items)):
        value = items[key]
        if key not in headed or not isinstance(value, dict):
            break
        subtables[key] = value
        del inline[key]
    return inline, dict(reversed(subtables.items()))


def _pair_line(style: Style, key: str, value: object, newline: str) -> str:
    written = render_key(key, style.key_quote)
    start = style.indent + written + style.equals
    quote_style = style.values.get(key, style.quote)
    return start + render(value, quote_style, newline=newline, indent=style.indent, column=len(start)) + newline


def move_table(context: PlanContext, command: MoveKey) -> Plan:
    """Plan a table with its subtables at another position in its parent."""
    path, parent = command.path, command.path[:-1]
    table = require_parent(context, path)
    require_value(context, path)
    target = target_index(table, path, command.before, command.after)
    if target is None:
        raise RefusalError("place", "No target position is named.", "Name a table to go before or behind.")
    own_sections = sections_below(context.layout, path)
    if not own_sections or pairs_through(context.layout, path):
        raise RefusalError("kind", f"{quote_path(path)} has no header of its own.", "Move it as a key.")
    if own_sections != list(range(own_sections[0], own_sections[0] + len(own_sections))):
        raise manual_edit_only(path, "is written in several places")
    if list(table).index(str(path[-1])) == target:
        return make_plan(context, [], context.data)
    number = _header_position(context, parent, command.before, command.after)
    sections = context.layout.sections
    first = attached(context.layout, sections[own_sections[0]].header)
    last = section_end(context, own_sections[-1])
    if first <= number <= last:
        raise manual_edit_only(path, "is already there, among tables written in several places")
    cut = removal_splices(context, range(first, last + 1))
    block = context.text[context.statement(first).start : context.statement(last).end]
    put = insert_block(context, number, block, ends_in_comment=context.statement(last).kind == "comment")
    if any(start < put.start < end for start, end, _ in cut):
        cut = [Splice(context.statement(first).start, context.statement(last).end, "")]
    check_index(key_index(context, parent, put.start, path[-1]), target, path)
    room = len(context.layout.statements) + 1  # behind each statement, for the block
    check_order(
        context,
        path,
        len(path) - 1,
        lambda each: number * room + 1 + each if first <= each <= last else each * room,
    )
    return make_plan(context, [*cut, put], moved(context.data, path, target))


def rename(context: PlanContext, command: RenameKey) -> Plan:
    """Plan another name for a key or table wherever it is written."""
    path, name = command.path, command.name
    check_name(name)
    table = require_parent(context, path)
    require_value(context, path)
    if name == path[-1]:
        return make_plan(context, [], context.data)
    require_absent(table, (*path[:-1], name))
    intended = renamed(context.data, path, name)
    value = find_value(context.layout, path)
    if value is not None and value.holder is not None:
        entry = value.holder.items[value.item]
        if value.partial or len(entry.parts) > 1:
            raise manual_edit_only(path, "is written by a dotted key inside of an inline table")
        return make_plan(context, [_rename_part(context, entry.parts[0], name)], intended)
    splices: list[Splice] = []
    for part, value_start in _occurrences(context, path):
        splice = _rename_part(context, part, name)
        splices.append(splice)
        if value_start >= 0:
            equals = context.text[part.end : value_start]
            realigned = aligned(equals, len(splice.text) - (part.end - part.start))
            if realigned != equals:
                splices[-1] = Splice(part.start, value_start, splice.text + realigned)
    return make_plan(context, splices, intended)


def _rename_part(context: PlanContext, part: Part, name: str) -> Splice:
    return Splice(part.start, part.end, render_key(name, context.text[part.start : part.end]))


def _occurrences(context: PlanContext, path: Path) -> list[tuple[Part, int]]:
    """Each occurrence of the last key of a path, with the offset of the value behind it or -1."""
    occurrences: list[tuple[Part, int]] = []
    size, layout = len(path), context.layout
    for section in layout.sections:
        if len(section.path) >= size:
            if section.path[:size] == path:
                part = sum(isinstance(key, str) for key in path) - 1
                occurrences.append((context.statement(section.header).parts[part], -1))
        elif section.path == path[: len(section.path)]:
            remaining = path[len(section.path) :]
            for _, statement in pairs(layout, section):
                if statement.names[: len(remaining)] == remaining:
                    last = len(statement.parts) == len(remaining)
                    occurrences.append((statement.parts[len(remaining) - 1], statement.value_start if last else -1))
    return occurrences
