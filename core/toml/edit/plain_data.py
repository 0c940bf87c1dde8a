"""Changed copies of plain dicts and lists, and exact comparison: the intended data of an edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from core.toml.edit.text_layout import Path

Data = dict[str, object]


def value_at(data: object, path: Path) -> object:
    """The value at a path. Raises `KeyError` when there is none."""
    for key in path:
        if isinstance(data, dict) and key in data:
            data = data[key]
            continue
        if not isinstance(data, list) or not isinstance(key, int) or not 0 <= key < len(data):
            raise KeyError(key)
        data = data[key]
    return data


def has(data: object, path: Path) -> bool:
    """Whether a path exists."""
    try:
        value_at(data, path)
    except KeyError:
        return False
    return True


def replaced(data: Data, path: Path, value: object) -> Data:
    """A copy with another value at an existing path; unchanged parts are shared."""
    if not path:
        return cast("Data", value)
    return _changed(data, path[:-1], lambda parent: _with_item(parent, path[-1], value))


def inserted(data: Data, path: Path, value: object, index: int) -> Data:
    """A copy with a new key or array element at an index."""

    def insert(parent: object) -> object:
        if isinstance(parent, list):
            return [*parent[:index], value, *parent[index:]]
        pairs = list(cast("Data", parent).items())
        return dict([*pairs[:index], (cast("str", path[-1]), value), *pairs[index:]])

    return _changed(data, path[:-1], insert)


def deleted(data: Data, path: Path) -> Data:
    """A copy without a path."""

    def delete(parent: object) -> object:
        if isinstance(parent, list):
            return [value for index, value in enumerate(parent) if index != path[-1]]
        return {key: value for key, value in cast("Data", parent).items() if key != path[-1]}

    return _changed(data, path[:-1], delete)


def renamed(data: Data, path: Path, name: str) -> Data:
    """A copy with a key renamed in place."""
    return _changed(
        data,
        path[:-1],
        lambda parent: {name if key == path[-1] else key: value for key, value in cast("Data", parent).items()},
    )


def moved(data: Data, path: Path, index: int) -> Data:
    """A copy with a key or element at another index, counted without it."""
    return inserted(deleted(data, path), path, value_at(data, path), index)


def identical(left: object, right: object) -> bool:
    """Whether two values are equal in type, value and key order; 1, 1.0 and true all differ."""
    # `repr` tells plain values apart and compares many times faster.
    return repr(left) == repr(right) or _is_equal(left, right)


def _is_equal(value: object, expected: object) -> bool:
    kind = type(value)
    if kind is not type(expected):
        return False
    if kind is dict:
        left, right = cast("Data", value), cast("Data", expected)
        return list(left) == list(right) and all(map(_is_equal, left.values(), right.values()))
    if kind is list:
        first, second = cast("list[object]", value), cast("list[object]", expected)
        return len(first) == len(second) and all(map(_is_equal, first, second))
    if kind is str or kind is int or kind is bool:
        return value == expected
    # Strings distinguish -0.0 from 0.0, treat nan as equal, and include the UTC offset of a time.
    return str(value) == str(expected)


def _changed(data: Data, path: Path, change: Callable[[object], object]) -> Data:
    if not path:
        return cast("Data", change(data))
    parents: list[object] = [data]
    for key in path:
        parents.append(value_at(parents[-1], (key,)))
    new = change(parents.pop())
    for parent, key in zip(reversed(parents), reversed(path), strict=True):
        new = _with_item(parent, key, new)
    return cast("Data", new)


def _with_item(parent: object, key: str | int, value: object) -> object:
    if isinstance(parent, list):
        copy = list(parent)
        copy[cast("int", key)] = value
        return copy
    return {**cast("Data", parent), cast("str", key): value}
