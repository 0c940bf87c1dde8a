"""Views of the file system: the disk, a snapshot of it, or a view overlaid with edits."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypeVar

from core.toml.toml_reader import MAX_BYTES

Answer = TypeVar("Answer")

MISSING: Final = "does not exist"
IS_FOLDER: Final = "is a folder"
IS_FILE: Final = "is a file, not a folder"
FORBIDDEN: Final = "may not be read by you"
GIVE_PERMISSION: Final = "give yourself permission to read it"
"""The fix of a file or folder that is forbidden."""
NO_FOLDER: Final = "is below a file"
NOT_REGULAR: Final = "is not a regular file"


def is_unreadable(content: bytes | str) -> bool:
    """Whether a file may be there and could not be read, now or for good."""
    return isinstance(content, str) and content not in (MISSING, IS_FOLDER, NO_FOLDER, NOT_REGULAR)


class View(Protocol):
    """Files and folders by path. No method raises: an unreadable file yields the reason as text."""

    def content(self, path: str) -> bytes | str:
        """The bytes of a file, `MAX_BYTES` + 1 at most; or the reason it cannot be read."""

    def exists(self, path: str) -> bool:
        """Whether a path exists, links followed."""

    def lexists(self, path: str) -> bool:
        """Whether a path exists, dangling links included."""

    def toml_names(self, folder: str) -> tuple[str, ...]:
        """The sorted names in a folder that end in `.toml`; empty when it cannot be listed."""

    def names(self, folder: str) -> tuple[str, ...]:
        """The sorted names of all files and folders in a folder; empty when it cannot be listed."""

    def toml_below(self, folder: str) -> tuple[str, ...]:
        """All paths below a folder that end in `.toml`, hidden files included, sorted as Pipelex does.

        A folder with such a name counts as a file, which Pipelex then fails to read. Links to folders are not followed.
        """


class DiskView:
    """The current state of the disk."""

    def content(self, path: str) -> bytes | str:
        try:
            status = os.stat(path)
            if stat.S_ISDIR(status.st_mode):
                return IS_FOLDER if os.access(path, os.R_OK | os.X_OK) else FORBIDDEN
            if not stat.S_ISREG(status.st_mode):
                return NOT_REGULAR
            # A pipe that replaced the file since would block forever.
            with open(path, "rb", opener=_open_nonblocking) as stream:
                if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    return NOT_REGULAR
                return stream.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return MISSING
        except NotADirectoryError:
            return NO_FOLDER
        except PermissionError:
            return FORBIDDEN
        except OSError as error:
            detail = f": {os.strerror(error.errno).lower()}" if error.errno is not None else ""
            return f"cannot be read{detail}"
        except ValueError:  # a NUL in the path
            return "cannot be read"

    def exists(self, path: str) -> bool:
        return os.path.exists(path)

    def lexists(self, path: str) -> bool:
        return os.path.lexists(path)

    def toml_names(self, folder: str) -> tuple[str, ...]:
        try:
            return tuple(sorted(name for name in os.listdir(folder) if name.endswith(".toml")))
        except (OSError, ValueError):
            return ()

    def names(self, folder: str) -> tuple[str, ...]:
        try:
            return tuple(sorted(os.listdir(folder)))
        except (OSError, ValueError):
            return ()

    def toml_below(self, folder: str) -> tuple[str, ...]:
        paths: list[str] = []
        for base, folders, names in os.walk(folder):
            folders.sort()
            paths += [os.path.join(base, name) for name in (*folders, *names) if name.endswith(".toml")]
        return tuple(sorted(paths))


def _open_nonblocking(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


DISK: Final = DiskView()


def _cached(answers: dict[str, Answer], path: str, read: Callable[[str], Answer]) -> Answer:
    if path not in answers:
        answers[path] = read(path)
    return answers[path]


class Snapshot:
    """The disk as first read: each answer is cached, so edits are judged against one consistent state."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes | str] = {}
        self._exists: dict[str, bool] = {}
        self._lexists: dict[str, bool] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._all_names: dict[str, tuple[str, ...]] = {}
        self._below: dict[str, tuple[str, ...]] = {}

    def content(self, path: str) -> bytes | str:
        return _cached(self._contents, path, DISK.content)

    def exists(self, path: str) -> bool:
        return _cached(self._exists, path, DISK.exists)

    def lexists(self, path: str) -> bool:
        return _cached(self._lexists, path, DISK.lexists)

    def toml_names(self, folder: str) -> tuple[str, ...]:
        return _cached(self._names, folder, DISK.toml_names)

    def names(self, folder: str) -> tuple[str, ...]:
        return _cached(self._all_names, folder, DISK.names)

    def toml_below(self, folder: str) -> tuple[str, ...]:
        return _cached(self._below, folder, DISK.toml_below)

    @property
    def contents(self) -> Mapping[str, bytes | str]:
        """Every file read so far, with its bytes or the reason it has none."""
        return self._contents

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders listed so far, and the parent folders of every path looked up."""
        listed = (*self._names, *self._below)
        holding = (os.path.dirname(path) for cached in (self._contents, self._exists, self._lexists) for path in cached)
        below = (base for folder in self._below for base, _, _ in os.walk(folder))
        return tuple(dict.fromkeys((*listed, *holding, *below)))

    def with_written(self, contents: Mapping[str, bytes | None]) -> Snapshot:
        """A copy that includes the session's own writes, without reading the disk.

        Rereading the disk would also accept concurrent changes by others, and the next edit would lose them.
        """
        overlay = Overlay(self, contents)
        copy = Snapshot()
        paths = {*self._contents, *contents}
        copy._contents = {path: overlay.content(path) for path in paths}
        copy._exists = {path: overlay.exists(path) for path in {*self._exists, *contents}}
        copy._lexists = {path: overlay.lexists(path) for path in {*self._lexists, *contents}}
        copy._names = {folder: overlay.toml_names(folder) for folder in self._names}
        copy._all_names = {folder: overlay.names(folder) for folder in self._all_names}
        copy._below = {folder: overlay.toml_below(folder) for folder in self._below}
        return copy

    def appeared(self) -> tuple[str, ...]:
        """The files on the disk that did not exist when they were looked up, and listed ones that are gone."""
        new = [path for path, existed in self._lexists.items() if not existed and DISK.lexists(path)]
        for folder, paths in self._below.items():
            new += [path for path in DISK.toml_below(folder) if path not in paths]
        for folder, names in self._names.items():
            changed = {*DISK.toml_names(folder)}.symmetric_difference(names)
            new += [os.path.join(folder, name) for name in sorted(changed)]
        for folder, names in self._all_names.items():
            changed = {*DISK.names(folder)}.symmetric_difference(names)
            new += [os.path.join(folder, name) for name in sorted(changed) if _may_be_misplaced(name)]
        return tuple(dict.fromkeys(new))


def overlaid(view: View) -> Mapping[str, bytes | None]:
    """The contents that the overlays of a view replace, by path."""
    contents: dict[str, bytes | None] = {}
    while isinstance(view, Overlay):
        contents = {**view.contents, **contents}
        view = view.base
    return contents


def _may_be_misplaced(name: str) -> bool:
    """Whether a name may be that of a misplaced file or folder; others come and go, as traces of runs."""
    lower = name.lower()
    return "." not in name or (lower[0] != "." and (".toml" in lower or lower.endswith((".yaml", ".yml", ".tml"))))


class Overlay:
    """A view with the contents of some files replaced; None marks a deleted file."""

    def __init__(self, base: View, contents: Mapping[str, bytes | None]) -> None:
        self.base = base
        self.contents = contents

    def content(self, path: str) -> bytes | str:
        if path in self.contents:
            content = self.contents[path]
            return MISSING if content is None else content
        return self.base.content(path)

    def exists(self, path: str) -> bool:
        return self._exists(path, self.base.exists)

    def lexists(self, path: str) -> bool:
        return self._exists(path, self.base.lexists)

    def _exists(self, path: str, exists_in_base: Callable[[str], bool]) -> bool:
        if path in self.contents:
            return self.contents[path] is not None
        return any(self._added(path)) or exists_in_base(path)

    def _added(self, folder: str) -> list[str]:
        inside = folder.rstrip("/") + "/"
        return [path for path, content in self.contents.items() if content is not None and path.startswith(inside)]

    def toml_names(self, folder: str) -> tuple[str, ...]:
        added = {name for name in self._added_names(folder) if name.endswith(".toml")}
        return tuple(sorted(self._kept(folder, self.base.toml_names(folder)) | added))

    def names(self, folder: str) -> tuple[str, ...]:
        return tuple(sorted(self._kept(folder, self.base.names(folder)) | self._added_names(folder)))

    def _added_names(self, folder: str) -> set[str]:
        return {os.path.basename(path) for path in self._added(folder) if os.path.dirname(path) == folder}

    def _kept(self, folder: str, names: tuple[str, ...]) -> set[str]:
        return {name for name in names if self.contents.get(os.path.join(folder, name), b"") is not None}

    def toml_below(self, folder: str) -> tuple[str, ...]:
        paths = {path for path in self.base.toml_below(folder) if self.contents.get(path, b"") is not None}
        return tuple(sorted(paths | {path for path in self._added(folder) if path.endswith(".toml")}))
