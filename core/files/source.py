"""One file of a tree, read once and frozen; and several files layered into one document."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from weakref import WeakValueDictionary

from core.entities import Layer, Location, Path
from core.files.view import DISK, View
from core.records import dataclass
from core.toml.locate import Positions
from core.toml.read import TomlDocument, read_toml

Table = dict[str, object]

_EMPTY = TomlDocument(text=None, data={}, fault=None, toml_1_0=True)
_parsed: WeakValueDictionary[bytes, TomlDocument] = WeakValueDictionary()
"""What was parsed, as long as anybody holds it: a tree that is read again after an edit finds all but one file here."""
_recent: deque[TomlDocument] = deque(maxlen=128)
"""What was parsed last, for trees that nobody holds."""
_RECENT_MAX_BYTES = 32 * 1024
_FEW = 8
"""Up to so many files are looked through rather than looked up."""
_INDEXED = 3
"""Levels of key paths by which files are looked up: a section, its table, a name."""


@dataclass(frozen=True)
class Source:
    """A file as it was read: its text, its data, or why there are none. `shown` is its path for people."""

    path: str
    shown: str
    layer: Layer
    document: TomlDocument = field(repr=False)
    error: str | None = None

    @property
    def data(self) -> Table:
        return self.document.data

    @property
    def readable(self) -> bool:
        """Whether data could be taken from it, in whole."""
        return self.error is None and self.document.fault is None

    @property
    def positions(self) -> Positions:
        return self.document.positions

    def holds(self, path: Path) -> bool:
        """Whether a key path exists in this file's data."""
        return self._depth(path)[0] == len(path)

    def replaces(self, path: Path) -> bool:
        """Whether this file hides what files before it set at a key path without setting it itself.

        So does a file that has something other than a table above it, or a list in which it is no element.
        """
        depth, node = self._depth(path)
        return depth < len(path) and not (isinstance(node, dict) and isinstance(path[depth], str))

    def value(self, path: Path) -> object:
        """What stands at a key path in this file; None when nothing does."""
        depth, node = self._depth(path)
        return node if depth == len(path) else None

    def _depth(self, path: Path) -> tuple[int, object]:
        """How far a key path leads in this file's data, and what stands there."""
        node: object = self.data
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

    def locate(self, path: Path) -> Location:
        """Where a key path stands in this file; the nearest known place when it does not stand there itself."""
        position = self.positions.nearest(path)
        return Location(self.shown, position.line, position.column, dotted(path), self.layer, path)


@dataclass(frozen=True)
class LayeredDocument:
    """Files merged over each other, base first; each value still knows the file it came from."""

    sources: tuple[Source, ...]
    data: Mapping[str, object] = field(repr=False)
    concatenated: bool = False

    def locate(self, path: Path) -> Location:
        """Where the winning value of a key path stands."""
        found = self._located.get(path)
        if found is None:
            found = self._located[path] = self.winner(path).locate(self._own_path(path))
        return found

    @cached_property
    def _located(self) -> dict[Path, Location]:
        """What was asked for: after an edit elsewhere the same places are told again."""
        return {}

    def winner(self, path: Path) -> Source:
        """The file whose value of a key path is in force."""
        if self.concatenated and path and isinstance(path[-1], int):
            return self._element(path)[0]
        for source in reversed(self._concerned(path)):
            if source.holds(path):
                return source
            if source.replaces(path):
                break
        return self.winner(path[:-1]) if path else self.sources[-1]

    def stack(self, path: Path) -> tuple[Source, ...]:
        """Every file whose value of a key path counts if those after it are taken away, the winning one last.

        Files before one that puts something other than a table above the path are not among them.
        """
        found: list[Source] = []
        for source in self._concerned(path):
            if source.holds(path):
                found.append(source)
            elif source.replaces(path):
                found.clear()
        return tuple(found)

    def _concerned(self, path: Path) -> Sequence[Source]:
        """Files that may hold a key path or replace it, in their order; those left out do neither."""
        if len(self.sources) <= _FEW or not path:
            return self.sources
        holding, replacing = self._index
        numbers = {*holding.get(path[:_INDEXED], ())}
        for depth in range(1, min(len(path), _INDEXED)):
            numbers.update(replacing.get(path[:depth], ()))
        return [self.sources[number] for number in sorted(numbers)]

    @cached_property
    def _index(self) -> tuple[Mapping[Path, list[int]], Mapping[Path, list[int]]]:
        """The files by the first keys of what they hold, and those with something other than a table there."""
        holding: dict[Path, list[int]] = {}
        replacing: dict[Path, list[int]] = {}
        for number, source in enumerate(self.sources):
            pending: list[tuple[Path, Mapping[str, object]]] = [((), source.data)]
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

    def _own_path(self, path: Path) -> Path:
        if self.concatenated and path and isinstance(path[-1], int):
            return self._element(path)[1]
        return path

    def _element(self, path: Path) -> tuple[Source, Path]:
        index = path[-1]
        assert isinstance(index, int)
        for source in self.sources:
            node: object = source.data
            for key in path[:-1]:
                node = node.get(str(key)) if isinstance(node, dict) else None
            if isinstance(node, list):
                if index < len(node):
                    return source, (*path[:-1], index)
                index -= len(node)
        return self.sources[-1], path[:-1]


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


