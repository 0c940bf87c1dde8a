"""The data an edit is meant to give: changed copies of plain dicts and lists, and their exact comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from core.toml.edit.text_layout import Path

Data = dict[str, object]


def value_at(data: object, path: Path) -> object:
    """What stands at a path. Raises `KeyError` when there is nothing."""
    for key in path:
        if isinstance(data, dict) and key in data:
            data = data[key]
            continue
        if not isinstance(data, list) or not isinstance(key, int) or not 0 <= key < len(data):
            raise KeyError(key)
        data = data[key]
    return data


def has(data: object, path: Path) -> bool:
    """Whether there is something at a path."""
    try:
        value_at(data, path)
    except KeyError:
        return False
    return True


def replaced(data: Data, path: Path, value: object) -> Data:
    """A copy with another value at an existing path; it shares what has not changed."""
    if not path:
        return cast("Data", value)
    return _changed(data, path[:-1], lambda holder: _with(holder, path[-1], value))


def inserted(data: Data, path: Path, value: object, index: int) -> Data:
    """A copy with a new key, or a new array element, that stands at an index among those beside it."""

    def insert(holder: object) -> object:
        if isinstance(holder, list):
            return [*holder[:index], value, *holder[index:]]
        pairs = list(cast("Data", holder).items())
        return dict([*pairs[:index], (cast("str", path[-1]), value), *pairs[index:]])

    return _changed(data, path[:-1], insert)


def deleted(data: Data, path: Path) -> Data:
    """A copy without what stands at a path."""

    def delete(holder: object) -> object:
        if isinstance(holder, list):
            return [value for index, value in enumerate(holder) if index != path[-1]]
        return {key: value for key, value in cast("Data", holder).items() if key != path[-1]}

    return _changed(data, path[:-1], delete)


def renamed(data: Data, path: Path, name: str) -> Data:
    """A copy with another name for a key, in the same place."""
    return _changed(
        data,
        path[:-1],
        lambda holder: {name if key == path[-1] else key: value for key, value in cast("Data", holder).items()},
    )


def moved(data: Data, path: Path, index: int) -> Data:
    """A copy in which a key or element has another index among those beside it, counted without it."""
    return inserted(deleted(data, path), path, value_at(data, path), index)


def identical(one: object, other: object) -> bool:
    """Whether two values are equal in type and value, keys in the same order; 1, 1.0 and true all differ."""
    # What Python writes of plain values tells them apart, and is compared many times faster.
    return repr(one) == repr(other) or _same(one, other)


def _same(one: object, other: object) -> bool:
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is dict:
        left, right = cast("Data", one), cast("Data", other)
        return list(left) == list(right) and all(map(_same, left.values(), right.values()))
    if kind is list:
        first, second = cast("list[object]", one), cast("list[object]", other)
        return len(first) == len(second) and all(map(_same, first, second))
    if kind is str or kind is int or kind is bool:
        return one == other
    # Texts tell -0.0 from 0.0, take nan for nan, and hold the offset of a time, not only its instant.
    return str(one) == str(other)


def _changed(data: Data, path: Path, change: Callable[[object], object]) -> Data:
    if not path:
        return cast("Data", change(data))
    holders: list[object] = [data]
    for key in path:
        holders.append(value_at(holders[-1], (key,)))
    new = change(holders.pop())
    for holder, key in zip(reversed(holders), reversed(path), strict=True):
        new = _with(holder, key, new)
    return cast("Data", new)


def _with(holder: object, key: str | int, value: object) -> object:
    if isinstance(holder, list):
        copy = list(holder)
        copy[cast("int", key)] = value
        return copy
    return {**cast("Data", holder), cast("str", key): value}
