"""What a tree is read from: the disk, the disk as it was at one moment, or that with edits laid over it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from core.toml.reader import MAX_BYTES

MISSING: Final = "does not exist"
IS_FOLDER: Final = "is a folder"
FORBIDDEN: Final = "may not be read by you"
NOT_REGULAR: Final = "is not a regular file"


class View(Protocol):
    """Files and folders by their paths. Nothing here raises: what cannot be read is said in words."""

    def content(self, path: str) -> bytes | str:
        """The bytes of a file (one more than `MAX_BYTES` of a larger one), or in words why there are none."""

    def exists(self, path: str) -> bool:
        """Whether there is anything of this name, links followed."""

    def lexists(self, path: str) -> bool:
        """Whether there is anything of this name, a dangling link included."""

    def toml_names(self, folder: str) -> tuple[str, ...]:
        """The sorted names in a folder that end in `.toml`; none when it cannot be listed."""

    def toml_below(self, folder: str) -> tuple[str, ...]:
        """Everything below a folder whose name ends in `.toml`, hidden files included, sorted by path as Pipelex does.

        A folder of such a name is taken for a file, which Pipelex then fails to read. Symbolic links to folders are
        not followed.
        """


class DiskView:
    """The disk as it is when it is asked."""

    def content(self, path: str) -> bytes | str:
        """See `View`."""
        try:
            status = os.stat(path)
            if stat.S_ISDIR(status.st_mode):
                return IS_FOLDER
            if not stat.S_ISREG(status.st_mode):
                return NOT_REGULAR
            # A pipe may have taken the file's place since: it would hold us for ever.
            with open(path, "rb", opener=_without_waiting) as stream:
                if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    return NOT_REGULAR
                return stream.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return MISSING
        except PermissionError:
            return FORBIDDEN
        except OSError as error:
            why = f": {os.strerror(error.errno).lower()}" if error.errno is not None else ""
            return f"cannot be read{why}"
        except ValueError:  # a NUL in the path
            return "cannot be read"

    def exists(self, path: str) -> bool:
        """See `View`."""
        return os.path.exists(path)

    def lexists(self, path: str) -> bool:
        """See `View`."""
        return os.path.lexists(path)

    def toml_names(self, folder: str) -> tuple[str, ...]:
        """See `View`."""
        try:
            return tuple(sorted(name for name in os.listdir(folder) if name.endswith(".toml")))
        except (OSError, ValueError):
            return ()

    def toml_below(self, folder: str) -> tuple[str, ...]:
        """See `View`."""
        found: list[str] = []
        for base, folders, names in os.walk(folder):
            folders.sort()
            found += [os.path.join(base, name) for name in (*folders, *names) if name.endswith(".toml")]
        return tuple(sorted(found))


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


DISK: Final = DiskView()


class Snapshot:
    """The disk as it was when each thing was first asked for. Edits are judged against this, not against what came."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes | str] = {}
        self._exists: dict[str, bool] = {}
        self._lexists: dict[str, bool] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._below: dict[str, tuple[str, ...]] = {}

    def content(self, path: str) -> bytes | str:
        """See `View`."""
        if path not in self._contents:
            self._contents[path] = DISK.content(path)
        return self._contents[path]

    def exists(self, path: str) -> bool:
        """See `View`."""
        if path not in self._exists:
            self._exists[path] = DISK.exists(path)
        return self._exists[path]

    def lexists(self, path: str) -> bool:
        """See `View`."""
        if path not in self._lexists:
            self._lexists[path] = DISK.lexists(path)
        return self._lexists[path]

    def toml_names(self, folder: str) -> tuple[str, ...]:
        """See `View`."""
        if folder not in self._names:
            self._names[folder] = DISK.toml_names(folder)
        return self._names[folder]

    def toml_below(self, folder: str) -> tuple[str, ...]:
        """See `View`."""
        if folder not in self._below:
            self._below[folder] = DISK.toml_below(folder)
        return self._below[folder]

    @property
    def contents(self) -> Mapping[str, bytes | str]:
        """Every file that was asked for, with its bytes or why it has none."""
        return self._contents

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that were listed, and those of every file that was asked for."""
        listed = (*self._names, *self._below)
        holding = (os.path.dirname(path) for asked in (self._contents, self._exists, self._lexists) for path in asked)
        below = (base for folder in self._below for base, _, _ in os.walk(folder))
        return tuple(dict.fromkeys((*listed, *holding, *below)))

    def with_written(self, contents: Mapping[str, bytes | None]) -> Snapshot:
        """The same moment but for what this session itself has written since; nothing is read from the disk.

        Reading again instead would take for known what somebody else wrote in between, and lose it with the next edit.
        """
        laid = Overlay(self, contents)
        fresh = Snapshot()
        paths = {*self._contents, *contents}
        fresh._contents = {path: laid.content(path) for path in paths}
        fresh._exists = {path: laid.exists(path) for path in {*self._exists, *contents}}
        fresh._lexists = {path: laid.lexists(path) for path in {*self._lexists, *contents}}
        fresh._names = {folder: laid.toml_names(folder) for folder in self._names}
        fresh._below = {folder: laid.toml_below(folder) for folder in self._below}
        return fresh

    def appeared(self) -> tuple[str, ...]:
        """The files that are on the disk now and were not when they were looked for."""
        found = [path for path, there in self._lexists.items() if not there and DISK.lexists(path)]
        for folder, paths in self._below.items():
            found += [path for path in DISK.toml_below(folder) if path not in paths]
        for folder, names in self._names.items():
            found += [os.path.join(folder, name) for name in DISK.toml_names(folder) if name not in names]
        return tuple(dict.fromkeys(found))


class Overlay:
    """Another view with the contents of some files replaced; None stands for a file that is deleted."""

    def __init__(self, base: View, contents: Mapping[str, bytes | None]) -> None:
        self.base = base
        self.contents = contents

    def content(self, path: str) -> bytes | str:
        """See `View`."""
        if path in self.contents:
            content = self.contents[path]
            return MISSING if content is None else content
        return self.base.content(path)

    def exists(self, path: str) -> bool:
        """See `View`."""
        return self._laid(path, self.base.exists)

    def lexists(self, path: str) -> bool:
        """See `View`."""
        return self._laid(path, self.base.lexists)

    def _laid(self, path: str, beneath: Callable[[str], bool]) -> bool:
        if path in self.contents:
            return self.contents[path] is not None
        return any(self._added(path)) or beneath(path)

    def _added(self, folder: str) -> list[str]:
        inside = folder.rstrip("/") + "/"
        return [path for path, content in self.contents.items() if content is not None and path.startswith(inside)]

    def toml_names(self, folder: str) -> tuple[str, ...]:
        """See `View`."""
        added = {os.path.basename(path) for path in self._added(folder) if os.path.dirname(path) == folder}
        kept = {
            name
            for name in self.base.toml_names(folder)
            if self.contents.get(os.path.join(folder, name), b"") is not None
        }
        return tuple(sorted(kept | {name for name in added if name.endswith(".toml")}))

    def toml_below(self, folder: str) -> tuple[str, ...]:
        """See `View`."""
        kept = {path for path in self.base.toml_below(folder) if self.contents.get(path, b"") is not None}
        return tuple(sorted(kept | {path for path in self._added(folder) if path.endswith(".toml")}))
