"""System calls of the store behind one interface, so that tests can fail any of them, and helpers for whole files."""

from __future__ import annotations

import contextlib
import errno
import fcntl
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
        """Write and return the number of bytes written, which may be fewer than requested."""
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

    def symlink(self, target: str, path: str) -> None:
        """Make a symbolic link; raises FileExistsError when the name exists."""
        os.symlink(target, path)

    def readlink(self, path: str) -> str:
        return os.readlink(path)

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
"""In place of a content hash: no such file."""

UNREADABLE: Final = "unreadable"
"""In place of a content hash: a file that may be there and could not be read."""

_CHUNK: Final = 1 << 20
_UNSYNCABLE: Final = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)


def content_hash(content: bytes) -> str:
    """The SHA-256 of a file's bytes in hexadecimal, which identifies its version."""
    import hashlib  # with OpenSSL, 0.6 MiB: for commits only

    return hashlib.sha256(content).hexdigest()


@contextlib.contextmanager
def opened(disk: Disk, path: str, flags: int, mode: int = 0o600) -> Iterator[int]:
    """An open file descriptor, closed at the end."""
    fd = disk.open(path, flags, mode)
    try:
        yield fd
    finally:
        disk.close(fd)


def read_open(disk: Disk, fd: int) -> bytes:
    """The rest of an open file."""
    chunks: list[bytes] = []
    while chunk := disk.read(fd, _CHUNK):
        chunks.append(chunk)
    return b"".join(chunks)


def read_whole(disk: Disk, path: str, *, follow: bool = False) -> bytes:
    """All bytes of a file. Raises OSError, also for a symbolic link unless `follow`."""
    # Without O_NONBLOCK, a fifo in place of a file would block forever.
    flags = os.O_RDONLY | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW)
    with opened(disk, path, flags) as fd:
        return read_open(disk, fd)


def hash_now(disk: Disk, path: str, *, follow: bool = False) -> str:
    """The hash of the current content, or ABSENT. Raises OSError when it cannot be read."""
    try:
        return content_hash(read_whole(disk, path, follow=follow))
    except FileNotFoundError:
        return ABSENT


def write_open(disk: Disk, fd: int, content: bytes) -> None:
    """Write all bytes, in as many calls as needed."""
    remaining = memoryview(content)
    while remaining:
        written = disk.write(fd, remaining)
        if written <= 0:
            raise OSError(errno.EIO, "no bytes were written")
        remaining = remaining[written:]


def write_new(disk: Disk, path: str, content: bytes, *, durable: bool) -> None:
    """Write a private file, 0600, overwriting an existing one in place (never through a link)."""
    with opened(disk, path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW) as fd:
        write_open(disk, fd, content)
        if durable:
            disk.fsync(fd)


def replace_private(disk: Disk, path: str, content: bytes, *, durable: bool = False) -> None:
    """Write a private file, 0600, atomically: readers see the old or the new content."""
    temporary = f"{path}.{os.getpid()}.new"
    try:
        write_new(disk, temporary, content, durable=durable)
        disk.rename(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            remove(disk, temporary)
        raise


def sync_folder(disk: Disk, folder: str) -> None:
    """Make the entries of a folder durable. Does nothing on file systems without that call."""
    with opened(disk, folder, os.O_RDONLY | os.O_DIRECTORY) as fd:
        try:
            disk.fsync(fd)
        except OSError as error:
            if error.errno not in _UNSYNCABLE:
                raise


def remove(disk: Disk, path: str) -> None:
    """Remove a file if it exists."""
    with contextlib.suppress(FileNotFoundError):
        disk.unlink(path)


def remove_folder(disk: Disk, path: str) -> None:
    """Remove a folder if it exists and is empty."""
    try:
        disk.rmdir(path)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST):
            raise


def exists(disk: Disk, path: str) -> bool:
    """Whether a path exists, dangling links included."""
    try:
        disk.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def make_private_folder(disk: Disk, path: str) -> None:
    """Create a folder and its missing parents, for this user only. Raises OSError."""
    try:
        disk.mkdir(path, 0o700)
    except FileExistsError:
        return
    except FileNotFoundError:
        make_private_folder(disk, os.path.dirname(path))
        with contextlib.suppress(FileExistsError):
            disk.mkdir(path, 0o700)


def shown_path(root: str, path: str) -> str:
    """The display path: relative inside of the tree."""
    inside = path.startswith(root.rstrip("/") + "/")
    return os.path.relpath(path, root) if inside else path
