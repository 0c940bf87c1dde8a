"""System calls of the store behind one interface, so that tests can fail any of them, and helpers for whole files."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from typing import Final

_NO_ATTRIBUTES = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


class Disk:
    """The file system calls of the store. Every method raises OSError as its system call does."""

    def open(self, path: str, flags: int, mode: int = 0o600) -> int:
        """Open close-on-exec and return the file descriptor."""
        return os.open(path, flags | os.O_CLOEXEC, mode)

    def close(self, fd: int) -> None:
        """Close. The descriptor is invalid even when this raises."""
        os.close(fd)

    def read(self, fd: int, size: int) -> bytes:
        """Read up to `size` bytes; empty at the end."""
        return os.read(fd, size)

    def write(self, fd: int, data: memoryview) -> int:
        """Write and return the number of bytes written, which may be fewer than given."""
        return os.write(fd, data)

    def seek_start(self, fd: int) -> None:
        os.lseek(fd, 0, os.SEEK_SET)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def fsync(self, fd: int) -> None:
        """Flush a file, or a folder's entries, so that it survives a power cut."""
        os.fsync(fd)

    def lock(self, fd: int) -> None:
        """Take the exclusive lock of the file, or raise BlockingIOError at once."""
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def chmod(self, fd: int, mode: int) -> None:
        os.fchmod(fd, mode)

    def chown(self, fd: int, uid: int, gid: int) -> None:
        os.fchown(fd, uid, gid)

    def fstat(self, fd: int) -> os.stat_result:
        return os.fstat(fd)

    def lstat(self, path: str) -> os.stat_result:
        return os.lstat(path)

    def realpath(self, path: str) -> str:
        """The path without symbolic links. Raises when a part of it is missing or links form a loop."""
        return os.path.realpath(path, strict=True)

    def access(self, path: str, mode: int) -> bool:
        return os.access(path, mode)

    def rename(self, old: str, new: str) -> None:
        """Rename a file atomically, replacing any file of that name."""
        os.rename(old, new)

    def link(self, old: str, new: str) -> None:
        """Add a hard link; raises FileExistsError when the name exists."""
        os.link(old, new)

    def unlink(self, path: str) -> None:
        os.unlink(path)

    def mkdir(self, path: str, mode: int) -> None:
        os.mkdir(path, mode)

    def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        os.rmdir(path)

    def sizes(self, folder: str) -> list[tuple[str, int]]:
        """The names in a folder with their sizes in bytes."""
        sizes: list[tuple[str, int]] = []
        with os.scandir(folder) as items:
            for item in items:
                try:
                    sizes.append((item.name, item.stat(follow_symlinks=False).st_size))
                except FileNotFoundError:
                    continue  # removed in the meantime
        return sizes

    def attributes(self, target: int | str) -> Mapping[str, bytes]:
        """Extended attributes, including access control lists; empty where the file system has none."""
        if not hasattr(os, "listxattr"):
            return {}  # only Linux has these calls in Python's standard library
        try:
            return {name: os.getxattr(target, name) for name in os.listxattr(target)}
        except OSError as error:
            if error.errno in _NO_ATTRIBUTES:
                return {}
            raise

    def set_attribute(self, fd: int, name: str, value: bytes) -> None:
        os.setxattr(fd, name, value)

    def remove_attribute(self, fd: int, name: str) -> None:
        os.removexattr(fd, name)


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


def make_private_folder(disk: Disk, path: str) -> None:
    """Make a folder and the missing ones above it, each for this user only. Raises OSError."""
    try:
        disk.mkdir(path, 0o700)
    except FileExistsError:
        return
    except FileNotFoundError:
        make_private_folder(disk, os.path.dirname(path))
        with contextlib.suppress(FileExistsError):
            disk.mkdir(path, 0o700)
