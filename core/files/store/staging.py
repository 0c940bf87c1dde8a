"""Stage the contents of a commit, put them in place, and roll them back: steps of commits and of recovery."""

from __future__ import annotations

import errno
import os
import stat
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
    """Write the new content of one file to where it waits. Returns how it will get to its place. Raises OSError.

    A file whose owner, access list or other attributes this process cannot give to a new file is written in place.
    """
    how, content = target.how, target.change.content
    if content is None:
        return how
    if how is not WriteMethod.IN_PLACE and _stage_beside(disk, journal.beside(index), content, target):
        return how
    path = os.path.join(folder, f"new.{index}")
    write_new(disk, path, content, durable=True)
    _check(read_whole(disk, path), content)
    return WriteMethod.IN_PLACE


def save_old(disk: Disk, journal: Journal, folder: str, index: int, target: CommitTarget) -> None:
    """Keep the old content of a file until the commit is through. Raises OSError."""
    if target.before is not None:
        write_new(disk, journal.saved(folder, index), target.before, durable=True)


def stage_back(disk: Disk, path: str, content: bytes, real: str) -> None:
    """Lay an old content ready to go back over a file, with that file's attributes as far as may be. Raises OSError."""
    remove(disk, path)
    with opened(disk, path, _NEW) as fd:
        write_open(disk, fd, content)
        try:
            facts = disk.lstat(real)
            reproduce(disk, fd, facts, disk.attributes(real))
        except FileNotFoundError:
            pass  # a deleted file whose waiting copy is lost too: its content counts more than its attributes
        disk.fsync(fd)


def _stage_beside(disk: Disk, path: str, content: bytes, target: CommitTarget) -> bool:
    mode = 0o600 if target.facts is not None else 0o666
    with opened(disk, path, _NEW, mode) as fd:
        if target.facts is not None:
            # First the attributes: where they cannot be reproduced, no second copy of the content is written.
            if not reproduce(disk, fd, target.facts, target.attributes):
                remove(disk, path)
                return False
        elif target.change.mode is not None:
            disk.chmod(fd, target.change.mode)
        write_open(disk, fd, content)
        disk.fsync(fd)
        disk.seek_start(fd)
        _check(read_open(disk, fd), content)
    return True


def reproduce(disk: Disk, fd: int, facts: os.stat_result, attributes: Mapping[str, bytes]) -> bool:
    """Give a new file the owner, group, attributes and mode of another; whether that worked in full."""
    try:
        now = disk.fstat(fd)
        if (now.st_uid, now.st_gid) != (facts.st_uid, facts.st_gid):
            disk.chown(fd, facts.st_uid, facts.st_gid)
        inherited = disk.attributes(fd)
        for name, value in attributes.items():
            if inherited.get(name) != value:
                disk.set_attribute(fd, name, value)
        for name in inherited.keys() - attributes.keys():
            disk.remove_attribute(fd, name)
        disk.chmod(fd, stat.S_IMODE(facts.st_mode))
        now = disk.fstat(fd)
    except OSError:
        return False
    wanted = (facts.st_uid, facts.st_gid, stat.S_IMODE(facts.st_mode))
    return (now.st_uid, now.st_gid, stat.S_IMODE(now.st_mode)) == wanted


def _check(found: bytes, content: bytes) -> None:
    if found != content:
        raise OSError(errno.EIO, "read back differently")


_PAGE: Final = 512


class ContentState(Enum):
    """What a file of a recorded commit holds."""

    OLD = "the old content"
    NEW = "the new content"
    TORN = "a part of the new content"
    FOREIGN = "something else"


def look(disk: Disk, journal: Journal, folder: str) -> list[ContentState]:
    """What each file of the commit holds now. Raises OSError when that cannot be told."""
    return [_holds(disk, journal, folder, index) for index in range(len(journal.entries))]


def _holds(disk: Disk, journal: Journal, folder: str, index: int) -> ContentState:
    entry = journal.entries[index]
    # A link that is to be deleted is compared by what it points to, everything else has no link at its end.
    found = hash_now(disk, entry.real, follow=entry.how is WriteMethod.DELETE)
    if found == entry.new:
        return ContentState.NEW
    if found == entry.old:
        return ContentState.OLD
    if entry.how is WriteMethod.IN_PLACE and found != ABSENT:
        try:
            new = read_whole(disk, journal.staged(folder, index))
            old = read_whole(disk, journal.saved(folder, index))
        except FileNotFoundError:
            return ContentState.FOREIGN
        if is_torn(read_whole(disk, entry.real), old, new):
            return ContentState.TORN
    return ContentState.FOREIGN


