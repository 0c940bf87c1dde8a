"""Steps shared by commits and recovery: stage contents, put them in place, roll them back."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections import Counter
from collections.abc import Mapping
from enum import Enum
from typing import Final

from core.files.store.commit_target import CommitTarget
from core.files.store.disk import (
    ABSENT,
    Disk,
    content_hash,
    exists,
    hash_now,
    opened,
    read_open,
    read_whole,
    remove,
    remove_folder,
    sync_folder,
    write_new,
    write_open,
)
from core.files.store.journal import Journal, Phase, WriteMethod, drop_journal, write_journal

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def stage(disk: Disk, journal: Journal, folder: str, index: int, target: CommitTarget) -> WriteMethod:
    """Write the new content of a file to its staging path. Returns the write method. Raises OSError.

    A file is written in place when its owner, access list or other attributes cannot be copied to a new file.
    """
    how, content = target.how, target.change.content
    if content is None:
        return how
    if target.change.link is not None:
        disk.symlink(target.change.link, journal.sibling_path(index))
        return how
    if how is not WriteMethod.IN_PLACE and _stage_beside(disk, journal.sibling_path(index), content, target):
        return how
    path = os.path.join(folder, f"new.{index}")
    write_new(disk, path, content, durable=True)
    _check_content(read_whole(disk, path), content)
    return WriteMethod.IN_PLACE


def save_old(disk: Disk, journal: Journal, folder: str, index: int, target: CommitTarget) -> None:
    """Save the old content of a file until the commit is complete. Raises OSError."""
    if target.before is not None:
        write_new(disk, journal.saved(folder, index), target.before, durable=True)


def stage_back(disk: Disk, path: str, content: bytes, real: str) -> None:
    """Stage an old content for restoring, with the attributes of the current file as far as possible.

    Raises OSError.
    """
    remove(disk, path)
    with opened(disk, path, _NEW) as fd:
        write_open(disk, fd, content)
        try:
            file_stat = disk.lstat(real)
            copy_attributes(disk, fd, file_stat, disk.attributes(real))
        except FileNotFoundError:
            pass  # a deleted file whose staged copy is lost: its content matters more than its attributes
        disk.fsync(fd)


def _stage_beside(disk: Disk, path: str, content: bytes, target: CommitTarget) -> bool:
    mode = 0o600 if target.file_stat is not None else 0o666
    with opened(disk, path, _NEW, mode) as fd:
        if target.file_stat is not None:
            # Attributes first: where they cannot be copied, no second copy of the content is written.
            if not copy_attributes(disk, fd, target.file_stat, target.attributes):
                remove(disk, path)
                return False
        else:
            _set_owner_and_mode(disk, fd, target)
        write_open(disk, fd, content)
        disk.fsync(fd)
        disk.seek_start(fd)
        _check_content(read_open(disk, fd), content)
    return True


def _set_owner_and_mode(disk: Disk, fd: int, target: CommitTarget) -> None:
    """Give a new file the owner and mode of the file that it restores, else those of its neighbours.

    So it can be read by whoever reads these, whatever the umask: root's may be 077 in a tree of another user.
    """
    uid, gid, mode = neighbours(disk, target.folder, os.path.splitext(target.real)[1])
    before = target.change.restores
    if before is not None:
        mode = before.mode if before.mode is not None else mode
        uid = before.uid if before.uid is not None else uid
        gid = before.gid if before.gid is not None else gid
    if mode is not None:
        disk.chmod(fd, mode)
    now = disk.fstat(fd)
    if (now.st_uid, now.st_gid) != (uid, gid):
        with contextlib.suppress(OSError):  # only root may give a file away
            disk.chown(fd, uid if os.geteuid() == 0 else -1, gid)


def neighbours(disk: Disk, folder: str, ending: str) -> tuple[int, int, int | None]:
    """The most frequent owner, group and mode of the files in a folder with that ending; without any the folder's."""
    stats = [disk.lstat(os.path.join(folder, name)) for name, _ in disk.sizes(folder) if name.endswith(ending)]
    found = Counter(
        (item.st_uid, item.st_gid, stat.S_IMODE(item.st_mode) & 0o666 | stat.S_IWUSR)
        for item in stats
        if stat.S_ISREG(item.st_mode)
    )
    if found:
        return found.most_common(1)[0][0]
    folder_stat = disk.lstat(folder)
    return folder_stat.st_uid, folder_stat.st_gid, None


