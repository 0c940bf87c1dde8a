"""Plans deletions: of a key, of a table with its subtables, of one table of an array of tables."""

from __future__ import annotations

from core.toml.edit.commands import Comments, DeleteKey, DeleteTable
from core.toml.edit.draft import Draft, anything_at, name_path, plan_of, removal
from core.toml.edit.find import (
    attached,
    find_value,
    first_mentions,
    last_pair,
    pairs,
    pairs_through,
    sections_below,
)
from core.toml.edit.intent import Data, deleted, value_at
from core.toml.edit.layout import Path
from core.toml.edit.plans import BY_HAND, Plan, Refused
from core.toml.edit.values import delete_item


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
