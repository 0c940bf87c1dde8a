"""Plans for edits of tables: add, append, move, and rename a table or a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from core.toml.edit.key_edits import aligned, insert_key
from core.toml.edit.layout_queries import attached, find_value, pairs, pairs_through, sections_below
from core.toml.edit.plain_data import Data, has, inserted, moved, renamed, value_at
from core.toml.edit.planning import (
    Draft,
    Style,
    anything_at,
    block_after,
    by_hand,
    check_index,
    gap,
    holder_at,
    name_path,
    plan_of,
    rank,
    refuse_existing,
    removal,
    section_end,
    style_beside,
    wanted_index,
)
from core.toml.edit.text_layout import Part, Path
from core.toml.edit.toml_commands import (
    AddTable,
    AppendTable,
    InsertElement,
    InsertKey,
    MoveTable,
    Plan,
    Refused,
    RenameKey,
    RenameTable,
    Splice,
)
from core.toml.edit.toml_writer import check_name, check_value, render, render_key
from core.toml.edit.value_edits import insert_element


def add_table(draft: Draft, command: AddTable) -> Plan:
    """One more table, behind those of its parent, or as an inline table where its parent is one."""
    path = command.path
    items = dict(command.items)
    check_value(items)
    parent = _deepest(draft, path)
    new = path[: len(parent) + 1]
    if len(new) == len(parent):
        raise Refused("exists", f"There is a {name_path(path)} already.", "Change that one, or take another name.")
    holder = holder_at(draft, new)
    value: object = items
    for key in reversed(path[len(new) :]):
        value = {cast("str", key): value}
    for key in path[len(parent) :]:
        check_name(key)
    wanted = wanted_index(holder, new, command.before, command.after)
    if find_value(draft.layout, parent) is not None or _is_dotted(draft, parent):
        return insert_key(draft, InsertKey(new, value, command.before, command.after))
    number = _place(draft, parent, command.before, command.after)
    splice = block_after(draft, number, _block(draft, path, items, many=False, near=number))
    index = rank(draft, parent, splice.start)
    check_index(index, wanted, new)
    return plan_of(draft, [splice], inserted(draft.data, new, value, index))


def append_table(draft: Draft, command: AppendTable) -> Plan:
    """One more table of an array of tables."""
    path, items = command.path, dict(command.items)
    check_value(items)
    if has(draft.data, path):
        array = value_at(draft.data, path)
        if not isinstance(array, list):
            raise Refused("kind", f"{name_path(path)} is not an array.", "Add a table.")
        if find_value(draft.layout, path) is not None:
            return insert_element(draft, InsertElement(path, len(array), items))
        number = section_end(draft, sections_below(draft.layout, path)[-1])
        splice = block_after(draft, number, _block(draft, path, items, many=True, near=number))
        return plan_of(draft, [splice], inserted(draft.data, (*path, len(array)), items, len(array)))
    holder_at(draft, path)
    check_name(path[-1])
    parent = path[:-1]
    if find_value(draft.layout, parent) is not None or _is_dotted(draft, parent):
        return insert_key(draft, InsertKey(path, [items]))
    number = _place(draft, parent, None, None)
    splice = block_after(draft, number, _block(draft, path, items, many=True, near=number))
    return plan_of(draft, [splice], inserted(draft.data, path, [items], rank(draft, parent, splice.start)))


def _deepest(draft: Draft, path: Path) -> Path:
    """The longest beginning of a path that is there."""
    for depth in range(len(path), 0, -1):
        if has(draft.data, path[:depth]):
            return path[:depth]
    return ()


def _is_dotted(draft: Draft, table: Path) -> bool:
    """Whether only dotted keys name a table, so that no header of a subtable may."""
    return bool(table) and not sections_below(draft.layout, table) and bool(pairs_through(draft.layout, table))


def _place(draft: Draft, parent: Path, before: str | None, after: str | None) -> int:
    """The number of the statement behind which a header goes, -1 for the start of the text."""
    name = before if before is not None else after
    beside = sections_below(draft.layout, parent if name is None else (*parent, name))
    if not beside:
        raise Refused(
            "place",
            f"{name_path((*parent, str(name)))} is no table with a header, so no header can go beside it.",
            "Leave the place open, or name a table.",
        )
    if before is not None:
        return section_end(draft, beside[0] - 1)
    number = section_end(draft, beside[-1])
    if not any(statement.parts for statement in draft.layout.statements):
        comments = [at for at, line in enumerate(draft.layout.statements) if line.kind == "comment"]
        return comments[-1] if comments else number
    return number


def _block(draft: Draft, path: Path, items: Mapping[str, object], *, many: bool, near: int) -> str:
    """The lines of a table: its header, its keys, and the headers of those subtables that have one beside it."""
    style = style_beside(draft, path, near)
    newline = draft.newline
    brackets = ("[[", "]]") if many else ("[", "]")
    rows = [f"{style.indent}{brackets[0]}{style.header}{brackets[1]}{newline}"]
    inline, below = _divided(draft, path, items)
    rows += [_row(style, key, value, newline) for key, value in inline.items()]
    blank = newline * gap(draft, near)
    for key, value in below.items():
        header = f"{style.header}.{render_key(key)}"
        rows.append(f"{blank}{style.indent}[{header}]{newline}")
        rows += [_row(style, name, inner, newline) for name, inner in value.items()]
    return "".join(rows)


def _divided(draft: Draft, path: Path, items: Mapping[str, object]) -> tuple[Data, dict[str, Data]]:
    """What goes below the header itself, and the last of the tables that go below headers of their own."""
    parents = len(path) - 1
    headed = {
        section.path[-1]
        for section in draft.layout.sections
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


def move_table(draft: Draft, command: MoveTable) -> Plan:
    """A table with its subtables at another place among those of its parent."""
    path, parent = command.path, command.path[:-1]
    holder = holder_at(draft, path)
    anything_at(draft, path)
    wanted = wanted_index(holder, path, command.before, command.after)
    if wanted is None:
        raise Refused("place", "There is no place to move to.", "Name a table to go before or behind.")
    own = sections_below(draft.layout, path)
    if not own or pairs_through(draft.layout, path):
        raise Refused("kind", f"{name_path(path)} has no header of its own.", "Move it as a key.")
    if own != list(range(own[0], own[0] + len(own))):
        raise by_hand(path, "is written in several places")
    if list(holder).index(str(path[-1])) == wanted:
        return plan_of(draft, [], draft.data)
    number = _place(draft, parent, command.before, command.after)
    sections = draft.layout.sections
    first = attached(draft.layout, sections[own[0]].header)
    last = section_end(draft, own[-1])
    if first <= number <= last:
        raise by_hand(path, "already stands there, among tables written in several places")
    cut = removal(draft, range(first, last + 1))
    put = block_after(draft, number, draft.text[draft.statement(first).start : draft.statement(last).end])
    if any(start < put.start < end for start, end, _ in cut):
        cut = [Splice(draft.statement(first).start, draft.statement(last).end, "")]
    check_index(rank(draft, parent, put.start, path[-1]), wanted, path)
    return plan_of(draft, [*cut, put], moved(draft.data, path, wanted))


def rename(draft: Draft, command: RenameKey | RenameTable) -> Plan:
    """Another name for a key or table, wherever it is written."""
    path, name = command.path, command.name
    check_name(name)
    holder = holder_at(draft, path)
    anything_at(draft, path)
    if name == path[-1]:
        return plan_of(draft, [], draft.data)
    refuse_existing(draft, holder, (*path[:-1], name))
    intended = renamed(draft.data, path, name)
    value = find_value(draft.layout, path)
    if value is not None and value.holder is not None:
        entry = value.holder.items[value.item]
        if value.partial or len(entry.parts) > 1:
            raise by_hand(path, "is written by a dotted key inside of an inline table")
        return plan_of(draft, [_renamed(draft, entry.parts[0], name)], intended)
    splices: list[Splice] = []
    for part, value_start in _written(draft, path):
        splice = _renamed(draft, part, name)
        splices.append(splice)
        if value_start >= 0:
            between = draft.text[part.end : value_start]
            better = aligned(between, len(splice.text) - (part.end - part.start))
            if better != between:
                splices[-1] = Splice(part.start, value_start, splice.text + better)
    return plan_of(draft, splices, intended)


def _renamed(draft: Draft, part: Part, name: str) -> Splice:
    return Splice(part.start, part.end, render_key(name, draft.text[part.start : part.end]))


def _written(draft: Draft, path: Path) -> list[tuple[Part, int]]:
    """Each place that writes the last key of a path, and the offset of the value when that follows it, else -1."""
    found: list[tuple[Part, int]] = []
    size, layout = len(path), draft.layout
    for section in layout.sections:
        if len(section.path) >= size:
            if section.path[:size] == path:
                part = sum(isinstance(key, str) for key in path) - 1
                found.append((draft.statement(section.header).parts[part], -1))
        elif section.path == path[: len(section.path)]:
            rest = path[len(section.path) :]
            for _, statement in pairs(layout, section):
                if statement.names[: len(rest)] == rest:
                    last = len(statement.parts) == len(rest)
                    found.append((statement.parts[len(rest) - 1], statement.value_start if last else -1))
    return found
