"""A view of a commit: its files read from the objects of git, without a checkout."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final, NamedTuple

from core.files.git_process import GitError, GitProcess, git_output, git_process
from core.files.view import DISK, IS_FOLDER, MISSING, NO_FOLDER
from core.toml.toml_reader import MAX_BYTES

OUTSIDE: Final = "is a link to outside of the repository"
_LOOP: Final = f"cannot be read: {os.strerror(errno.ELOOP).lower()}"
_MAX_LINKS: Final = 40
_MAX_TARGET: Final = 4096


class Entry(NamedTuple):
    """A file, link, folder or submodule of a commit. `children`: of a folder, by name."""

    mode: int
    object_id: str
    children: dict[str, Entry]

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder in a checkout; a submodule is an empty one."""
        return not stat.S_ISREG(self.mode) and not stat.S_ISLNK(self.mode)


class GitView:
    """The files of one commit below the work tree `root`; all other paths are those of the disk.

    Links are followed inside the commit. What was read stays readable after git has ended.
    """

    def __init__(self, root: str, tree: Entry, objects: Objects) -> None:
        self.root = root
        self._tree = tree
        self._objects = objects

    def content(self, path: str) -> bytes | str:
        return self.read(path, MAX_BYTES + 1)

    def read(self, path: str, limit: int) -> bytes | str:
        """The first bytes of a file; or the reason it cannot be read."""
        parts = self._parts(path)
        if parts is None:
            return DISK.content(path)
        entry = self._follow(parts)
        if isinstance(entry, str):
            return entry
        return IS_FOLDER if entry.is_folder else self._objects.content(entry.object_id, limit)

    def exists(self, path: str) -> bool:
        parts = self._parts(path)
        return DISK.exists(path) if parts is None else not isinstance(self._follow(parts), str)

    def lexists(self, path: str) -> bool:
        parts = self._parts(path)
        return DISK.lexists(path) if parts is None else self._entry(parts) is not None

    def names(self, folder: str) -> tuple[str, ...]:
        parts = self._parts(folder)
        if parts is None:
            return DISK.names(folder)
        entry = self._follow(parts)
        return () if isinstance(entry, str) else tuple(sorted(entry.children))

    def toml_names(self, folder: str) -> tuple[str, ...]:
        return tuple(name for name in self.names(folder) if name.endswith(".toml"))

    def toml_below(self, folder: str) -> tuple[str, ...]:
        parts = self._parts(folder)
        if parts is None:
            return DISK.toml_below(folder)
        entry = self._follow(parts)
        pending = [] if isinstance(entry, str) else [(folder, entry)]
        paths = []
        while pending:
            base, entry = pending.pop()
            for name, child in entry.children.items():
                path = os.path.join(base, name)
                if name.endswith(".toml"):
                    paths.append(path)
                pending.append((path, child))
        return tuple(sorted(paths))

    def scan(self, folder: str) -> list[GitEntry]:
        """The entries of a folder, as `os.scandir` yields them."""
        return [GitEntry(name, os.path.join(folder, name), self) for name in self.names(folder)]

    def status(self, path: str, *, follow_symlinks: bool = True) -> os.stat_result:
        """The mode and size of a path in the commit. Raises OSError."""
        parts = self._parts(path) or ()
        entry = self._follow(parts) if follow_symlinks else self._entry(parts)
        if entry is None or isinstance(entry, str):
            raise FileNotFoundError(entry or MISSING)
        size = self._objects.size(entry.object_id) if stat.S_ISREG(entry.mode) else 0
        mode = stat.S_IFDIR if entry.is_folder else entry.mode
        return os.stat_result((mode, 0, 0, 0, 0, 0, size or 0, 0, 0, 0))

    def _parts(self, path: str) -> tuple[str, ...] | None:
        """The path below the root, where `..` follows links; None for one that is not in the commit."""
        prefix = self.root.rstrip("/") + "/"
        if path != self.root and not path.startswith(prefix):
            return None
        return tuple(part for part in path[len(prefix) :].split("/") if part not in ("", "."))

    def _follow(self, parts: tuple[str, ...]) -> Entry | str:
        """The entry at a path, links followed; or the reason why there is none."""
        links, done = 0, [self._tree]
        names: list[str] = []
        pending = list(reversed(parts))
        while pending:
            name = pending.pop()
            if name == "..":
                if not names:
                    return OUTSIDE
                names.pop()
                done.pop()
                continue
            if not done[-1].is_folder:
                return NO_FOLDER
            entry = done[-1].children.get(name)
            if entry is None:
                return MISSING
            if not stat.S_ISLNK(entry.mode):
                done.append(entry)
                names.append(name)
                continue
            links += 1
            target = self._target(entry)
            if links > _MAX_LINKS:
                return _LOOP
            if target is None:
                return MISSING
            if target.startswith("/"):
                absolute = self._parts(target)
                if absolute is None:
                    return OUTSIDE
                names, done = [], [self._tree]
                pending += reversed(absolute)
            else:
                pending += [part for part in reversed(target.split("/")) if part not in ("", ".")]
        return done[-1]

    def _target(self, link: Entry) -> str | None:
        target = self._objects.content(link.object_id, _MAX_TARGET)
        return os.fsdecode(target) if isinstance(target, bytes) and len(target) < _MAX_TARGET else None

    def _entry(self, parts: tuple[str, ...]) -> Entry | None:
        """The entry at a path, which may be a link."""
        folder = self._follow(parts[:-1])
        if isinstance(folder, str):
            return None
        return folder.children.get(parts[-1]) if parts else folder


