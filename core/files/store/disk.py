"""The one seam to the operating system: every system call of the store is a method here, so a test can fail any."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Mapping
from typing import Protocol

_NO_ATTRIBUTES = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


class Disk(Protocol):
    """What the store asks of the file system. Every method raises OSError as the system call behind it does."""

    def open(self, path: str, flags: int, mode: int = 0o600) -> int:
        """Open, close-on-exec; the result is a file descriptor."""

    def close(self, fd: int) -> None:
        """Close. The descriptor is gone even when this raises."""

    def read(self, fd: int, size: int) -> bytes:
        """Up to `size` bytes; none at the end."""

    def write(self, fd: int, data: memoryview) -> int:
        """How many bytes were written, which may be fewer than given."""

    def seek_start(self, fd: int) -> None:
        """Go back to the first byte."""

    def truncate(self, fd: int, size: int) -> None:
        """Cut to `size` bytes."""

    def fsync(self, fd: int) -> None:
        """Return when the file, or the folder's list of names, would survive a power cut."""

    def lock(self, fd: int) -> None:
        """Take the exclusive lock of the file, or raise BlockingIOError at once."""

    def chmod(self, fd: int, mode: int) -> None:
        """Set the permission bits."""

    def chown(self, fd: int, uid: int, gid: int) -> None:
        """Set owner and group."""

    def fstat(self, fd: int) -> os.stat_result:
        """The facts of an open file."""

    def lstat(self, path: str) -> os.stat_result:
        """The facts of a path, of the link itself if it is one."""

    def realpath(self, path: str) -> str:
        """The path without symbolic links. Raises when anything on it is missing or turns in a circle."""

    def access(self, path: str, mode: int) -> bool:
        """Whether this process may."""

    def rename(self, old: str, new: str) -> None:
        """Give a file its other name, replacing what had that name, in one step."""

    def link(self, old: str, new: str) -> None:
        """A second name for a file; raises FileExistsError when that name is taken."""

    def unlink(self, path: str) -> None:
        """Remove a name."""

    def mkdir(self, path: str, mode: int) -> None:
        """Make a folder."""

    def rmdir(self, path: str) -> None:
        """Remove an empty folder."""

    def sizes(self, folder: str) -> list[tuple[str, int]]:
        """Names in a folder, each with its size in bytes."""

    def attributes(self, target: int | str) -> Mapping[str, bytes]:
        """Extended attributes, access control lists among them; none where the file system has none."""

    def set_attribute(self, fd: int, name: str, value: bytes) -> None:
        """Set one extended attribute."""

    def remove_attribute(self, fd: int, name: str) -> None:
        """Remove one extended attribute."""


class OsDisk:
    """The real one."""

    def open(self, path: str, flags: int, mode: int = 0o600) -> int:
        return os.open(path, flags | os.O_CLOEXEC, mode)

    def close(self, fd: int) -> None:
        os.close(fd)

    def read(self, fd: int, size: int) -> bytes:
        return os.read(fd, size)

    def write(self, fd: int, data: memoryview) -> int:
        return os.write(fd, data)

    def seek_start(self, fd: int) -> None:
        os.lseek(fd, 0, os.SEEK_SET)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def fsync(self, fd: int) -> None:
        os.fsync(fd)

    def lock(self, fd: int) -> None:
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
        return os.path.realpath(path, strict=True)

    def access(self, path: str, mode: int) -> bool:
        return os.access(path, mode)

    def rename(self, old: str, new: str) -> None:
        os.rename(old, new)

    def link(self, old: str, new: str) -> None:
        os.link(old, new)

    def unlink(self, path: str) -> None:
        os.unlink(path)

    def mkdir(self, path: str, mode: int) -> None:
        os.mkdir(path, mode)

    def rmdir(self, path: str) -> None:
        os.rmdir(path)

    def sizes(self, folder: str) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        with os.scandir(folder) as items:
            for item in items:
                try:
                    found.append((item.name, item.stat(follow_symlinks=False).st_size))
                except FileNotFoundError:
                    continue  # removed while we looked
        return found

    def attributes(self, target: int | str) -> Mapping[str, bytes]:
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
