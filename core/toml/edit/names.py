"""Plans the renaming of keys and tables: the same part of each header and key that goes through them."""

from __future__ import annotations

from core.toml.edit.commands import RenameKey, RenameTable
from core.toml.edit.draft import Draft, anything_at, by_hand, holder_at, plan_of, refuse_existing
from core.toml.edit.find import find_value, pairs
from core.toml.edit.intent import renamed
from core.toml.edit.layout import Part, Path
from core.toml.edit.lines import aligned
from core.toml.edit.plans import Plan, Splice
from core.toml.edit.render import check_name, render_key


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
