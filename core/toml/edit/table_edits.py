"""Plans for edits of tables: add, append, move, and rename a table or a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from core.toml.edit.key_edits import aligned, insert_key
from core.toml.edit.layout_queries import attached, find_value, pairs, pairs_through, sections_below
from core.toml.edit.plain_data import Data, has, inserted, moved, renamed, value_at
from core.toml.edit.planning import (
    PlanContext,
    Style,
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
    style_beside,
    target_index,
)
from core.toml.edit.text_layout import Part, Path
from core.toml.edit.toml_commands import (
    AddTable,
    AppendTable,
    InsertElement,
    InsertKey,
    MoveTable,
    Plan,
    RefusalError,
    RenameKey,
    RenameTable,
    Splice,
)
from core.toml.edit.toml_writer import check_name, check_value, render, render_key
from core.toml.edit.value_edits import insert_element


def add_table(context: PlanContext, command: AddTable) -> Plan:
    """One more table, behind those of its parent, or as an inline table where its parent is one."""
    path = command.path
    items = dict(command.items)
    check_value(items)
    parent = _deepest(context, path)
    new = path[: len(parent) + 1]
    if len(new) == len(parent):
        raise RefusalError(
            "exists", f"There is a {quote_path(path)} already.", "Change that one, or take another name."
        )
    holder = require_parent(context, new)
    value: object = items
    for key in reversed(path[len(new) :]):
        value = {cast("str", key): value}
    for key in path[len(parent) :]:
        check_name(key)
    wanted = target_index(holder, new, command.before, command.after)
    if find_value(context.layout, parent) is not None or _is_dotted(context, parent):
        return insert_key(context, InsertKey(new, value, command.before, command.after))
    number = _place(context, parent, command.before, command.after)
    splice = insert_block(context, number, _block(context, path, items, many=False, near=number))
    index = key_index(context, parent, splice.start)
    check_index(index, wanted, new)
    return make_plan(context, [splice], inserted(context.data, new, value, index))


def append_table(context: PlanContext, command: AppendTable) -> Plan:
    """One more table of an array of tables."""
    path, items = command.path, dict(command.items)
    check_value(items)
    if has(context.data, path):
        array = value_at(context.data, path)
        if not isinstance(array, list):
            raise RefusalError("kind", f"{quote_path(path)} is not an array.", "Add a table.")
        if find_value(context.layout, path) is not None:
            return insert_element(context, InsertElement(path, len(array), items))
        number = section_end(context, sections_below(context.layout, path)[-1])
        splice = insert_block(context, number, _block(context, path, items, many=True, near=number))
        return make_plan(context, [splice], inserted(context.data, (*path, len(array)), items, len(array)))
    require_parent(context, path)
    check_name(path[-1])
    parent = path[:-1]
    if find_value(context.layout, parent) is not None or _is_dotted(context, parent):
        return insert_key(context, InsertKey(path, [items]))
    number = _place(context, parent, None, None)
    splice = insert_block(context, number, _block(context, path, items, many=True, near=number))
    return make_plan(context, [splice], inserted(context.data, path, [items], key_index(context, parent, splice.start)))


def _deepest(context: PlanContext, path: Path) -> Path:
    """The longest beginning of a path that is there."""
    for depth in range(len(path), 0, -1):
        if has(context.data, path[:depth]):
            return path[:depth]
    return ()


def _is_dotted(context: PlanContext, table: Path) -> bool:
    """Whether only dotted keys name a table, so that no header of a subtable may."""
    return bool(table) and not sections_below(context.layout, table) and bool(pairs_through(context.layout, table))


def _place(context: PlanContext, parent: Path, before: str | None, after: str | None) -> int:
    """The number of the statement behind which a header goes, -1 for the start of the text."""
    name = before if before is not None else after
    beside = sections_below(context.layout, parent if name is None else (*parent, name))
    if not beside:
        raise RefusalError(
            "place",
            f"{quote_path((*parent, str(name)))} is no table with a header, so no header can go beside it.",
            "Leave the place open, or name a table.",
        )
    if before is not None:
        return section_end(context, beside[0] - 1)
    number = section_end(context, beside[-1])
    if not any(statement.parts for statement in context.layout.statements):
        comments = [at for at, line in enumerate(context.layout.statements) if line.kind == "comment"]
        return comments[-1] if comments else number
    return number


def _block(context: PlanContext, path: Path, items: Mapping[str, object], *, many: bool, near: int) -> str:
    """The lines of a table: its header, its keys, and the headers of those subtables that have one beside it."""
    style = style_beside(context, path, near)
    newline = context.newline
    brackets = ("[[", "]]") if many else ("[", "]")
    rows = [f"{style.indent}{brackets[0]}{style.header}{brackets[1]}{newline}"]
    inline, below = _divided(context, path, items)
    rows += [_row(style, key, value, newline) for key, value in inline.items()]
    blank = newline * blank_lines_before(context, near)
    for key, value in below.items():
        header = f"{style.header}.{render_key(key)}"
        rows.append(f"{blank}{style.indent}[{header}]{newline}")
        rows += [_row(style, name, inner, newline) for name, inner in value.items()]
    return "".join(rows)


def _divided(context: PlanContext, path: Path, items: Mapping[str, object]) -> tuple[Data, dict[str, Data]]:
    """What goes below the header itself, and the last of the tables that go below headers of their own."""
    parents = len(path) - 1
    headed = {
        section.path[-1]
        for section in context.layout.sections
        if len(section.path) == parents + 2 and section.path[:parents] == path[:-1]
    }
    inline, below = dict(items), {}
    for key in reversed(list(items)):
        value = items[key]
        if key not in headed or not isinstance(value, dict):
            break
        below[key] = value
        del inline[key]
    return inline, dict(reversed(below.items()))


def _row(style: Style, key: str, value: object, newline: str) -> str:
    written = render_key(key, style.key_quote)
    start = style.indent + written + style.equals
    like = style.values.get(key, style.quote)
    return start + render(value, like, newline=newline, indent=style.indent, column=len(start)) + newline


def move_table(context: PlanContext, command: MoveTable) -> Plan:
    """A table with its subtables at another place among those of its parent."""
    path, parent = command.path, command.path[:-1]
    holder = require_parent(context, path)
    require_value(context, path)
    wanted = target_index(holder, path, command.before, command.after)
    if wanted is None:
        raise RefusalError("place", "There is no place to move to.", "Name a table to go before or behind.")
    own = sections_below(context.layout, path)
    if not own or pairs_through(context.layout, path):
        raise RefusalError("kind", f"{quote_path(path)} has no header of its own.", "Move it as a key.")
    if own != list(range(own[0], own[0] + len(own))):
        raise manual_edit_only(path, "is written in several places")
    if list(holder).index(str(path[-1])) == wanted:
        return make_plan(context, [], context.data)
    number = _place(context, parent, command.before, command.after)
    sections = context.layout.sections
    first = attached(context.layout, sections[own[0]].header)
    last = section_end(context, own[-1])
    if first <= number <= last:
        raise manual_edit_only(path, "already stands there, among tables written in several places")
    cut = removal_splices(context, range(first, last + 1))
    put = insert_block(context, number, context.text[context.statement(first).start : context.statement(last).end])
    if any(start < put.start < end for start, end, _ in cut):
        cut = [Splice(context.statement(first).start, context.statement(last).end, "")]
    check_index(key_index(context, parent, put.start, path[-1]), wanted, path)
    return make_plan(context, [*cut, put], moved(context.data, path, wanted))


def rename(context: PlanContext, command: RenameKey | RenameTable) -> Plan:
    """Another name for a key or table, wherever it is written."""
    path, name = command.path, command.name
    check_name(name)
    holder = require_parent(context, path)
    require_value(context, path)
    if name == path[-1]:
        return make_plan(context, [], context.data)
    require_absent(context, holder, (*path[:-1], name))
    intended = renamed(context.data, path, name)
    value = find_value(context.layout, path)
    if value is not None and value.holder is not None:
        entry = value.holder.items[value.item]
        if value.partial or len(entry.parts) > 1:
            raise manual_edit_only(path, "is written by a dotted key inside of an inline table")
        return make_plan(context, [_renamed(context, entry.parts[0], name)], intended)
    splices: list[Splice] = []
    for part, value_start in _written(context, path):
        splice = _renamed(context, part, name)
        splices.append(splice)
        if value_start >= 0:
            between = context.text[part.end : value_start]
            better = aligned(between, len(splice.text) - (part.end - part.start))
            if better != between:
                splices[-1] = Splice(part.start, value_start, splice.text + better)
    return make_plan(context, splices, intended)


def _renamed(context: PlanContext, part: Part, name: str) -> Splice:
    return Splice(part.start, part.end, render_key(name, context.text[part.start : part.end]))


def _written(context: PlanContext, path: Path) -> list[tuple[Part, int]]:
    """Each place that writes the last key of a path, and the offset of the value when that follows it, else -1."""
    found: list[tuple[Part, int]] = []
    size, layout = len(path), context.layout
    for section in layout.sections:
        if len(section.path) >= size:
            if section.path[:size] == path:
                part = sum(isinstance(key, str) for key in path) - 1
                found.append((context.statement(section.header).parts[part], -1))
        elif section.path == path[: len(section.path)]:
            rest = path[len(section.path) :]
            for _, statement in pairs(layout, section):
                if statement.names[: len(rest)] == rest:
                    last = len(statement.parts) == len(rest)
                    found.append((statement.parts[len(rest) - 1], statement.value_start if last else -1))
    return found
