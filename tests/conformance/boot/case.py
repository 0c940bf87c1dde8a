"""One tree of the boot suite: files, links and folders of a project and a home, a folder to start in, variables."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class Link:
    """A symbolic link; `target` is relative to its folder."""

    target: str


@dataclass(frozen=True)
class Folder:
    """An empty folder."""


@dataclass(frozen=True)
class Pipe:
    """A named pipe."""


Entry = bytes | str | Link | Folder | Pipe
PROJECT = "@PROJECT@"
"""Stands for the project's folder in the value of a variable."""
HOME = "@HOME@"
"""Stands for the home folder in the value of a variable."""


@dataclass(frozen=True)
class BootCase:
    """A kind of tree for one release. `cwd` is relative to the project; `home` holds what is below the home folder."""

    kind: str
    release: str
    files: Mapping[str, Entry]
    home: Mapping[str, Entry]
    env: Mapping[str, str]
    cwd: str

    @property
    def digest(self) -> str:
        """A digest of everything a release sees of it."""
        seen = (sorted(self.files.items()), sorted(self.home.items()), sorted(self.env.items()), self.cwd)
        return hashlib.sha256(repr(seen).encode("utf-8", "surrogatepass")).hexdigest()[:20]

    @property
    def title(self) -> str:
        """The kind with the folder it starts in."""
        return self.kind if self.cwd == "." else f"{self.kind} from {self.cwd}"


@dataclass(frozen=True)
class Placed:
    """A case on the disk."""

    project: Path
    home: Path
    cwd: Path
    env: Mapping[str, str]


def place(case: BootCase, folder: Path) -> Placed:
    """Write a case below a folder. An untouched home is an empty folder."""
    project, home = folder / "project", folder / "home"
    write(case.files, project)
    write(case.home, home)
    cwd = Path(os.path.normpath(project / case.cwd))
    cwd.mkdir(parents=True, exist_ok=True)
    env = {name: value.replace(PROJECT, str(project)).replace(HOME, str(home)) for name, value in case.env.items()}
    return Placed(project, home, cwd, env)


def write(entries: Mapping[str, Entry], root: Path) -> None:
    """Write entries below a folder; a name may lead no further up than to the folder's sibling."""
    root.mkdir(parents=True, exist_ok=True)
    for name, entry in entries.items():
        if PurePosixPath(name).is_absolute():
            raise ValueError(f"{name!r} would leave the case's folder")
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        match entry:
            case Link():
                path.symlink_to(entry.target)
            case Folder():
                path.mkdir(exist_ok=True)
            case Pipe():
                os.mkfifo(path)
            case str():
                path.write_bytes(entry.encode("utf-8", "surrogatepass"))
            case bytes():
                path.write_bytes(entry)
