"""Locations of key paths in one file, or in several merged files, independent of the values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from core.entities import Layer, Location, Path
from core.records import dataclass
from core.toml.toml_reader import TomlDocument

_FEW = 8
"""Up to this number of files, all are searched rather than indexed."""
_INDEXED = 3
"""Depth of key paths in the index: a section, its table, a name."""


class FileOutline(NamedTuple):
    """One file of an outline. `shown` is its display path."""

    shown: str
    layer: Layer
    document: TomlDocument

    def holds(self, path: Path) -> bool:
        """Whether a key path exists in this file."""
        return follow_path(self.document.data, path)[0] == len(path)

    def replaces(self, path: Path) -> bool:
        """Whether this file hides the values of preceding files at a key path without setting it itself.

        That is so when it has a value other than a table above the path, or a list that is too short.
        """
        depth, node = follow_path(self.document.data, path)
        return depth < len(path) and not (isinstance(node, dict) and isinstance(path[depth], str))

    def locate(self, path: Path) -> Location:
        """The location of a key path in this file, or of its nearest known parent."""
        position = self.document.positions.nearest(path)
        return Location(self.shown, position.line, position.column, dotted(path), self.layer, path)


def follow_path(data: object, path: Path) -> tuple[int, object]:
    """The number of keys of a path that exist in the data, and the value at the last of them."""
    node = data
    for depth, key in enumerate(path):
        if isinstance(node, dict) and isinstance(key, str):
            if key not in node:
                return depth, node
            node = node[key]
        elif isinstance(node, list) and isinstance(key, int):
            if key >= len(node):
                return depth, node
            node = node[key]
        else:
            return depth, node
    return len(path), node


@dataclass(frozen=True, eq=False)
class Outline:
    """Locations in files merged over each other, base first.

    The object stays the same when another reading of the files differs only in values, so results derived from
    locations can be reused by identity. Never read a value through it.
    """

    files: tuple[FileOutline, ...]
    concatenated: bool = False

    def __eq__(self, other: object) -> bool:
        """Whether every key path has the same location. Compares all of them."""
        if not isinstance(other, Outline):
            return NotImplemented
        return self is other or (self.concatenated is other.concatenated and self._places == other._places)

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def _places(self) -> str:
        # A string compares faster than nested tuples.
        return repr(
            [
                (shown, layer.value, [(path, document.positions.get(path)) for path in _paths(document.data)])
                for shown, layer, document in self.files
            ]
        )

    def locate(self, path: Path) -> Location:
        """The location of the effective value of a key path."""
        location = self._located.get(path)
        if location is None:
            file_path = self._element(path)[1] if self._is_element(path) else path
            location = self._located[path] = self.files[self.winner(path)].locate(file_path)
        return location

    @cached_property
    def _located(self) -> dict[Path, Location]:
        """Cache of `locate`: after an edit elsewhere the same paths are looked up."""
        return {}

    def winner(self, path: Path) -> int:
        """The index of the file that sets the effective value of a key path."""
        if self._is_element(path):
            return self._element(path)[0]
        for number in reversed(self._candidates(path)):
            if self.files[number].holds(path):
                return number
            if self.files[number].replaces(path):
                break
        return self.winner(path[:-1]) if path else len(self.files) - 1

    def stack(self, path: Path) -> list[int]:
        """The files whose value of a key path takes effect when those after it are removed, by index."""
        numbers: list[int] = []
        for number in self._candidates(path):
            if self.files[number].holds(path):
                numbers.append(number)
            elif self.files[number].replaces(path):
                numbers.clear()
        return numbers

    def _candidates(self, path: Path) -> Sequence[int]:
        """The files that may hold or replace a key path, in order."""
        if len(self.files) <= _FEW or not path or isinstance(path[0], int):
            return range(len(self.files))
        holding, replacing = self._index
        numbers = {*holding.get(path[:_INDEXED], ())}
        for depth in range(1, min(len(path), _INDEXED)):
            # A table hides a list element; any other value hides a key.
            index = replacing if isinstance(path[depth], str) else holding
            numbers.update(index.get(path[:depth], ()))
        return sorted(numbers)

    @cached_property
    def _index(self) -> tuple[Mapping[Path, list[int]], Mapping[Path, list[int]]]:
        """Files by the first keys of their paths, and the files with a value other than a table at a path."""
        holding: dict[Path, list[int]] = {}
        replacing: dict[Path, list[int]] = {}
        for number, file in enumerate(self.files):
            pending: list[tuple[Path, Mapping[str, object]]] = [((), file.document.data)]
            while pending:
                above, table = pending.pop()
                for key, value in table.items():
                    path = (*above, key)
                    holding.setdefault(path, []).append(number)
                    if not isinstance(value, dict):
                        replacing.setdefault(path, []).append(number)
                    elif len(path) < _INDEXED:
                        pending.append((path, value))
        return holding, replacing

    def _is_element(self, path: Path) -> bool:
        return self.concatenated and bool(path) and isinstance(path[-1], int)

    def _element(self, path: Path) -> tuple[int, Path]:
        """The file of an element of a concatenated list, and the element's path in that file."""
        index = path[-1]
        assert isinstance(index, int)
        for number, file in enumerate(self.files):
            node: object = file.document.data
            for key in path[:-1]:
                node = node.get(str(key)) if isinstance(node, dict) else None
            if isinstance(node, list):
                if index < len(node):
                    return number, (*path[:-1], index)
                index -= len(node)
        return len(self.files) - 1, path[:-1]


def _paths(data: object) -> Iterator[Path]:
    pending: list[tuple[Path, object]] = [((), data)]
    while pending:
        path, node = pending.pop()
        yield path
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        pending += [((*path, key), value) for key, value in items]


def dotted(path: Path) -> str:
    """A key path in TOML notation: `profiles."my profile".routes`, elements as `[2]`."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
            continue
        bare = key.replace("-", "").replace("_", "").isalnum() and key.isascii()
        name = key if bare else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
        text += f".{name}" if text else name
    return text
