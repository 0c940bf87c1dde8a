"""Random commands for a document: every kind, at paths that are there, with values of every type."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from random import Random
from typing import Any

from core.toml.edit import toml_commands as c

Path = tuple[str | int, ...]

_NAMES = ["zz-new", "a.b", "gpt-*", "new key", "é", "", "1", 'q"q', "x_y", "claude-4.5-opus", "it's", "[x]", "#"]
_TEXTS = [
    "",
    "plain",
    "${ENV_KEY}",
    'say "hi"',
    "it's",
    "# no comment",
    "two\nlines",
    "back\\slash",
    "é😀",
    "\x1b[0m\x9b",
]


def nodes(data: Any) -> Iterator[tuple[Path, Any]]:
    """Every path of the data but the root's, with its value."""
    pending: list[tuple[Path, Any]] = [((), data)]
    while pending:
        path, node = pending.pop()
        if path:
            yield path, node
        pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        pending += [((*path, key), value) for key, value in pairs]


def value(rng: Random, depth: int = 2) -> Any:
    """A value that TOML can hold."""
    kind = rng.randrange(11 if depth else 8)
    if kind < 3:
        return rng.choice(_TEXTS)
    if kind == 3:
        return rng.choice([True, False])
    if kind == 4:
        return rng.choice([0, 1, -7, 128_000, 2**40])
    if kind == 5:
        return rng.choice([0.0, 1.0, -0.5, 1e-07, 1e22, float("inf")])
    if kind == 6:
        return datetime.datetime(2026, 11, 23, 3, 4, 5, tzinfo=rng.choice([None, datetime.UTC]))
    if kind == 7:
        return rng.choice([datetime.date(2026, 1, 2), datetime.time(1, 2, 3)])
    if kind == 8:
        return {rng.choice(_NAMES): value(rng, depth - 1) for _ in range(rng.randrange(3))}
    return [value(rng, depth - 1) for _ in range(rng.randrange(4))]


def _like(rng: Random, old: Any) -> Any:
    """Another value of the same kind, mostly."""
    if rng.random() < 0.3:
        return value(rng)
    if isinstance(old, bool):
        return not old
    if isinstance(old, int):
        return old + 1
    if isinstance(old, float):
        return old * 2 + 0.5
    if isinstance(old, str):
        return old + rng.choice(_TEXTS)
    if isinstance(old, list):
        new = [element for element in old if rng.random() < 0.8]
        rng.shuffle(new)
        return [*new, *(["more"] if rng.random() < 0.5 else [])]
    if isinstance(old, dict):
        return {**old, "more": 1}
    return value(rng)


def command(rng: Random, data: dict[str, Any]) -> c.Command:
    """A command for this data: each kind about as often as the data gives occasion for it."""
    every = list(nodes(data))
    tables = [((), data), *((path, node) for path, node in every if isinstance(node, dict))]
    while True:
        made = _command(rng, every, tables)
        if made is not None:
            return made


def _command(rng: Random, every: list[tuple[Path, Any]], tables: list[tuple[Path, Any]]) -> c.Command | None:
    kind = rng.randrange(10)
    table, holder = rng.choice(tables)
    new = next((name for name in rng.sample(_NAMES, len(_NAMES)) if name not in holder), "unused")
    mark = rng.choice([*holder, None]) if holder else None
    before, after = rng.choice([(None, None), (mark, None), (None, mark)])
    if kind == 0:
        return c.InsertKey((*table, new), value(rng), before, after)
    if kind == 1:
        items = {name: value(rng) for name in rng.sample(_NAMES, rng.randrange(3))}
        if rng.random() < 0.2:
            return c.AddTable((*table, new, "sub"), items)
        return c.AddTable((*table, new), items, before, after)
    if not every:
        return None
    path, node = rng.choice(every)
    comments: c.Comments = rng.choice(["keep", "attached"])
    if kind == 2:
        return c.DeleteKey(path, comments)
    if kind == 3:
        return c.DeleteKey(path, comments) if isinstance(node, dict) else None
    if kind in (4, 5) and isinstance(path[-1], str):
        return c.RenameKey(path, new) if isinstance(node, dict) or kind == 4 else None
    if kind == 6 and isinstance(path[-1], str):
        return _move(rng, dict(tables)[path[:-1]], path)
    if kind == 7 and isinstance(path[-1], int):
        size = sum(len(other) == len(path) and other[:-1] == path[:-1] for other, _ in every)
        return c.MoveElement(path, rng.randrange(size))
    if kind > 7:
        return c.SetValue(path, _like(rng, node))
    return None


def _move(rng: Random, holder: dict[str, Any], path: Path) -> c.Command | None:
    siblings = [name for name in holder if name != path[-1]]
    if not siblings:
        return None
    mark = rng.choice(siblings)
    return c.MoveKey(path, before=mark) if rng.random() < 0.5 else c.MoveKey(path, after=mark)
