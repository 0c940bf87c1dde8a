"""Small helpers for parsed documents: nested tables, key paths, merging."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

Table = dict[str, Any]


def child(table: Table, key: str) -> Table:
    """The table below a key, made there when it is missing or when another change left something else."""
    below = table.get(key)
    if not isinstance(below, dict):
        below = table[key] = {}
    return below


def spec_path(backend: str) -> str:
    """The file that declares a backend's models."""
    return f"backends/{backend}.toml"


def routes_of(profile: Table) -> Table:
    """A profile's routes, to look at; empty when it has none or they are no table."""
    routes = profile.get("routes")
    return routes if isinstance(routes, dict) else {}


def at(node: object, path: Sequence[str]) -> object:
    """What stands at a key path, or an empty table."""
    for key in path:
        node = node.get(key, {}) if isinstance(node, dict) else {}
    return node


def merge_into(target: Table, updates: Table) -> None:
    """Merge tables key by key; anything else is replaced."""
    for key, value in updates.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            merge_into(target[key], value)
        else:
            target[key] = copy.deepcopy(value)
