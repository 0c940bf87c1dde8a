"""Method files of a project: the pipes that name a model, and those that use a default."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Final

from core.entities import Layer, Location, Path
from core.files.source import Source, read_source
from core.files.view import DISK
from core.records import dataclass

ENDINGS: Final = (".plx", ".mthds", ".toml")
MAX_ENTRIES: Final = 50_000
"""Limit of files and folders visited: enough for any project, and a bound when a whole home directory is below."""
MAX_FILES: Final = 2_000
MAX_BYTES: Final = 1024 * 1024
"""Larger files are skipped: the largest known methods have some hundred kilobytes."""
MAX_DEPTH: Final = 16

SKIPPED: Final = frozenset(["node_modules", "venv", "env", "virtualenv", "site-packages", "__pycache__", "results"])
"""Folders not searched, besides hidden ones: the defaults of Pipelex's `[interpreter.scan] excluded_dirs`."""
_METHODS_FOLDER: Final = ".mthds"
"""The hidden folder of installed methods, which is searched."""

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

_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "llm": ("model", "model_to_structure", "llm", "llm_to_structure"),
    "text_extractor": ("model", "ocr", "ocr_model"),
    "img_gen": ("model", "img_gen", "imgg_handle"),
}
"""The keys under which a pipe names its model: `model` from 0.12 on, the others before."""


@dataclass(frozen=True, slots=True)
class MethodMention:
    """A key of a pipe that names a model: `value` is a reference, or inline settings that name a model.

    `handle` marks values that can only be a handle, as for the image and text readers of 0.10.
    """

    pipe: str
    pipe_type: str
    model_type: str
    key: str
    value: object
    source: Source
    path: Path
    handle: bool = False

    @property
    def location(self) -> Location:
        return self.source.locate(self.path)


@dataclass(frozen=True, slots=True)
class UnnamedPipe:
    """A pipe that uses a model without naming one, so it gets the default. `output` is its output concept."""

    pipe: str
    pipe_type: str
    model_type: str
    output: str
    source: Source
    path: Path

    @property
    def location(self) -> Location:
        return self.source.locate(self.path)


@dataclass(frozen=True, slots=True)
class Methods:
    """The models named by the method files of a project.

    `files` counts the files read, `unread` has the unreadable ones with the reason, and `cut_short` is the reason why
    the search ended early, if it did.
    """

    mentions: tuple[MethodMention, ...] = ()
    unnamed: tuple[UnnamedPipe, ...] = ()
    files: int = 0
    unread: tuple[tuple[str, str], ...] = ()
    cut_short: str = ""


def read_methods(project: str, tree_folder: str = "") -> Methods:
    """Read every method file below a project folder, up to the limits above. Never raises.

    Skips hidden folders, Python environments, `node_modules`, links to folders, folders with a tree of their own, and
    the tree itself.
    """
    search = _Search(project, tree_folder)
    mentions: list[MethodMention] = []
    unnamed: list[UnnamedPipe] = []
    unread: list[tuple[str, str]] = []
    files = 0
    for path in search.files():
        source = _method(path, project)
        if source is None:
            continue
        fault = source.document.parse_error
        if fault is not None or source.error is not None:
            reason = source.error or (f"line {fault.line}: {fault.message}" if fault is not None else "")
            unread.append((source.shown, reason))
            continue
        files += 1
        for item in _pipes(source):
            if isinstance(item, MethodMention):
                mentions.append(item)
            else:
                unnamed.append(item)
    return Methods(tuple(mentions), tuple(unnamed), files, tuple(unread), search.cut_short)


class _Search:
    """A bounded walk through a project."""

    def __init__(self, project: str, tree_folder: str) -> None:
        self.project = project
        self.tree_folder = tree_folder
        self.cut_short = ""
        self._seen = 0
        self._found = 0

    def files(self) -> Iterator[str]:
        """Candidate files, folder by folder in name order."""
        pending = [(self.project, 0)]
        while pending and not self.cut_short:
            folder, depth = pending.pop()
            try:
                with os.scandir(folder) as entries:
                    names = sorted(entries, key=lambda entry: entry.name)
            except (OSError, ValueError):
                continue
            if depth and any(entry.name == "pyvenv.cfg" for entry in names):
                continue
            subfolders = []
            for entry in names:
                self._seen += 1
                if self._seen > MAX_ENTRIES:
                    self.cut_short = f"the search ended after {MAX_ENTRIES} files and folders"
                    break
                if self._is_folder(entry):
                    if depth < MAX_DEPTH and self._is_searched(entry.path, entry.name):
                        subfolders.append((entry.path, depth + 1))
                elif entry.name.endswith(ENDINGS) and _small(entry):
                    self._found += 1
                    if self._found > MAX_FILES:
                        self.cut_short = f"the search ended after {MAX_FILES} files"
                        break
                    yield entry.path
            pending += reversed(subfolders)

    def _is_folder(self, entry: os.DirEntry[str]) -> bool:
        try:
            return entry.is_dir(follow_symlinks=False)
        except OSError:
            return False

    def _is_searched(self, path: str, name: str) -> bool:
        if name in SKIPPED or path == self.tree_folder or (name.startswith(".") and name != _METHODS_FOLDER):
            return False
        return not os.path.lexists(os.path.join(path, ".pipelex", "inference"))


def _small(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file() and entry.stat().st_size <= MAX_BYTES
    except OSError:
        return False


def _method(path: str, project: str) -> Source | None:
    """A file as a source; None for a TOML file that is no method."""
    shown = path[len(project.rstrip("/")) + 1 :]
    if not path.endswith(".toml"):
        return read_source(path, shown, Layer.PROJECT)
    # Projects have many other TOML files: parsing them all would take longer than reading the tree.
    raw = DISK.content(path)
    if isinstance(raw, str) or b"Pipe" not in raw or b"pipe" not in raw:
        return None
    source = read_source(path, shown, Layer.PROJECT)
    is_method = isinstance(source.data.get("domain"), str) and isinstance(source.data.get("pipe"), Mapping)
    return source if is_method else None


def _pipes(source: Source) -> Iterator[MethodMention | UnnamedPipe]:
    pipes = source.data.get("pipe")
    for code, table in pipes.items() if isinstance(pipes, Mapping) else ():
        if not isinstance(table, Mapping):
            continue
        kind = table.get("type")
        model_type = MODEL_TYPES.get(kind) if isinstance(kind, str) else None
        if not isinstance(kind, str) or model_type is None:
            continue
        at: Path = ("pipe", code)
        keys = [key for key in _KEYS.get(model_type, ("model",)) if isinstance(table.get(key), str | Mapping)]
        for key in keys:
            handle = key in ("imgg_handle", "ocr_model")
            yield MethodMention(code, kind, model_type, key, table[key], source, (*at, key), handle)
        if not any(not key.endswith("_to_structure") for key in keys):
            output = table.get("output")
            yield UnnamedPipe(code, kind, model_type, output if isinstance(output, str) else "", source, at)
