"""A file to be changed, examined under the lock: its real path, its content, and whether it may be written."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Mapping

from core.files.store.commit_results import Change, ChangedFile, WrittenFile, refuse
from core.files.store.disk import ABSENT, Disk, content_hash, hash_now, read_whole, shown_path
from core.files.store.journal import WriteMethod
from core.files.store.process import user_name
from core.formatting import counted
from core.records import dataclass
from core.safe_text import safe


@dataclass(frozen=True, slots=True)
class CommitTarget:
    """A change and the existing file. `before` and `file_stat` are None when there is no file yet."""

    change: Change
    shown: str
    real: str
    before: bytes | None
    file_stat: os.stat_result | None
    attributes: Mapping[str, bytes]
    missing: tuple[str, ...]
    note: str = ""
    old_link: str | None = None
    """The target of the link that is removed."""

    @property
    def old(self) -> str:
        return ABSENT if self.before is None else content_hash(self.before)

    @property
    def new(self) -> str:
        return ABSENT if self.change.content is None else content_hash(self.change.content)

    @property
    def how(self) -> WriteMethod:
        """The write method: a rename, unless that would separate hard links."""
        if self.change.content is None:
            return WriteMethod.DELETE
        if self.file_stat is None:
            return WriteMethod.CREATE if self.change.link is None else WriteMethod.LINK
        return WriteMethod.IN_PLACE if self.file_stat.st_nlink > 1 else WriteMethod.REPLACE

    @property
    def folder(self) -> str:
        """The existing folder that is changed."""
        return os.path.dirname(self.missing[0] if self.missing else self.real)

    def written(self, root: str) -> WrittenFile:
        """The entry of the change log."""
        path = os.path.abspath(os.path.join(root, self.change.path))
        before = self.file_stat
        if before is None:
            return WrittenFile(path, self.old, self.new, made=len(self.missing))
        mode = stat.S_IMODE(before.st_mode)
        return WrittenFile(path, self.old, self.new, mode, before.st_uid, before.st_gid, self.old_link)


def changed_folders(disk: Disk, root: str, changes: Iterable[Change]) -> set[str]:
    """The existing real folders that changes are made in, through links. Raises as `examine` does."""
    folders: set[str] = set()
    parents: dict[str, tuple[str, tuple[str, ...]]] = {}
    for change in changes:
        path = os.path.abspath(os.path.join(root, change.path))
        folder, name = os.path.split(path)
        if folder not in parents:
            parents[folder] = _real_parent(disk, folder)
        parent, missing = parents[folder]
        real = os.path.join(parent, name)
        if missing:
            parent = os.path.dirname(missing[0])
        elif change.content is not None:
            file_stat = _stat(disk, real)
            if file_stat is not None and stat.S_ISLNK(file_stat.st_mode):
                parent = os.path.dirname(_follow(disk, real, shown_path(root, path)))
        folders.add(parent)
    return folders


def examine(disk: Disk, root: str, change: Change) -> CommitTarget | ChangedFile:
    """Examine the file of a change. Raises StoppedError when it must not or cannot be written, OSError otherwise."""
    path = os.path.abspath(os.path.join(root, change.path))
    shown = shown_path(root, path)
    parent, missing = _real_parent(disk, os.path.dirname(path))
    real = os.path.join(parent, os.path.basename(path))
    note = ""
    file_stat = None if missing else _stat(disk, real)
    link = file_stat is not None and stat.S_ISLNK(file_stat.st_mode)
    before: bytes | None = None
    old_link = None
    if change.link is not None:
        note = f"{safe(shown)} is a symbolic link to {safe(change.link)} again"
    if link:
        target_path = _follow(disk, real, shown)
        inside = target_path.startswith(os.path.realpath(root) + "/")
        if change.content is None:
            note = f"{safe(shown)} was a symbolic link: the link is removed, {safe(target_path)} stays"
            old_link = disk.readlink(real)
        else:
            note = "" if inside else f"{safe(shown)} is a symbolic link to {safe(target_path)}, outside the tree"
            real = target_path
        file_stat = _stat(disk, target_path)
    if file_stat is not None:
        if not stat.S_ISREG(file_stat.st_mode):
            kind = "a folder" if stat.S_ISDIR(file_stat.st_mode) else "not a regular file"
            raise refuse(f"{safe(shown)} is {kind}")
        before = read_whole(disk, real, follow=True)
    actual = ABSENT if before is None else content_hash(before)
    if actual != change.base:
        return ChangedFile(shown, change.base, actual)
    _check_writable(disk, real, shown, file_stat, bool(missing))
    attributes = disk.attributes(real) if file_stat is not None and change.content is not None else {}
    return CommitTarget(change, shown, real, before, file_stat, attributes, missing, note, old_link)


def removal_notes(path: str, shown: str, *, disk: Disk | None = None) -> tuple[str, ...]:
    """Notes on the deletion of a file: what cannot be restored, and what stays. Never raises."""
    disk = disk or Disk()
    notes: list[str] = []
    try:
        file_stat = disk.lstat(path)
        if stat.S_ISLNK(file_stat.st_mode):
            target = safe(disk.readlink(path))
            return (f"{safe(shown)} is a symbolic link: the link is removed, its target {target} stays",)
        if file_stat.st_nlink > 1:
            names = counted(file_stat.st_nlink - 1, "other name")
            notes.append(f"{safe(shown)} has {names} (hard links), which stay: an undo makes a separate file")
        if os.geteuid() not in (0, file_stat.st_uid):
            notes.append(f"{safe(shown)} belongs to {safe(user_name(file_stat.st_uid))}: after an undo it is yours")
        if set(disk.attributes(path)) - {"security.selinux"}:
            notes.append(f"{safe(shown)} has an access list or attributes, which an undo does not restore")
    except OSError:
        pass  # the commit will say so
    return tuple(notes)


def changed_since(disk: Disk, root: str, target: CommitTarget) -> ChangedFile | None:
    """The change of a file since it was examined: replaced, or with other content; None without one."""
    path = os.path.abspath(os.path.join(root, target.change.path))
    actual = hash_now(disk, path, follow=True)
    if actual == target.old and actual != ABSENT:
        real = os.path.join(disk.realpath(os.path.dirname(path)), os.path.basename(path))
        if target.change.content is not None:
            real = disk.realpath(real)
        if real != target.real:
            return ChangedFile(target.shown, target.old, "elsewhere")
    return None if actual == target.old else ChangedFile(target.shown, target.old, actual)


def _real_parent(disk: Disk, folder: str) -> tuple[str, tuple[str, ...]]:
    """The folder without links, and the missing folders on the way, outermost first."""
    names: list[str] = []
    real = ""
    while not real:
        try:
            real = disk.realpath(folder)
        except FileNotFoundError:
            names.insert(0, os.path.basename(folder))
            folder = os.path.dirname(folder)
        except NotADirectoryError:
            raise refuse(f"{safe(folder)} is not a folder") from None
    missing: list[str] = []
    for name in names:
        real = os.path.join(real, name)
        missing.append(real)
    return real, tuple(missing)


def _stat(disk: Disk, path: str) -> os.stat_result | None:
    try:
        return disk.lstat(path)
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise refuse(f"{safe(os.path.dirname(path))} is not a folder") from None


def _follow(disk: Disk, path: str, shown: str) -> str:
    try:
        return disk.realpath(path)
    except FileNotFoundError:
        raise refuse(f"{safe(shown)} is a symbolic link to something that does not exist") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise refuse(f"{safe(shown)} is a symbolic link that points back to itself") from None
        raise


def _check_writable(disk: Disk, real: str, shown: str, file_stat: os.stat_result | None, new_folder: bool) -> None:
    """Refuse read-only files: a rename would replace them silently, and root may write anything."""
    folder = os.path.dirname(real)
    if not new_folder:
        if file_stat is not None and (not file_stat.st_mode & 0o222 or not disk.access(real, os.W_OK)):
            raise refuse(f"{safe(shown)} is read-only")
        if not disk.lstat(folder).st_mode & 0o222:
            raise refuse(f"the folder of {safe(shown)} is read-only")
    if not new_folder and not disk.access(folder, os.W_OK | os.X_OK):
        raise refuse(f"the folder of {safe(shown)} may not be written by you")