class GitEntry(NamedTuple):
    """A file or folder of a commit, with the methods of `os.DirEntry`."""

    name: str
    path: str
    view: GitView

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return stat.S_ISDIR(self._mode(follow_symlinks))

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return stat.S_ISREG(self._mode(follow_symlinks))

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return self.view.status(self.path, follow_symlinks=follow_symlinks)

    def _mode(self, follow_symlinks: bool) -> int:
        try:
            return self.view.status(self.path, follow_symlinks=follow_symlinks).st_mode
        except OSError:
            return 0


class Objects:
    """The blobs of a repository, by their id. Each is read once; a large one only as far as it may count."""

    def __init__(self, sizes: GitProcess, contents: GitProcess) -> None:
        self._size_process = sizes
        self._content_process = contents
        self._sizes: dict[str, int | None] = {}
        self._contents: dict[str, bytes] = {}

    def size(self, object_id: str) -> int | None:
        """The size of a blob in bytes; None where the repository lacks it."""
        if object_id not in self._sizes:
            self._size_process.ask(object_id.encode("ascii"))
            kind, _, size = self._size_process.line().partition(b" ")[2].partition(b" ")
            self._sizes[object_id] = int(size) if kind == b"blob" and size.isdigit() else None
        return self._sizes[object_id]

    def content(self, object_id: str, limit: int) -> bytes | str:
        """The bytes of a blob, as many blanks for a larger one than the limit, which is refused for its size."""
        try:
            size = self.size(object_id)
            if size is None:
                return "cannot be read: the repository lacks it"
            if size >= limit:
                return b" " * limit
            if object_id not in self._contents:
                self._content_process.ask(object_id.encode("ascii"))
                self._content_process.line()
                self._contents[object_id] = self._content_process.exactly(size + 1)[:-1]
            return self._contents[object_id]
        except GitError as error:
            return f"cannot be read: {error}"


def commit_of(root: str, environ: Mapping[str, str], revision: str) -> str | None:
    """The id of a commit; None where the repository has no such revision. Raises GitError."""
    if "\0" in revision or "\n" in revision:
        return None
    found = git_output(root, environ, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return found.decode("ascii", "replace").strip() if found is not None else None


def merge_base(root: str, environ: Mapping[str, str], first: str, second: str) -> str | None:
    """The best common ancestor of two commits; None without one. Raises GitError."""
    found = git_output(root, environ, "merge-base", first, second)
    return found.decode("ascii", "replace").strip() or None if found is not None else None


BRANCHES: Final = ("@{upstream}", "origin/HEAD", "origin/main", "origin/master", "main", "master")
"""The branches that a branch may start from, the likeliest first."""


def branch_point(root: str, environ: Mapping[str, str]) -> str | None:
    """The commit at which the checked-out branch left its upstream, else the main branch. Raises GitError."""
    for name in BRANCHES:
        commit = commit_of(root, environ, name)
        if commit is not None:
            return merge_base(root, environ, "HEAD", commit)
    return None


@contextmanager
def git_view(root: str, environ: Mapping[str, str], commit: str) -> Iterator[GitView]:
    """The view of a commit. Raises GitError."""
    listing = git_output(root, environ, "ls-tree", "-r", "-z", "--full-tree", commit)
    if listing is None:
        raise GitError(f"git cannot list the files of {commit[:10]}")
    with ExitStack() as stack:
        batch = [stack.enter_context(git_process(root, environ, "cat-file", mode)) for mode in _MODES]
        yield GitView(root, _tree(listing), Objects(*batch))


_MODES: Final = ("--batch-check", "--batch")


_ODD: Final = frozenset(["", ".", "..", ".git"])


def _tree(listing: bytes) -> Entry:
    root = Entry(stat.S_IFDIR, "", {})
    for row in listing.split(b"\0"):
        head, _, path = row.partition(b"\t")
        *folders, name = os.fsdecode(path).split("/")
        # Git itself makes no such names; a checkout refuses them.
        if path and _ODD.isdisjoint((*folders, name)):
            mode, _, object_id = head.decode("ascii", "replace").split(" ")
            folder = root
            for part in folders:
                folder = folder.children.setdefault(part, Entry(stat.S_IFDIR, "", {}))
            folder.children[name] = Entry(int(mode, 8), object_id, {})
    return root
