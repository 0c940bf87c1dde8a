"""A slow second scanner that shares nothing with the one under test: it asks tomli where each statement ends."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import tomli

Path = tuple[str | int, ...]


class Tile(NamedTuple):
    """A statement: `blank`, `comment`, `header` or `pair`, its lines as one text, and the path that it writes."""

    kind: str
    text: str
    path: Path


def _loads(text: str) -> dict[str, object] | None:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError:
        return None


def _names(data: object) -> list[str]:
    names = []
    while isinstance(data, dict) and data:
        ((name, data),) = data.items()
        names.append(name)
        data = data[0] if isinstance(data, list) else data
    return names


def _key(statement: str) -> list[str]:
    at = statement.find("=")
    while at >= 0:
        data = _loads(statement[:at] + "= 0")
        if data is not None:
            return _names(data)
        at = statement.find("=", at + 1)
    raise AssertionError(statement)


@lru_cache(maxsize=64)
def tiles(text: str) -> tuple[Tile, ...]:
    """The statements of a sound text, in order."""
    result: list[Tile] = []
    base: Path = ()
    counts: dict[Path, int] = {}
    lines = text.split("\n")
    lines = [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    pending = ""
    for line in lines:
        pending += line
        bare = pending.strip()
        if not bare:
            result.append(Tile("blank", pending, ()))
        elif bare.startswith("#"):
            result.append(Tile("comment", pending, ()))
        elif (data := _loads(pending)) is None:
            continue
        elif bare.startswith("["):
            names = _names(data)
            base = ()
            for depth, name in enumerate(names, 1):
                base = (*base, name)
                if depth == len(names) and bare.startswith("[["):
                    counts[base] = counts.get(base, 0) + 1
                if base in counts:
                    base = (*base, counts[base] - 1)
            result.append(Tile("header", pending, base))
        else:
            result.append(Tile("pair", pending, base + tuple(_key(pending))))
        pending = ""
    assert not pending, pending
    return tuple(result)
