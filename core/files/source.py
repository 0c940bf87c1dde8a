"""Files of a tree as read, and files layered into one document."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import cached_property
from weakref import WeakValueDictionary

from core.entities import Layer, Location, Path
from core.files.outline import FileOutline, Outline, follow_path
from core.files.view import DISK, View
from core.records import dataclass
from core.toml.positions import Positions
from core.toml.toml_0_5 import Refusal
from core.toml.toml_reader import TomlDocument, read_toml

Table = dict[str, object]

EMPTY_DOCUMENT = TomlDocument(text=None, data={}, parse_error=None, toml_1_0=True)
_parsed: WeakValueDictionary[bytes, TomlDocument] = WeakValueDictionary()
"""Documents in use, by content: rereading a tree after an edit parses only the changed file."""
_recent: deque[TomlDocument] = deque(maxlen=128)
"""The documents parsed last, for trees no longer in use."""
_RECENT_MAX_BYTES = 32 * 1024


@dataclass(frozen=True)
class Source:
    """A file as read: its document, or the error. `shown` is its display path."""

    path: str
    shown: str
    layer: Layer
    document: TomlDocument = field(repr=False)
    error: str | None = None
    same_outline: Outline | None = field(default=None, repr=False, compare=False)
    """The outline of a previous reading that differs in values only."""
    refusal: Refusal | None = None
    """Why the reader of an old release refuses a file that is valid TOML, or not even that."""

    @property
    def data(self) -> Table:
        return self.document.data

    @property
    def readable(self) -> bool:
        """Whether its data is complete."""
        return self.error is None and self.document.parse_error is None

    @property
    def positions(self) -> Positions:
        return self.outline.files[0].document.positions

    @cached_property
    def outline(self) -> Outline:
        """The positions of its keys."""
        return self.same_outline or Outline((self._file_outline,))

    @property
    def _file_outline(self) -> FileOutline:
        return FileOutline(self.shown, self.layer, self.document)

    def holds(self, path: Path) -> bool:
        """Whether a key path exists in this file's data."""
        return self._file_outline.holds(path)

    def value(self, path: Path) -> object:
        """The value at a key path in this file; None without one."""
        depth, node = follow_path(self.data, path)
        return node if depth == len(path) else None

    def locate(self, path: Path) -> Location:
        """The position of a key path in this file, or of the nearest part of it that exists."""
        return self.outline.files[0].locate(path)


@dataclass(frozen=True)
class LayeredDocument:
    """Files merged over each other, base first; each value is traceable to its file."""

    sources: tuple[Source, ...]
    data: Mapping[str, object] = field(repr=False)
    concatenated: bool = False
    same_outline: Outline | None = field(default=None, repr=False, compare=False)
    """The outline of a previous reading that differs in values only."""

    @cached_property
    def outline(self) -> Outline:
        """The positions of their keys, and for each key the file whose value is in force."""
        return self.same_outline or Outline(tuple(source._file_outline for source in self.sources), self.concatenated)

    def locate(self, path: Path) -> Location:
        """The location of the effective value of a key path."""
        return self.outline.locate(path)

    def winner(self, path: Path) -> Source:
        """The file that sets the effective value of a key path."""
        return self.sources[self.outline.winner(path)]

    def stack(self, path: Path) -> tuple[Source, ...]:
        """The files whose value of a key path would take effect without those after it; the effective one is last.

        Files before one that sets a value other than a table above the path are left out.
        """
        return tuple(self.sources[number] for number in self.outline.stack(path))


def read_source(path: str, shown: str, layer: Layer, view: View = DISK) -> Source:
    """Read one file. Never raises: an unreadable file is a source with an `error`."""
    content = view.content(path)
    if isinstance(content, str):
        return Source(path, shown, layer, EMPTY_DOCUMENT, content)
    return Source(path, shown, layer, _parse(content))


def _parse(raw: bytes) -> TomlDocument:
    document = _parsed.get(raw)
    if document is None:
        document = _parsed[raw] = read_toml(raw)
        if len(raw) <= _RECENT_MAX_BYTES:
            _recent.append(document)
    return document


def known_document(content: bytes | str) -> TomlDocument | None:
    """The cached document of a file's content, if it is valid and in use."""
    document = _parsed.get(content) if isinstance(content, bytes) else None
    return document if document is not None and document.parse_error is None else None


def layered(sources: tuple[Source, ...], *, concatenate: bool = False) -> LayeredDocument:
    """Merge files in order; the last one that sets a key wins.

    Tables merge recursively; any other value replaces the previous one at its position. Lists are concatenated by
    Pipelex up to 0.16 and replaced from 0.17 on.
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
    """The merge of the values that files set at one key path, in order; None without any."""
    target: Table = {}
    for value in values:
        _merge(target, {"": value}, concatenate, set())
    return target.get("")


def _merge(target: Table, updates: Mapping[str, object], concatenate: bool, own: set[int]) -> None:
    """Merge into a table. `own` has the ids of nested tables created here, which may be modified."""
    # An explicit stack: documents may nest deeper than Python recurses.
    pending = [(target, updates)]
    while pending:
        into, changes = pending.pop()
        if into.keys().isdisjoint(changes):
            into.update(changes)
            continue
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
