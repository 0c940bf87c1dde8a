"""Method files: the pipes of each, with the keys that name a model, and the concepts that it defines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Final

from core.entities import Layer, Location, Path, Place
from core.files.source import EMPTY_DOCUMENT, Source, read_source
from core.files.view import DISK, View, overlaid
from core.methods.concepts import Concepts
from core.methods.method_search import (
    DISK_LISTING,
    EXCLUDED,
    MAX_BYTES,
    FolderListing,
    FoundFile,
    MethodFolder,
    MethodSearch,
    Origin,
)
from core.methods.sub_pipes import Asked, PipeKey, SubPipe, asked_outputs, sub_pipes
from core.records import dataclass
from core.releases import Behaviours

MODEL_TYPES: Final[Mapping[str, str]] = {
    "PipeLLM": "llm",
    "PipeStructure": "llm",
    "PipeOcr": "text_extractor",
    "PipeExtract": "text_extractor",
    "PipeImgGen": "img_gen",
    "PipeSearch": "search",
    "PipeDocGen": "doc_gen",
    "PipeJudge": "judgment",
}
"""The model type of each pipe type; other pipe types use no model."""
STRUCTURE_SUFFIX: Final = "_to_structure"
"""The end of the keys that name the model for structured output beside another one."""

_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "llm": ("model", "model_to_structure", "llm", "llm_to_structure"),
    "text_extractor": ("model", "ocr", "ocr_model"),
    "img_gen": ("model", "img_gen", "imgg_handle"),
}
"""The keys under which a pipe names its model, over all releases; see `model_keys` in the table of releases."""
_HANDLE_KEYS: Final = ("imgg_handle", "ocr_model")


@dataclass(frozen=True, slots=True)
class ModelKey:
    """A key of a pipe that names a model: `value` is a reference, or a table of settings.

    `handle` marks values that can only be a handle, as for the image and text readers of 0.10.
    """

    key: str
    value: object
    path: Path
    handle: bool = False


@dataclass(frozen=True)
class Pipe:
    """A pipe that uses a model. `keys` name it; without any the pipe gets the default of its kind."""

    code: str
    type: str
    model_type: str
    domain: str
    keys: tuple[ModelKey, ...]
    table: Mapping[str, object] = field(repr=False)
    source: Source = field(repr=False)
    path: Path
    origin: Origin = Origin.PROJECT

    @property
    def place(self) -> Place:
        return Place(self.source, self.path)

    @property
    def location(self) -> Location:
        return self.source.locate(self.path)

    @property
    def output(self) -> str:
        """The output concept as written."""
        value = self.table.get("output")
        if isinstance(value, Mapping):
            value = value.get("concept") or value.get("type")
        return value if isinstance(value, str) else ""

    def text(self, key: str) -> str:
        """A text of the pipe; empty where there is none."""
        value = self.table.get(key)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class MethodFile:
    """A method file as read. `identity` tells whether the file on the disk is still the same; None: an edited text."""

    source: Source
    origin: Origin
    identity: tuple[int, int, int] | None
    domain: str = ""
    concepts: Mapping[str, object] = field(default_factory=dict, repr=False)
    pipes: tuple[Pipe, ...] = field(default=(), repr=False)
    is_method: bool = True
    """False for a TOML file that is no method: kept so that it is not reread."""

    @cached_property
    def sub_pipes(self) -> tuple[SubPipe, ...]:
        """The calls of its controllers."""
        pipes = self.source.data.get("pipe")
        tables = pipes.items() if isinstance(pipes, Mapping) else ()
        return tuple(call for code, table in tables for call in sub_pipes(self.domain, code, table))

    @property
    def fault(self) -> str:
        """Why the file cannot be read; empty if it can."""
        error = self.source.document.parse_error
        if self.source.error is not None or error is None:
            return self.source.error or ""
        return f"line {error.line}: {error.message}"


@dataclass(frozen=True)
class Methods:
    """The method files of a project. `cut_short` is the reason why the search ended early, if it did."""

    read: tuple[MethodFile, ...] = field(default=(), repr=False)
    cut_short: str = ""

    @cached_property
    def files(self) -> tuple[MethodFile, ...]:
        """The method files that can be read."""
        return tuple(file for file in self.read if file.is_method and not file.fault)

    @cached_property
    def broken(self) -> tuple[MethodFile, ...]:
        """The method files that cannot be read."""
        return tuple(file for file in self.read if file.is_method and file.fault)

    @property
    def unread(self) -> tuple[tuple[str, str], ...]:
        """The display paths of the broken files, each with the reason."""
        return tuple((file.source.shown, file.fault) for file in self.broken)

    @cached_property
    def pipes(self) -> tuple[Pipe, ...]:
        """Every pipe that uses a model, in the order of the files."""
        return tuple(pipe for file in self.files for pipe in file.pipes)

    @cached_property
    def concepts(self) -> Concepts:
        """The concepts of all files."""
        return Concepts({(file.domain, name): table for file in self.files for name, table in file.concepts.items()})

    def asked_outputs(self, behaviours: Behaviours) -> Mapping[PipeKey, frozenset[Asked]]:
        """The outputs that steps ask of each pipe, where one asks for another than the declared one."""
        return self._asked_with_lists_of_one if behaviours.list_of_one else self._asked

    @cached_property
    def _asked(self) -> Mapping[PipeKey, frozenset[Asked]]:
        return asked_outputs((call for file in self.files for call in file.sub_pipes), list_of_one=False)

    @cached_property
    def _asked_with_lists_of_one(self) -> Mapping[PipeKey, frozenset[Asked]]:
        return asked_outputs((call for file in self.files for call in file.sub_pipes), list_of_one=True)

    def changed_since(self, previous: Methods) -> tuple[str, ...]:
        """The display paths of method files that are new, gone or reread since."""
        if previous is self:
            return ()
        before, after = ({file.source.path: file for file in item.read if file.is_method} for item in (previous, self))
        changed = [path for path in {**before, **after} if before.get(path) is not after.get(path)]
        return tuple((after.get(path) or before[path]).source.shown for path in changed)

    def reread(self, view: View) -> Methods:
        """The same files in a view: those that it edits, or that were edited before, are reread."""
        edited = overlaid(view)
        if not any(file.identity is None or file.source.path in edited for file in self.read):
            return self
        return Methods(tuple(self._reread(edited, view)), self.cut_short)

    def _reread(self, edited: Mapping[str, bytes | None], view: View) -> Iterator[MethodFile]:
        for file in self.read:
            path = file.source.path
            if file.identity is not None and path not in edited:
                yield file
                continue
            fresh = _method(path, file.source.shown, file.origin, None, view)
            yield file if fresh.source == file.source else fresh


NO_METHODS: Final = Methods()


def read_methods(
    folders: Iterable[MethodFolder],
    tree_folder: str = "",
    *,
    excluded: frozenset[str] = EXCLUDED,
    previous: Methods = NO_METHODS,
    view: View = DISK,
    listing: FolderListing = DISK_LISTING,
) -> Methods:
    """Read every method file below some folders, up to the limits of the search. Never raises.

    Skips hidden folders, Python environments, `node_modules`, links to folders, folders with a tree of their own, and
    the tree itself. Files of `previous` that have not changed are not reread. `view` has the files of `listing`.
    """
    search = MethodSearch(tuple(folders), tree_folder, excluded, listing)
    known = {file.source.path: file for file in previous.read}
    files = []
    for found in search.files():
        before = known.get(found.path)
        same = before is not None and before.identity == found.identity
        files.append(before if before is not None and same else _found(found, view))
    if len(files) == len(previous.read) and all(new is old for new, old in zip(files, previous.read, strict=True)):
        return previous
    return Methods(tuple(files), search.cut_short)


def _found(found: FoundFile, view: View) -> MethodFile:
    if found.path.endswith(".toml"):
        # Projects have many other TOML files: parsing them all would take longer than reading the tree.
        raw = view.content(found.path)
        if isinstance(raw, str) or b"Pipe" not in raw or b"pipe" not in raw or len(raw) > MAX_BYTES:
            other = Source(found.path, found.shown, Layer.PROJECT, EMPTY_DOCUMENT)
            return MethodFile(other, found.origin, found.identity, is_method=False)
    return _method(found.path, found.shown, found.origin, found.identity, view)


def _method(path: str, shown: str, origin: Origin, identity: tuple[int, int, int] | None, view: View) -> MethodFile:
    source = read_source(path, shown, Layer.PROJECT if origin is Origin.PROJECT else Layer.HOME, view)
    data = source.data
    domain, pipes, concepts = data.get("domain"), data.get("pipe"), data.get("concept")
    is_method = not path.endswith(".toml") or (isinstance(domain, str) and isinstance(pipes, Mapping))
    if not is_method or not source.readable:
        return MethodFile(source, origin, identity, is_method=is_method)
    name = domain if isinstance(domain, str) else ""
    return MethodFile(
        source,
        origin,
        identity,
        name,
        concepts if isinstance(concepts, Mapping) else {},
        tuple(_pipes(source, name, origin)),
    )


def _pipes(source: Source, domain: str, origin: Origin) -> Iterator[Pipe]:
    pipes = source.data.get("pipe")
    for code, table in pipes.items() if isinstance(pipes, Mapping) else ():
        kind = table.get("type") if isinstance(table, Mapping) else None
        model_type = MODEL_TYPES.get(kind) if isinstance(kind, str) else None
        if not isinstance(table, Mapping) or not isinstance(kind, str) or model_type is None:
            continue
        at: Path = ("pipe", code)
        keys = tuple(
            ModelKey(key, table[key], (*at, key), key in _HANDLE_KEYS)
            for key in _KEYS.get(model_type, ("model",))
            if isinstance(table.get(key), str | Mapping)
        )
        yield Pipe(code, kind, model_type, domain, keys, table, source, at, origin)
