"""Settings of former releases, read as a release from 0.46 on reads them when it refuses them as they are.

Each file is changed in memory by the operations of the release: keys move, are renamed or deleted, values are replaced.
An operation whose target exists already, or is no table, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable

Table = dict[str, object]


def replayed(documents: Iterable[Table], operations: Iterable[str]) -> tuple[list[Table], bool]:
    """The documents as the operations leave them, and whether any of them changed. The originals stay as they are."""
    results, changed = [], False
    for document in documents:
        copy = _copied(document)
        for operation in operations:
            changed = _apply(copy, operation) or changed
        results.append(copy)
    return results, changed


def _copied(table: Table) -> Table:
    return {key: _copied(value) if isinstance(value, dict) else value for key, value in table.items()}


def _apply(document: Table, operation: str) -> bool:
    """Apply one operation; whether it changed anything."""
    kind, _, rest = operation.partition(" ")
    source, _, rest = rest.partition(" ")
    *parents, key = source.split(".")
    table = _table(document, parents)
    if table is None:
        return False
    if kind == "remap":
        import json  # only for a release and a file that need it

        return _remap(table, key, json.loads(rest))
    if key not in table or (kind == "drop" and not isinstance(table[key], dict)):
        return False
    if kind in ("delete", "drop"):
        del table[key]
        return True
    *targets, new_key = rest.split(".")
    target = _table(document, targets, create=True)
    if target is None or new_key in target:
        return False
    target[new_key] = table.pop(key)
    return True


def _table(document: Table, path: list[str], *, create: bool = False) -> Table | None:
    """The table at a path; None where a part of it is missing (unless it is created) or no table."""
    node = document
    for position, key in enumerate(path):
        value = node.get(key)
        if value is None and create and key not in node:
            for name in path[position:]:
                made: Table = {}
                node[name] = made
                node = made
            return node
        if not isinstance(value, dict):
            return None
        node = value
    return node


def _remap(table: Table, key: str, mapping: dict[str, str]) -> bool:
    """Replace the values that a mapping names, of one key or of every key (`*`)."""
    keys = list(table) if key == "*" else [key]
    changed = False
    for name in keys:
        value = table.get(name)
        if isinstance(value, str) and value in mapping:
            table[name] = mapping[value]
            changed = True
    return changed
