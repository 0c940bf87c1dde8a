"""A model of a power cut: what was not forced to the platter may be lost, and names may arrive in any order.

The disk really does each call and keeps book: what every file and folder would be for certain, and what is pending.
The record yields the trees that a machine may find after the power cut.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.files.store import Disk

Names = dict[str, int]


@dataclass
class Node:
    """A file, link or folder. `safe` is the durable content: None for a file that was never synced."""

    data: bytes = b""
    safe: bytes | None = None
    link: str | None = None
    names: Names | None = None
    safe_names: Names = field(default_factory=dict)
    pending: list[tuple[str, ...]] = field(default_factory=list)


class PowerDisk(Disk):
    """Keeps book below `base`. `moments` collects, after each call, the trees that a power cut may leave."""

    def __init__(self, base: Path) -> None:
        self.base = str(base)
        self.nodes: list[Node] = []
        self.where: dict[str, int] = {}
        self.fds: dict[int, int] = {}
        self.moments: list[Tree] = []
        self.seen: set[Tree] = set()
        self._learn(self.base)

    def _learn(self, path: str) -> int:
        file_stat = os.lstat(path)
        number = len(self.nodes)
        node = Node()
        self.nodes.append(node)
        self.where[path] = number
        if stat.S_ISLNK(file_stat.st_mode):
            node.link = str(Path(path).readlink())
        elif stat.S_ISDIR(file_stat.st_mode):
            node.names = {}
            inodes: dict[int, int] = {}
            for name in sorted(child.name for child in Path(path).iterdir()):
                full = f"{path}/{name}"
                inode = os.lstat(full).st_ino
                if inode in inodes:
                    self.where[full] = inodes[inode]
                else:
                    inodes[inode] = self._learn(full)
                node.names[name] = inodes[inode]
            node.safe_names = dict(node.names)
        else:
            node.data = node.safe = Path(path).read_bytes()
        return number

    def _folder(self, path: str) -> Node | None:
        number = self.where.get(str(Path(path).parent))
        return None if number is None else self.nodes[number]

    def _pend(self, path: str, *operation: str) -> None:
        folder = self._folder(path)
        if folder is not None and folder.names is not None:
            folder.pending.append(operation)
            folder.names = _done(folder.names, operation)
            self._moment()

    def open(self, path: str, flags: int, mode: int = 0o600) -> int:
        there = os.path.lexists(path)
        fd = super().open(path, flags, mode)
        if self._folder(path) is None and path not in self.where:
            return fd
        if not there:
            self.nodes.append(Node())
            self.where[path] = len(self.nodes) - 1
            self._pend(path, "add", Path(path).name, str(len(self.nodes) - 1))
        number = self.where[str(Path(path).resolve())]
        self.fds[fd] = number
        if flags & os.O_TRUNC:
            self.nodes[number].data = b""
        return fd

    def close(self, fd: int) -> None:
        self.fds.pop(fd, None)
        super().close(fd)

    def write(self, fd: int, data: memoryview) -> int:
        at = os.lseek(fd, 0, os.SEEK_CUR)
        done = super().write(fd, data)
        if fd in self.fds:
            node = self.nodes[self.fds[fd]]
            node.data = node.data[:at] + bytes(data[:done]) + node.data[at + done :]
            self._moment()
        return done

    def truncate(self, fd: int, size: int) -> None:
        super().truncate(fd, size)
        if fd in self.fds:
            self.nodes[self.fds[fd]].data = self.nodes[self.fds[fd]].data[:size]
            self._moment()

    def fsync(self, fd: int) -> None:
        if fd not in self.fds:
            return
        node = self.nodes[self.fds[fd]]
        node.safe = node.data
        if node.names is not None:
            node.safe_names, node.pending = dict(node.names), []
        self._moment()

    def rename(self, old: str, new: str) -> None:
        super().rename(old, new)
        if old in self.where:
            self.where[new] = self.where.pop(old)
            self._pend(new, "move", Path(old).name, Path(new).name, str(self.where[new]))

    def unlink(self, path: str) -> None:
        super().unlink(path)
        if path in self.where:
            del self.where[path]
            self._pend(path, "drop", Path(path).name)

    def mkdir(self, path: str, mode: int) -> None:
        super().mkdir(path, mode)
        if self._folder(path) is not None:
            self.nodes.append(Node(names={}))
            self.where[path] = len(self.nodes) - 1
            self._pend(path, "add", Path(path).name, str(len(self.nodes) - 1))

    def rmdir(self, path: str) -> None:
        super().rmdir(path)
        if path in self.where:
            del self.where[path]
            self._pend(path, "drop", Path(path).name)

    def _moment(self) -> None:
        for tree in self.after_a_cut():
            if tree not in self.seen:
                self.seen.add(tree)
                self.moments.append(tree)

    def after_a_cut(self) -> Iterator[Tree]:
        """Trees that may be found if the power went now: nothing pending arrived, all did, one did, all but one did."""
        folders = [(number, node) for number, node in enumerate(self.nodes) if node.names is not None]
        single = [(number, index) for number, node in folders for index in range(len(node.pending))]
        # Contents that were not forced: none arrived, all did, or only that of one file.
        unsafe = [number for number, node in enumerate(self.nodes) if node.names is None and node.safe != node.data]
        for late in (frozenset[int](), frozenset(unsafe), *(frozenset([number]) for number in unsafe[:4])):
            none: dict[int, list[tuple[str, ...]]] = {}
            every = {number: node.pending for number, node in folders}
            choices = [none, every, *({number: node.pending} for number, node in folders if node.pending)]
            for number, index in single:
                pending = self.nodes[number].pending
                choices.append({number: [pending[index]]})
                choices.append({**every, number: pending[:index] + pending[index + 1 :]})
            for arrived in choices:
                yield self._tree(0, arrived, late)

    def _tree(self, number: int, arrived: dict[int, list[tuple[str, ...]]], late: frozenset[int]) -> Tree:
        node = self.nodes[number]
        if node.link is not None:
            return Tree(number, link=node.link)
        if node.names is None:
            return Tree(number, data=node.data if number in late else node.safe or b"")
        names = node.safe_names
        for operation in arrived.get(number, ()):
            names = _done(names, operation)
        return Tree(number, inside=tuple((name, self._tree(names[name], arrived, late)) for name in sorted(names)))


@dataclass(frozen=True)
class Tree:
    """A folder, file or link as it may be found. Files of one number are one file."""

    number: int
    data: bytes | None = None
    link: str | None = None
    inside: tuple[tuple[str, Tree], ...] = ()

    def lay(self, base: Path) -> None:
        """Write this state to the real disk, replacing its content."""
        shutil.rmtree(base)
        self._lay(base, {})

    def _lay(self, path: Path, made: dict[int, Path]) -> None:
        if self.link is not None:
            path.symlink_to(self.link)
        elif self.data is None:
            path.mkdir()
            for name, node in self.inside:
                node._lay(path / name, made)
        elif self.number in made:
            os.link(made[self.number], path)
        else:
            path.write_bytes(self.data)
            made[self.number] = path


def _done(names: Names, operation: tuple[str, ...]) -> Names:
    """The names of a folder after one operation on it, even when one before it was lost."""
    kind, name, *arguments = operation
    names = dict(names)
    if kind == "add":
        names[name] = int(arguments[0])
    elif kind == "drop":
        names.pop(name, None)
    else:
        names.pop(name, None)
        names[arguments[0]] = int(arguments[1])
    return names
