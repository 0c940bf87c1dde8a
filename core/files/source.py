"""One file of a tree, read once and frozen; and several files layered into one document."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import cached_property
from operator import is_
from weakref import WeakValueDictionary

from core.entities import Layer, Location, Path
from core.files.outline import FileOutline, Outline, reach
from core.files.view import DISK, View
from core.records import dataclass
from core.toml.positions import Positions
from core.toml.reader import TomlDocument, read_toml

Table = dict[str, object]

_EMPTY = TomlDocument(text=None, data={}, parse_error=None, toml_1_0=True)
_parsed: WeakValueDictionary[bytes, TomlDocument] = WeakValueDictionary()
"""What was parsed, as long as anybody holds it: a tree that is read again after an edit finds all but one file here."""
_recent: deque[TomlDocument] = deque(maxlen=128)
"""What was parsed last, for trees that nobody holds."""
_RECENT_MAX_BYTES = 32 * 1024


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
        return self.error is None and self.document.parse_error is None

    @property
    def positions(self) -> Positions:
        return self.document.positions

    @cached_property
    def outline(self) -> Outline:
        """Where its keys stand."""
        return Outline((self._file_outline,))

    @property
    def _file_outline(self) -> FileOutline:
        return FileOutline(self.shown, self.layer, self.document)

    def holds(self, path: Path) -> bool:
        """Whether a key path exists in this file's data."""
        return self._file_outline.holds(path)

    def replaces(self, path: Path) -> bool:
        """Whether this file hides what files before it set at a key path without setting it itself."""
        return self._file_outline.replaces(path)

    def value(self, path: Path) -> object:
        """What stands at a key path in this file; None when nothing does."""
        depth, node = reach(self.data, path)
        return node if depth == len(path) else None

    def locate(self, path: Path) -> Location:
        """Where a key path stands in this file; the nearest known place when it does not stand there itself."""
        return self._file_outline.locate(path)


@dataclass(frozen=True)
class LayeredDocument:
    """Files merged over each other, base first; each value still knows the file it came from."""

    sources: tuple[Source, ...]
    data: Mapping[str, object] = field(repr=False)
    concatenated: bool = False

    @cached_property
    def outline(self) -> Outline:
        """Where their keys stand, and which file's value of a key is in force."""
        return Outline(tuple(source._file_outline for source in self.sources), self.concatenated)

    def locate(self, path: Path) -> Location:
        """Where the winning value of a key path stands."""
        return self.outline.locate(path)

    def winner(self, path: Path) -> Source:
        """The file whose value of a key path is in force."""
        return self.sources[self.outline.winner(path)]

    def stack(self, path: Path) -> tuple[Source, ...]:
        """Every file whose value of a key path counts if those after it are taken away, the winning one last.

        Files before one that puts something other than a table above the path are not among them.
        """
        return tuple(self.sources[number] for number in self.outline.stack(path))


def kept_source(source: Source, earlier: Source | None) -> Source:
    """The earlier reading where it is the same, so that what was made of it can be told by identity.

    Where only values differ, it is the outline that is the earlier one.
    """
    if (
        earlier is None
        or (source.path, source.shown, source.error) != (earlier.path, earlier.shown, earlier.error)
        or source.layer is not earlier.layer
    ):
        return source
    if source.document is earlier.document:
        return earlier
    if values_changed(source, earlier) is not None:
        source.__dict__["outline"] = earlier.outline
        source.document.__dict__["positions"] = earlier.document.positions
    return source


def values_changed(source: Source, earlier: Source) -> frozenset[Path] | None:
    """The key paths whose values differ between two readings of a file; None where more than values does."""
    now, then = source.document, earlier.document
    if now is then:
        return frozenset()
    if now.parse_error is not None or then.parse_error is not None or now.text is None or then.text is None:
        return None
    from core.toml.text_diff import changed_values  # only after an edit

    return changed_values(then.text, now.text)


def document_changed(document: LayeredDocument, earlier: LayeredDocument) -> frozenset[Path] | None:
    """Likewise of files that are merged."""
    if document.outline is not earlier.outline:
        return None
    found: set[Path] = set()
    for source, before in zip(document.sources, earlier.sources, strict=True):
        found.update(values_changed(source, before) or ())
    return frozenset(found)


def kept_document(document: LayeredDocument, earlier: LayeredDocument) -> LayeredDocument:
    """Likewise of files that are merged: the earlier document, or its outline, when all of them are the same."""
    if len(document.sources) != len(earlier.sources) or document.concatenated is not earlier.concatenated:
        return document
    sources = tuple(map(kept_source, document.sources, earlier.sources))
    if all(map(is_, sources, earlier.sources)):
        return earlier
    kept = LayeredDocument(sources, document.data, document.concatenated)
    if all(one.outline is other.outline for one, other in zip(sources, earlier.sources, strict=True)):
        kept.__dict__["outline"] = earlier.outline
    return kept


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
    return known if known is not None and known.parse_error is None else None


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