def make_folder(disk: Disk, path: str) -> None:
    """Make a folder with the mode and owner of its parent, durably. Raises OSError."""
    parent = os.path.dirname(path)
    disk.mkdir(path, 0o777)
    parent_stat = disk.lstat(parent)
    with opened(disk, path, os.O_RDONLY | os.O_DIRECTORY) as fd:
        disk.chmod(fd, stat.S_IMODE(parent_stat.st_mode) & ~(stat.S_ISVTX | stat.S_IWOTH) | stat.S_IRWXU)
        if os.geteuid() == 0 and disk.fstat(fd).st_uid != parent_stat.st_uid:
            disk.chown(fd, parent_stat.st_uid, parent_stat.st_gid)
    sync_folder(disk, parent)


def copy_attributes(disk: Disk, fd: int, file_stat: os.stat_result, attributes: Mapping[str, bytes]) -> bool:
    """Copy owner, group, attributes and mode to a new file; whether that succeeded completely."""
    try:
        now = disk.fstat(fd)
        if (now.st_uid, now.st_gid) != (file_stat.st_uid, file_stat.st_gid):
            disk.chown(fd, file_stat.st_uid, file_stat.st_gid)
        inherited = disk.attributes(fd)
        for name, value in attributes.items():
            if inherited.get(name) != value:
                disk.set_attribute(fd, name, value)
        for name in inherited.keys() - attributes.keys():
            disk.remove_attribute(fd, name)
        disk.chmod(fd, stat.S_IMODE(file_stat.st_mode))
        now = disk.fstat(fd)
    except OSError:
        return False
    target = (file_stat.st_uid, file_stat.st_gid, stat.S_IMODE(file_stat.st_mode))
    return (now.st_uid, now.st_gid, stat.S_IMODE(now.st_mode)) == target


def _check_content(actual: bytes, content: bytes) -> None:
    if actual != content:
        raise OSError(errno.EIO, "read back differently")


_PAGE: Final = 512


class ContentState(Enum):
    """The content of a file of a recorded commit."""

    OLD = "the old content"
    NEW = "the new content"
    TORN = "a part of the new content"
    FOREIGN = "something else"


def content_states(disk: Disk, journal: Journal, folder: str) -> list[ContentState]:
    """The content state of each file of a commit. Raises OSError when one cannot be read."""
    return [_content_state(disk, journal, folder, index) for index in range(len(journal.entries))]


def _content_state(disk: Disk, journal: Journal, folder: str, index: int) -> ContentState:
    entry = journal.entries[index]
    # A link to be made or deleted is compared by its target; other paths do not end in a link.
    actual = hash_now(disk, entry.real, follow=entry.how in (WriteMethod.DELETE, WriteMethod.LINK))
    if actual == entry.new:
        return ContentState.NEW
    if actual == entry.old:
        return ContentState.OLD
    if entry.how is WriteMethod.IN_PLACE and actual != ABSENT:
        try:
            new = read_whole(disk, journal.staged(folder, index))
            old = read_whole(disk, journal.saved(folder, index))
        except FileNotFoundError:
            return ContentState.FOREIGN
        if is_torn(read_whole(disk, entry.real), old, new):
            return ContentState.TORN
    return ContentState.FOREIGN


def is_torn(content: bytes, old: bytes, new: bytes) -> bool:
    """Whether a content is the result of an interrupted overwrite rather than an edit by someone else.

    Killed on the way forward, the first bytes are new and the rest is old; killed on the way back, old bytes precede
    those. After a power cut any block may be either.
    """
    start = _first_difference(content, old, 0)
    end = _first_difference(content, new, start)
    if content[end:] == old[end:]:
        return True
    if len(content) not in (len(old), len(new)):
        return False
    blocks = range(0, len(content), _PAGE)
    return all(content[at : at + _PAGE] in (old[at : at + _PAGE], new[at : at + _PAGE]) for at in blocks)


def _first_difference(left: bytes, right: bytes, start: int) -> int:
    """The first offset from `start` at which two contents differ, or the end of the shorter one."""
    shorter = min(len(left), len(right))
    return next((at for at in range(start, shorter) if left[at] != right[at]), max(start, shorter))