def is_torn(found: bytes, old: bytes, new: bytes) -> bool:
    """Whether a content is what an interrupted overwriting leaves, rather than anybody's own edit.

    Killed on the way there, the first bytes are new and the rest is old; killed on the way back, old bytes come before
    those. After a power cut any block may be either.
    """
    start = _differ(found, old, 0)
    end = _differ(found, new, start)
    if found[end:] == old[end:]:
        return True
    if len(found) not in (len(old), len(new)):
        return False
    blocks = range(0, len(found), _PAGE)
    return all(found[at : at + _PAGE] in (old[at : at + _PAGE], new[at : at + _PAGE]) for at in blocks)


def _differ(one: bytes, other: bytes, start: int) -> int:
    """The first place from `start` on at which two contents differ, or where the shorter one ends."""
    shorter = min(len(one), len(other))
    return next((at for at in range(start, shorter) if one[at] != other[at]), max(start, shorter))


def put_forward(disk: Disk, journal: Journal, folder: str, index: int) -> None:
    """Give one file its new content, durably. Raises OSError."""
    entry = journal.entries[index]
    staged = journal.staged(folder, index)
    if entry.how is WriteMethod.IN_PLACE:
        _overwrite(disk, entry.real, read_whole(disk, staged))
        return
    if entry.how is WriteMethod.DELETE:
        disk.rename(entry.real, staged)  # aside first: so it can come back as it was, attributes and all
    else:
        disk.rename(staged, entry.real)
    sync_folder(disk, os.path.dirname(entry.real))


def put_back(disk: Disk, journal: Journal, folder: str, index: int) -> None:
    """Give one file its old content again, durably. Raises OSError."""
    entry = journal.entries[index]
    if entry.how is WriteMethod.IN_PLACE:
        _overwrite(disk, entry.real, read_whole(disk, journal.saved(folder, index)))
        return
    if entry.how is WriteMethod.CREATE:
        remove(disk, entry.real)
    elif entry.how is WriteMethod.DELETE and exists(disk, journal.beside(index)):
        disk.rename(journal.beside(index), entry.real)
    else:
        back = journal.beside(index, ".back")
        stage_back(disk, back, read_whole(disk, journal.saved(folder, index)), entry.real)
        disk.rename(back, entry.real)
    sync_folder(disk, os.path.dirname(entry.real))


def can_go_forward(disk: Disk, journal: Journal, folder: str, held: list[ContentState]) -> bool:
    """Whether every content that is still to be put in place waits there, whole. Raises OSError."""
    return all(
        now is ContentState.NEW
        or entry.how is WriteMethod.DELETE
        or hash_now(disk, journal.staged(folder, index)) == entry.new
        for index, (entry, now) in enumerate(zip(journal.entries, held, strict=True))
    )


def can_go_back(disk: Disk, journal: Journal, folder: str, held: list[ContentState]) -> bool:
    """Whether every old content that has to come back is there, whole. Raises OSError."""
    return all(
        now is ContentState.OLD
        or entry.how is WriteMethod.CREATE
        or hash_now(disk, journal.saved(folder, index)) == entry.old
        or (entry.how is WriteMethod.DELETE and exists(disk, journal.beside(index)))
        for index, (entry, now) in enumerate(zip(journal.entries, held, strict=True))
    )


def roll_back(disk: Disk, journal: Journal, folder: str, held: list[ContentState], key: bytes) -> None:
    """Bring the old contents back, last file first. Raises OSError; may be done again.

    The journal says so first: a crash in between must not go forward again, as new contents are given up on the way.
    """
    if any(now is not ContentState.OLD for now in held):
        if journal.phase is not Phase.BACK:
            write_journal(disk, folder, journal.at(Phase.BACK), key)
        for index in reversed(range(len(held))):
            if held[index] is not ContentState.OLD:
                put_back(disk, journal, folder, index)
        sync_parents(disk, journal)


def clean(disk: Disk, journal: Journal, folder: str, *, folders_too: bool) -> None:
    """Remove everything the commit made for itself, the journal last. Raises OSError; may be done again."""
    for path in journal.leftovers(folder):
        try:
            remove(disk, path)
        except NotADirectoryError:
            continue
    if folders_too:
        for made in reversed(journal.folders):
            remove_folder(disk, made)
    drop_journal(disk, folder, journal.phase)


def sync_parents(disk: Disk, journal: Journal) -> None:
    """Make the names in all folders of the commit durable. Raises OSError."""
    for parent in journal.parents():
        sync_folder(disk, parent)
    for made in reversed(journal.folders):
        sync_folder(disk, os.path.dirname(made))


def _overwrite(disk: Disk, path: str, content: bytes) -> None:
    with opened(disk, path, os.O_WRONLY | os.O_NOFOLLOW) as fd:
        write_open(disk, fd, content)
        disk.truncate(fd, len(content))
        disk.fsync(fd)
    if content_hash(read_whole(disk, path)) != content_hash(content):
        raise OSError(errno.EIO, "read back differently", path)
