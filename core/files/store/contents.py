"""Whole contents over the seam: read, write, compare, make durable, remove."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from typing import Final

from core.files.store.disk import Disk

ABSENT: Final = "absent"
"""In place of a content hash: there is no such file."""

_CHUNK: Final = 1 << 20
_UNSYNCABLE: Final = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)


def content_hash(content: bytes) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal: the version of a file that a commit is based on."""
    return hashlib.sha256(content).hexdigest()


@contextlib.contextmanager
def opened(disk: Disk, path: str, flags: int, mode: int = 0o600) -> Iterator[int]:
    """An open file, closed at the end whatever happens."""
    fd = disk.open(path, flags, mode)
    try:
        yield fd
    finally:
        disk.close(fd)


def read_open(disk: Disk, fd: int) -> bytes:
    """Everything from where the descriptor stands to the end."""
    parts: list[bytes] = []
    while part := disk.read(fd, _CHUNK):
        parts.append(part)
    return b"".join(parts)


def read_whole(disk: Disk, path: str, *, follow: bool = False) -> bytes:
    """All bytes of a file. Raises OSError, also when the path is a symbolic link and may not be followed."""
    # Without O_NONBLOCK, a fifo put in the place of a file would hold us for ever.
    flags = os.O_RDONLY | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW)
    with opened(disk, path, flags) as fd:
        return read_open(disk, fd)


def hash_now(disk: Disk, path: str, *, follow: bool = False) -> str:
    """The hash of what is there now, or ABSENT. Raises OSError when that cannot be told."""
    try:
        return content_hash(read_whole(disk, path, follow=follow))
    except FileNotFoundError:
        return ABSENT


def write_open(disk: Disk, fd: int, content: bytes) -> None:
    """Write every byte, in as many calls as the system wants."""
    rest = memoryview(content)
    while rest:
        done = disk.write(fd, rest)
        if done <= 0:
            raise OSError(errno.EIO, "nothing could be written")
        rest = rest[done:]


def write_new(disk: Disk, path: str, content: bytes, *, durable: bool) -> None:
    """Write a file of our own, 0600, replacing an earlier one of that name in place (never through a link)."""
    with opened(disk, path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW) as fd:
        write_open(disk, fd, content)
        if durable:
            disk.fsync(fd)


def replace_private(disk: Disk, path: str, content: bytes, *, durable: bool = False) -> None:
    """Write a file of our own, 0600, in one step: readers see the old one or the new one."""
    temporary = f"{path}.{os.getpid()}.new"
    try:
        write_new(disk, temporary, content, durable=durable)
        disk.rename(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            remove(disk, temporary)
        raise


def sync_folder(disk: Disk, folder: str) -> None:
    """Make the names in a folder durable. Does nothing on the file systems that have no such call."""
    with opened(disk, folder, os.O_RDONLY | os.O_DIRECTORY) as fd:
        try:
            disk.fsync(fd)
        except OSError as error:
            if error.errno not in _UNSYNCABLE:
                raise


def remove(disk: Disk, path: str) -> None:
    """Remove a file if it is there."""
    with contextlib.suppress(FileNotFoundError):
        disk.unlink(path)


def remove_folder(disk: Disk, path: str) -> None:
    """Remove a folder if it is there and empty."""
    try:
        disk.rmdir(path)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST):
            raise


def exists(disk: Disk, path: str) -> bool:
    """Whether there is anything of this name, a dangling link included."""
    try:
        disk.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True