def same_source(one: Source, other: Source) -> bool:
    """Whether two readings of a file are the same: the name, and the very document that was parsed."""
    return (
        one.document is other.document
        and one.path == other.path
        and one.shown == other.shown
        and one.layer is other.layer
        and one.error == other.error
    )


def kept_source(source: Source, earlier: Source | None) -> Source:
    """The earlier reading where it is the same, so that what was made of it can be told by identity."""
    return earlier if earlier is not None and same_source(source, earlier) else source


def kept_document(document: LayeredDocument, earlier: LayeredDocument) -> LayeredDocument:
    """Likewise of files that are merged: the earlier document when all of them are the same."""
    pairs = zip(document.sources, earlier.sources, strict=False)
    same = len(document.sources) == len(earlier.sources) and document.concatenated is earlier.concatenated
    return earlier if same and all(same_source(one, other) for one, other in pairs) else document


def read_source(path: str, shown: str, layer: Layer, view: View = DISK) -> Source:
    """Read one file. Never raises: a file that cannot be read is a source with an `error`."""
    content = view.content(path)
    if isinstance(content, str):
        return Source(path, shown, layer, _EMPTY, content)
    return Source(path, shown, layer, _parse(content))


def _parse(raw: bytes) -> TomlDocument:
    document = _parsed.get(raw)
    if document is None:
        document = _parsed[raw] = read_toml(raw)
        if len(raw) <= _RECENT_MAX_BYTES:
            _recent.append(document)
    return document


def known_document(content: bytes | str) -> TomlDocument | None:
    """A file's content as it was read before, where it is sound and somebody still holds it."""
    known = _parsed.get(content) if isinstance(content, bytes) else None
    return known if known is not None and known.fault is None else None


def layered(sources: tuple[Source, ...], *, concatenate: bool = False) -> LayeredDocument:
    """Merge files in order, later ones winning key by key.

    Tables merge recursively; anything else is replaced, keeping the key's place. Lists are concatenated by Pipelex up
    to 0.16 and replaced from 0.17 on.
    """
    readable = [source for source in sources if source.data]
    if len(readable) == 1:
        return LayeredDocument(sources, readable[0].data, concatenate)
    data: Table = {}
    own: set[int] = set()
    for source in readable:
        _merge(data, source.data, concatenate, own)
    return LayeredDocument(sources, data, concatenate)


def merged(values: Iterable[object], *, concatenate: bool = False) -> object:
    """What values make together that files set at one key path, in their order; None when there are none."""
    target: Table = {}
    for value in values:
        _merge(target, {"": value}, concatenate, set())
    return target.get("")


def _merge(target: Table, updates: Mapping[str, object], concatenate: bool, own: set[int]) -> None:
    """Merge into a table. `own` has the ids of the tables inside it that were made here and may be written to."""
    # Explicit stack: a document may nest deeper than Python recurses.
    pending = [(target, updates)]
    while pending:
        into, changes = pending.pop()
        for key, value in changes.items():
            current = into.get(key)
            if isinstance(value, dict) and isinstance(current, dict):
                if id(current) not in own:
                    current = into[key] = dict(current)
                    own.add(id(current))
                pending.append((current, value))
            elif concatenate and isinstance(value, list) and isinstance(current, list):
                into[key] = [*current, *value]
            else:
                into[key] = value
