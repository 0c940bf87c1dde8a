"""Plans for edits of values, array elements and inline entries."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import cast

from core.formatting import counted
from core.toml.edit.containers import ContainerText, comment_spans, container_at, insert_item, move_item, remove_item
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
    if identical(old, value):
        return make_plan(context, [], context.data)
    span = location.span
    text, newline = context.text, context.line_end(span.end)
    old_text = text[span.start : span.end]
    commented = "#" in old_text and bool(context.comments(*span))
    if isinstance(old, list) and isinstance(value, list) and old and (value or commented):
        new_text = _changed_elements(old_text, old, value, newline)
    else:
        line = text.rfind("\n", 0, span.start) + 1
        indent = context.indent(context.statement(location.number))
        new_text = render(
            value, old_text, newline=newline, indent=indent, column=span.start - line, flat=location.holder is not None
        )
    splice = Splice(span.start, span.end, new_text)
    # Comments on deleted elements or entries are deleted with them.
    remaining = _comments_in(new_text) if commented else []
    dropped: list[str] = []
    for comment in context.comments(*span) if commented else ():
        if comment in remaining:
            remaining.remove(comment)
        else:
            dropped.append(comment)
    return make_plan(context, [splice], replaced(context.data, path, value), dropped=dropped)


def _comments_in(value: str) -> list[str]:
    text = f"x = {value}\n"
    return [text[start:end] for start, end in comment_spans(scan(text))]


def _changed_elements(written: str, old: list[object], new: list[object], newline: str) -> str:
    """A written array changed element by element, so that remaining elements keep their comments and lines."""
    for element in new:
        check_value(element)
    text = f"x = {written}"
    matcher = SequenceMatcher(
        None, [_element_key(element) for element in old], [_element_key(element) for element in new], False
    )
    for kind, first, last, start, stop in reversed(matcher.get_opcodes()):
        if kind == "equal":
            continue
        shared = min(last - first, stop - start)
        for index in range(shared):
            items = container_at(text, 4, newline)
            item = items.container.items[first + index]
            if not identical(old[first + index], new[start + index]):
                style = text[item.value_start : item.end]
                splice = Splice(
                    item.value_start, item.end, render(new[start + index], style, newline=newline, flat=True)
                )
                text = apply_splices(text, [splice])
        for index in range(start + shared, stop):
            items = container_at(text, 4, newline)
            at = first + index - start
            text = apply_splices(text, insert_item(items, at, _element(items, at, new[index])))
        for index in range(last - 1, first + shared - 1, -1):
            text = apply_splices(text, remove_item(container_at(text, 4, newline), index, attached=False))
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
    return make_plan(
        context, insert_item(items, index, written), inserted(context.data, path, command.value, key_index)
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
