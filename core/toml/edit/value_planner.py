"""Plans for edits of values, array elements and inline entries."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import cast

from core.formatting import counted
from core.toml.edit.containers import (
    ContainerText,
    comment_spans,
    container_at,
    insert_item,
    move_item,
    remove_item,
    replace_item,
)
from core.toml.edit.layout_queries import ValueLocation, find_value
from core.toml.edit.plain_data import deleted, identical, inserted, moved, replaced
from core.toml.edit.planning import (
    PlanContext,
    check_index,
    make_plan,
    manual_edit_only,
    quote_path,
    require_absent,
    require_parent,
    require_value,
    target_index,
)
from core.toml.edit.text_layout import Path, scan
from core.toml.edit.toml_commands import (
    DeleteKey,
    InsertKey,
    MoveElement,
    MoveKey,
    Plan,
    RefusalError,
    SetValue,
    Splice,
    apply_splices,
)
from core.toml.edit.toml_writer import check_value, render, render_key


def set_value(context: PlanContext, command: SetValue) -> Plan:
    """Plan another value in place of the old one."""
    path, value = command.path, command.value
    check_value(value)
    old = require_value(context, path)
    location = find_value(context.layout, path)
    if location is None or location.partial:
        raise RefusalError("kind", f"{quote_path(path)} is a table of several lines.", "Change its keys one by one.")
    brought, brought_splices = [*command.above, *filter(None, [command.behind])], _brought(context, command, location)
    if identical(old, value):
        return make_plan(context, brought_splices, context.data, added=brought)
    span = location.span
    text, newline = context.text, context.line_end(span.end)
    old_text = text[span.start : span.end]
    commented = "#" in old_text and bool(context.comments(*span))
    if isinstance(old, list) and isinstance(value, list) and (old or commented) and (value or commented):
        new_text = _changed_elements(old_text, old, value, newline)
    else:
        line = text.rfind("\n", 0, span.start) + 1
        indent = context.indent(context.statement(location.number))
        new_text = render(
            value, old_text, newline=newline, indent=indent, column=span.start - line, flat=location.holder is not None
        )
    splice = Splice(span.start, span.end, new_text)
    # Comments on deleted elements or entries are deleted with them.
    remaining = comments_in(new_text) if commented else []
    dropped: list[str] = []
    for comment in context.comments(*span) if commented else ():
        if comment in remaining:
            remaining.remove(comment)
        else:
            dropped.append(comment)
    return make_plan(
        context, [splice, *brought_splices], replaced(context.data, path, value), dropped=dropped, added=brought
    )


def _brought(context: PlanContext, command: SetValue | InsertKey, location: ValueLocation) -> list[Splice]:
    """Splices that write the comments of a command at the statement of a location."""
    statement = context.statement(location.number)
    newline, indent = context.line_end(statement.end), context.indent(statement)
    above, splices = list(command.above), []
    if command.behind and statement.comment < 0:
        end = statement.start + len(context.text[statement.start : statement.end].rstrip("\r\n"))
        splices.append(Splice(end, end, "  " + command.behind))
    elif command.behind:
        above.append(command.behind)
    lines = "".join(indent + comment + newline for comment in above)
    return [Splice(statement.start, statement.start, lines), *splices] if lines else splices


def read_value(written: str) -> object:
    """The data of a written value; None when it is not one."""
    try:
        return tomllib.loads(f"x = {written}\n").get("x")
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None


def comments_in(value: str) -> list[str]:
    """The comments inside of a written value."""
    text = f"x = {value}\n"
    return [text[start:end] for start, end in comment_spans(scan(text))]


def _changed_elements(written: str, old: list[object], new: list[object], newline: str) -> str:
    """A written array changed element by element, so that remaining elements keep their comments and lines."""
    for element in new:
        check_value(element)
    text = f"x = {written}"
    now, wanted = list(map(_element_key, old)), list(map(_element_key, new))

    def items() -> ContainerText:
        return container_at(text, 4, newline)

    for index, key in enumerate(wanted if len(now) == len(wanted) else ()):
        if key not in now and now[index] not in wanted:
            item = items().container.items[index]
            rendered = render(new[index], text[item.value_start : item.end], newline=newline, flat=True)
            text = apply_splices(text, replace_item(items(), index, rendered))
            now[index] = key
    surplus = Counter(now)
    surplus.subtract(wanted)
    for index in range(len(now) - 1, -1, -1):
        if surplus[now[index]] > 0:
            surplus[now[index]] -= 1
            text = apply_splices(text, remove_item(items(), index, attached=True))
            del now[index]
    for index, key in enumerate(wanted):
        if index < len(now) and now[index] == key:
            continue
        if key in now[index:]:
            at = now.index(key, index)
            text = apply_splices(text, move_item(items(), at, index))
            now.insert(index, now.pop(at))
        else:
            text = apply_splices(text, insert_item(items(), index, _element(items(), index, new[index])))
            now.insert(index, key)
    return text[4:]


def _element_key(element: object) -> str:
    return f"{type(element).__name__} {element!r}"


def _style(items: ContainerText, index: int) -> str:
    """The notation of the item next to an index."""
    written = items.container.items
    if not written:
        return ""
    item = written[min(max(index - 1, 0), len(written) - 1)]
    return items.text[item.value_start : item.end]


def _element(items: ContainerText, index: int, value: object) -> str:
    return render(value, _style(items, index), newline=items.newline, flat=True)


def _array(context: PlanContext, path: Path) -> tuple[ValueLocation, ContainerText, list[object]]:
    """The location, container and value of the array at a path, when it is written as a value."""
    array = require_value(context, path)
    if not isinstance(array, list):
        raise RefusalError("kind", f"{quote_path(path)} is not an array.", "Set it as a value.")
    location = find_value(context.layout, path)
    if location is None:
        raise RefusalError("kind", f"{quote_path(path)} is an array of tables.", "Append or delete a table.")
    if location.partial:
        raise manual_edit_only(path, "is written by dotted keys inside of an inline table")
    return (
        location,
        container_at(context.text, location.span.start, context.line_end(location.span.end)),
        cast("list[object]", array),
    )


def move_element(context: PlanContext, command: MoveElement) -> Plan:
    """Plan an array element at another index."""
    if not command.path or not isinstance(command.path[-1], int):
        raise RefusalError("kind", f"{quote_path(command.path)} is not an array element.", "Move it as a key.")
    require_value(context, command.path)
    _, items, array = _array(context, command.path[:-1])
    if not 0 <= command.to < len(array):
        raise RefusalError("place", f"The array has {counted(len(array), 'element')}.", "Give an index below that.")
    splices = move_item(items, command.path[-1], command.to)
    return make_plan(context, splices, moved(context.data, command.path, command.to))


def delete_item(context: PlanContext, command: DeleteKey, location: ValueLocation) -> Plan:
    """Plan the removal of an element or inline entry located at `location`."""
    path = command.path
    if location.holder is None or location.partial:
        raise manual_edit_only(path, "is written by dotted keys inside of an inline table")
    entry = location.holder.items[location.item]
    if len(entry.parts) > 1:
        raise manual_edit_only(path, "is written by a dotted key inside of an inline table")
    items = container_at(context.text, location.holder.open, context.line_end(location.span.end))
    splices = remove_item(items, location.item, attached=command.comments == "attached")
    dropped = [comment for start, end, _ in splices for comment in context.comments(start, end)]
    return make_plan(context, splices, deleted(context.data, path), dropped=dropped)


def insert_entry(context: PlanContext, command: InsertKey, table: ValueLocation) -> Plan:
    """Plan a new entry in the inline table located at `table`."""
    path = command.path
    parent = require_parent(context, path)
    require_absent(parent, path)
    items = _entries(context, path, table)
    target = target_index(parent, path, command.before, command.after)
    names = [item.parts[0].name for item in items.container.items]
    index = len(names)
    if command.before is not None:
        index = names.index(command.before)
    elif command.after is not None:
        index = len(names) - names[::-1].index(command.after)
    equals, like = " = ", ""
    if names:
        sample = items.container.items[min(max(index - 1, 0), len(names) - 1)]
        equals = context.text[sample.parts[-1].end : sample.value_start]
        like = context.text[sample.value_start : sample.end]
    written = render_key(str(path[-1])) + equals + render(command.value, like, flat=True)
    key_index = len(set(names[:index]))
    check_index(key_index, target, path)
    splices = [*insert_item(items, index, written), *_brought(context, command, table)]
    return make_plan(
        context,
        splices,
        inserted(context.data, path, command.value, key_index),
        added=[*command.above, *filter(None, [command.behind])],
    )


def move_entry(context: PlanContext, command: MoveKey, table: ValueLocation) -> Plan:
    """Plan an entry at another position of the inline table located at `table`."""
    path = command.path
    parent = require_parent(context, path)
    items = _entries(context, path, table)
    target = target_index(parent, path, command.before, command.after)
    names = [item.parts[0].name for item in items.container.items]
    if target is None:
        raise RefusalError("place", "No target position is named.", "Name a key to go before or behind.")
    if len(set(names)) < len(names):
        raise manual_edit_only(path, "is among dotted keys inside of an inline table")
    splices = move_item(items, names.index(str(path[-1])), target)
    return make_plan(context, splices, moved(context.data, path, target))


def _entries(context: PlanContext, path: Path, table: ValueLocation) -> ContainerText:
    if table.partial:
        raise manual_edit_only(path, "belongs to dotted keys inside of an inline table")
    return container_at(context.text, table.span.start, context.line_end(table.span.end))
