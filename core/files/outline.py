"""Outlines: where every key path of one file stands, or of several that are merged, whatever the values are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from core.entities import Layer, Location, Path
from core.records import dataclass
from core.toml.reader import TomlDocument

_FEW = 8
"""Up to so many files are looked through rather than looked up."""
_INDEXED = 3
"""Levels of key paths by which files are looked up: a section, its table, a name."""


class FileOutline(NamedTuple):
    """One file as an outline sees it. `shown` is its path for people."""

    shown: str
    layer: Layer
    document: TomlDocument

    def holds(self, path: Path) -> bool:
        """Whether a key path exists in this file's data."""
        return reach(self.document.data, path)[0] == len(path)

    def replaces(self, path: Path) -> bool:
        """Whether this file hides what files before it set at a key path without setting it itself.

        So does a file that has something other than a table above it, or a list in which it is no element.
        """
        depth, node = reach(self.document.data, path)
        return depth < len(path) and not (isinstance(node, dict) and isinstance(path[depth], str))

    def locate(self, path: Path) -> Location:
        """Where a key path stands in this file; the nearest known place when it does not stand there itself."""
        position = self.document.positions.nearest(path)
        return Location(self.shown, position.line, position.column, dotted(path), self.layer, path)


def reach(data: object, path: Path) -> tuple[int, object]:
    """How far a key path leads in a file's data, and what stands there."""
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
    """Files merged over each other, base first, as far as places go.

    It is the same object for a later reading of the files in which nothing but values differs: what is made of a place
    can then be told by identity. So no value is ever to be taken from it.
    """

    files: tuple[FileOutline, ...]
    concatenated: bool = False

    def __eq__(self, other: object) -> bool:
        """Whether every key path stands at the same place. Looks at all of them."""
        if not isinstance(other, Outline):
            return NotImplemented
        return self is other or (self.concatenated is other.concatenated and self._places == other._places)

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def _places(self) -> str:
        # As a text, which is compared at once.
        return repr(
            [
                (shown, layer.value, [(path, document.positions.get(path)) for path in _paths(document.data)])
                for shown, layer, document in self.files
            ]
        )

    def locate(self, path: Path) -> Location:
        """Where the winning value of a key path stands."""
        found = self._located.get(path)
        if found is None:
            own = self._element(path)[1] if self._is_element(path) else path
            found = self._located[path] = self.files[self.winner(path)].locate(own)
        return found

    @cached_property
    def _located(self) -> dict[Path, Location]:
        """What was asked for: after an edit elsewhere the same places are told again."""
        return {}

    def winner(self, path: Path) -> int:
        """The number of the file whose value of a key path is in force."""
        if self._is_element(path):
            return self._element(path)[0]
        for number in reversed(self._concerned(path)):
            if self.files[number].holds(path):
                return number
            if self.files[number].replaces(path):
                break
        return self.winner(path[:-1]) if path else len(self.files) - 1

    def stack(self, path: Path) -> list[int]:
        """The numbers of the files whose value of a key path counts if those after it are taken away."""
        found: list[int] = []
        for number in self._concerned(path):
            if self.files[number].holds(path):
                found.append(number)
            elif self.files[number].replaces(path):
                found.clear()
        return found

    def _concerned(self, path: Path) -> Sequence[int]:
        """Files that may hold a key path or replace it, in their order; those left out do neither."""
        if len(self.files) <= _FEW or not path or isinstance(path[0], int):
            return range(len(self.files))
        holding, replacing = self._index
        numbers = {*holding.get(path[:_INDEXED], ())}
        for depth in range(1, min(len(path), _INDEXED)):
            # A table stands in the way of an element, as anything else does in that of a key.
            found = replacing if isinstance(path[depth], str) else holding
            numbers.update(found.get(path[:depth], ()))
        return sorted(numbers)

    @cached_property
    def _index(self) -> tuple[Mapping[Path, list[int]], Mapping[Path, list[int]]]:
        """The files by the first keys of what they hold, and those with something other than a table there."""
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
        """The file that an element of a concatenated list comes from, and its key path there."""
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
    """A key path as TOML writes it: `profiles."my profile".routes`, elements as `[2]`."""
    out = ""
    for key in path:
        if isinstance(key, int):
            out += f"[{key}]"
            continue
        bare = key.replace("-", "").replace("_", "").isalnum() and key.isascii()
        text = key if bare else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
        out += f".{text}" if out else text
    return out