def put_forward(disk: Disk, journal: Journal, folder: str, index: int) -> None:
    """Put the new content of a file in place, durably. Raises OSError."""
    entry = journal.entries[index]
    staged = journal.staged(folder, index)
    if entry.how is WriteMethod.IN_PLACE:
        _overwrite(disk, entry.real, read_whole(disk, staged))
        return
    if entry.how is WriteMethod.DELETE:
        disk.rename(entry.real, staged)  # moved aside first, so that it can be restored with its attributes
    else:
        disk.rename(staged, entry.real)
    sync_folder(disk, os.path.dirname(entry.real))


def put_back(disk: Disk, journal: Journal, folder: str, index: int) -> None:
    """Restore the old content of a file, durably. Raises OSError."""
    entry = journal.entries[index]
    if entry.how is WriteMethod.IN_PLACE:
        _overwrite(disk, entry.real, read_whole(disk, journal.saved(folder, index)))
        return
    if entry.how in (WriteMethod.CREATE, WriteMethod.LINK):
        remove(disk, entry.real)
    elif entry.how is WriteMethod.DELETE and exists(disk, journal.sibling_path(index)):
        disk.rename(journal.sibling_path(index), entry.real)
    else:
        back = journal.sibling_path(index, ".back")
        stage_back(disk, back, read_whole(disk, journal.saved(folder, index)), entry.real)
        disk.rename(back, entry.real)
    sync_folder(disk, os.path.dirname(entry.real))


def can_go_forward(disk: Disk, journal: Journal, folder: str, held: list[ContentState]) -> bool:
    """Whether every new content still to be placed is staged completely. Raises OSError."""
    return all(
        now is ContentState.NEW
        or entry.how is WriteMethod.DELETE
        or hash_now(disk, journal.staged(folder, index), follow=entry.how is WriteMethod.LINK) == entry.new
        for index, (entry, now) in enumerate(zip(journal.entries, held, strict=True))
    )


def can_go_back(disk: Disk, journal: Journal, folder: str, held: list[ContentState]) -> bool:
    """Whether every old content to be restored is available. Raises OSError."""
    return all(
        now is ContentState.OLD
        or entry.how in (WriteMethod.CREATE, WriteMethod.LINK)
        or hash_now(disk, journal.saved(folder, index)) == entry.old
        or (entry.how is WriteMethod.DELETE and exists(disk, journal.sibling_path(index)))
        for index, (entry, now) in enumerate(zip(journal.entries, held, strict=True))
    )


def roll_back(disk: Disk, journal: Journal, folder: str, held: list[ContentState], key: bytes) -> None:
    """Restore the old contents, last file first. Raises OSError; may be repeated.

    The journal records the direction first: a crash in between must not go forward, as new contents are discarded.
    """
    if any(now is not ContentState.OLD for now in held):
        if journal.phase is not Phase.BACK:
            write_journal(disk, folder, journal.at(Phase.BACK), key)
        for index in reversed(range(len(held))):
            if held[index] is not ContentState.OLD:
                put_back(disk, journal, folder, index)
        sync_parents(disk, journal)


def clean(disk: Disk, journal: Journal, folder: str, *, folders_too: bool) -> None:
    """Remove all temporary files of the commit, the journal last. Raises OSError; may be repeated."""
    for path in journal.leftovers(folder):
        try:
            remove(disk, path)
        except NotADirectoryError:
            continue
    if folders_too:
        for created in reversed(journal.folders):
            remove_folder(disk, created)
    drop_journal(disk, folder, journal)


def sync_parents(disk: Disk, journal: Journal) -> None:
    """Make the entries of all folders of the commit durable. Raises OSError."""
    for parent in journal.parents():
        sync_folder(disk, parent)
    for folder in reversed(journal.folders):
        sync_folder(disk, os.path.dirname(folder))


def _overwrite(disk: Disk, path: str, content: bytes) -> None:
    with opened(disk, path, os.O_WRONLY | os.O_NOFOLLOW) as fd:
        write_open(disk, fd, content)
        disk.truncate(fd, len(content))
        disk.fsync(fd)
    if content_hash(read_whole(disk, path)) != content_hash(content):
        raise OSError(errno.EIO, "read back differently", path)
