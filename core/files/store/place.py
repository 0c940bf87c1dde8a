"""Putting staged contents in place, or old ones back: the steps that a commit, its rollback and a recovery share."""

from __future__ import annotations

import errno
import os
from enum import Enum
from typing import Final

from core.files.store.contents import (
    ABSENT,
    content_hash,
    exists,
    hash_now,
    opened,
    read_whole,
    remove,
    remove_folder,
    sync_folder,
    write_open,
)
from core.files.store.disk import Disk
from core.files.store.journal import How, Journal, Phase, drop_journal, write_journal
from core.files.store.stage import stage_back

_PAGE: Final = 512


class Holds(Enum):
    """What a file of a recorded commit holds."""

    OLD = "the old content"
    NEW = "the new content"
    TORN = "a part of the new content"
    FOREIGN = "something else"


def look(disk: Disk, journal: Journal, folder: str) -> list[Holds]:
    """What each file of the commit holds now. Raises OSError when that cannot be told."""
    return [_holds(disk, journal, folder, index) for index in range(len(journal.entries))]


def _holds(disk: Disk, journal: Journal, folder: str, index: int) -> Holds:
    entry = journal.entries[index]
    # A link that is to be deleted is compared by what it points to, everything else has no link at its end.
    found = hash_now(disk, entry.real, follow=entry.how is How.DELETE)
    if found == entry.new:
        return Holds.NEW
    if found == entry.old:
        return Holds.OLD
    if entry.how is How.IN_PLACE and found != ABSENT:
        try:
            new = read_whole(disk, journal.staged(folder, index))
            old = read_whole(disk, journal.saved(folder, index))
        except FileNotFoundError:
            return Holds.FOREIGN
        if is_torn(read_whole(disk, entry.real), old, new):
            return Holds.TORN
    return Holds.FOREIGN


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
    if entry.how is How.IN_PLACE:
        _overwrite(disk, entry.real, read_whole(disk, staged))
        return
    if entry.how is How.DELETE:
        disk.rename(entry.real, staged)  # aside first: so it can come back as it was, attributes and all
    else:
        disk.rename(staged, entry.real)
    sync_folder(disk, os.path.dirname(entry.real))


def put_back(disk: Disk, journal: Journal, folder: str, index: int) -> None:
    """Give one file its old content again, durably. Raises OSError."""
    entry = journal.entries[index]
    if entry.how is How.IN_PLACE:
        _overwrite(disk, entry.real, read_whole(disk, journal.saved(folder, index)))
        return
    if entry.how is How.CREATE:
        remove(disk, entry.real)
    elif entry.how is How.DELETE and exists(disk, journal.beside(index)):
        disk.rename(journal.beside(index), entry.real)
    else:
        back = journal.beside(index, ".back")
        stage_back(disk, back, read_whole(disk, journal.saved(folder, index)), entry.real)
        disk.rename(back, entry.real)
    sync_folder(disk, os.path.dirname(entry.real))


def can_go_forward(disk: Disk, journal: Journal, folder: str, held: list[Holds]) -> bool:
    """Whether every content that is still to be put in place waits there, whole. Raises OSError."""
    return all(
        now is Holds.NEW or entry.how is How.DELETE or hash_now(disk, journal.staged(folder, index)) == entry.new
        for index, (entry, now) in enumerate(zip(journal.entries, held, strict=True))
    )


def can_go_back(disk: Disk, journal: Journal, folder: str, held: list[Holds]) -> bool:
    """Whether every old content that has to come back is there, whole. Raises OSError."""
    return all(
        now is Holds.OLD
        or entry.how is How.CREATE
        or hash_now(disk, journal.saved(folder, index)) == entry.old
        or (entry.how is How.DELETE and exists(disk, journal.beside(index)))
        for index, (entry, now) in enumerate(zip(journal.entries, held, strict=True))
    )


def roll_back(disk: Disk, journal: Journal, folder: str, held: list[Holds], key: bytes) -> None:
    """Bring the old contents back, last file first. Raises OSError; may be done again.

    The journal says so first: a crash in between must not go forward again, as new contents are given up on the way.
    """
    if any(now is not Holds.OLD for now in held):
        if journal.phase is not Phase.BACK:
            write_journal(disk, folder, journal.at(Phase.BACK), key)
        for index in reversed(range(len(held))):
            if held[index] is not Holds.OLD:
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
