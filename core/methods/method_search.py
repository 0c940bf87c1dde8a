"""The search for method files: those of a project, of configured library folders, and of installed packages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from core.files.discover import TreePaths, home_directory

ENDINGS: Final = (".plx", ".mthds", ".toml")
MAX_ENTRIES: Final = 50_000
"""Limit of files and folders visited: enough for any project, and a bound when a whole home directory is below."""
MAX_FILES: Final = 2_000
MAX_BYTES: Final = 1024 * 1024
"""Larger files are skipped: the largest known methods have some hundred kilobytes."""
MAX_DEPTH: Final = 16

EXCLUDED: Final = frozenset(["node_modules", "venv", "env", "virtualenv", "site-packages", "__pycache__", "results"])
"""Folders not searched, besides hidden ones: the defaults of Pipelex's `[interpreter.scan] excluded_dirs`."""
_METHODS_FOLDER: Final = ".mthds"
"""The hidden folder of installed methods, which is searched."""
_LIBRARIES_VARIABLE: Final = "PIPELEXPATH"


class Origin(StrEnum):
    """The origin of a method file: only those of the project are counted and edited."""

    PROJECT = "project"
    LIBRARY = "library"
    """A folder that `PIPELEXPATH` names, outside the project."""
    INSTALLED = "installed"
    """A package in `~/.mthds`."""


class MethodFolder(NamedTuple):
    """A folder to search."""

    path: str
    origin: Origin


class FoundFile(NamedTuple):
    """A file that may be a method. `identity` changes when the file does: inode, size, and time of change in ns."""

    path: str
    shown: str
    origin: Origin
    identity: tuple[int, int, int]


def method_folders(paths: TreePaths, environ: Mapping[str, str]) -> tuple[MethodFolder, ...]:
    """The folders with method files of a project, each once."""
    home = home_directory(environ)
    libraries = [
        os.path.join(paths.start, part) for part in environ.get(_LIBRARIES_VARIABLE, "").split(os.pathsep) if part
    ]
    folders = [MethodFolder(paths.project, Origin.PROJECT)]
    folders += [MethodFolder(os.path.normpath(path), Origin.LIBRARY) for path in libraries]
    folders.append(MethodFolder(os.path.join(home, _METHODS_FOLDER), Origin.INSTALLED))
    outermost: list[MethodFolder] = []
    for folder in folders:
        if not any(_is_below(folder.path, other.path) for other in outermost):
            outermost.append(folder)
    return tuple(outermost)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


class FolderEntry(Protocol):
    """A file or folder as `os.scandir` yields it."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    def is_dir(self, *, follow_symlinks: bool = True) -> bool: ...
    def is_file(self, *, follow_symlinks: bool = True) -> bool: ...
    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result: ...


class FolderListing(Protocol):
    """Folders to search: those of the disk, or of a commit."""

    def scan(self, folder: str) -> Iterable[FolderEntry]:
        """The entries of a folder. Raises OSError or ValueError when it cannot be listed."""

    def lexists(self, path: str) -> bool:
        """Whether a path exists, dangling links included."""


class _DiskListing:
    def scan(self, folder: str) -> Iterable[FolderEntry]:
        with os.scandir(folder) as entries:
            return list(entries)

    def lexists(self, path: str) -> bool:
        return os.path.lexists(path)


DISK_LISTING: Final = _DiskListing()


class MethodSearch:
    """A bounded walk through folders. `cut_short` is the reason why it ended early, if it did."""

    def __init__(
        self,
        folders: Sequence[MethodFolder],
        tree_folder: str = "",
        excluded: frozenset[str] = EXCLUDED,
        listing: FolderListing = DISK_LISTING,
    ) -> None:
        self.folders = folders
        self.listing = listing
        self.tree_folder = tree_folder
        self.excluded = excluded
        self.cut_short = ""
        self._seen = 0
        self._found = 0

    def files(self) -> Iterator[FoundFile]:
        """Candidate files, folder by folder in name order."""
        for root in self.folders:
            yield from self._files(root)

    def _files(self, root: MethodFolder) -> Iterator[FoundFile]:
        pending = [(root.path, 0)]
        cut = len(root.path.rstrip("/")) + 1 if root.origin is Origin.PROJECT else 0
        while pending and not self.cut_short:
            folder, depth = pending.pop()
            try:
                names = sorted(self.listing.scan(folder), key=lambda entry: entry.name)
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
                if _is_folder(entry):
                    if depth < MAX_DEPTH and self._is_searched(entry.path, entry.name):
                        subfolders.append((entry.path, depth + 1))
                elif entry.name.endswith(ENDINGS) and (identity := _identity(entry)) is not None:
                    self._found += 1
                    if self._found > MAX_FILES:
                        self.cut_short = f"the search ended after {MAX_FILES} files"
                        break
                    yield FoundFile(entry.path, entry.path[cut:], root.origin, identity)
            pending += reversed(subfolders)

    def _is_searched(self, path: str, name: str) -> bool:
        if name in self.excluded or path == self.tree_folder or (name.startswith(".") and name != _METHODS_FOLDER):
            return False
        return not self.listing.lexists(os.path.join(path, ".pipelex", "inference"))


def _is_folder(entry: FolderEntry) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _identity(entry: FolderEntry) -> tuple[int, int, int] | None:
    """The identity of a regular file that is not too large; None for others."""
    try:
        status = entry.stat()
        fits = entry.is_file() and status.st_size <= MAX_BYTES
    except OSError:
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns) if fits else None
