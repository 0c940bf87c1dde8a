"""Laying the new content of a file ready, durable and with the attributes of the old, before anything is visible."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping

from core.files.store.contents import opened, read_open, read_whole, remove, write_new, write_open
from core.files.store.disk import Disk
from core.files.store.journal import How, Journal
from core.files.store.target import Target

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def stage(disk: Disk, journal: Journal, folder: str, index: int, target: Target) -> How:
    """Write the new content of one file to where it waits. Returns how it will get to its place. Raises OSError.

    A file whose owner, access list or other attributes this process cannot give to a new file is written in place.
    """
    how, content = target.how, target.change.content
    if content is None:
        return how
    if how is not How.IN_PLACE and _stage_beside(disk, journal.beside(index), content, target):
        return how
    path = os.path.join(folder, f"new.{index}")
    write_new(disk, path, content, durable=True)
    _check(read_whole(disk, path), content)
    return How.IN_PLACE


def save_old(disk: Disk, journal: Journal, folder: str, index: int, target: Target) -> None:
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


def _stage_beside(disk: Disk, path: str, content: bytes, target: Target) -> bool:
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
