"""Slow or failing storage for a child process: system calls below a folder wait, fail, or end the process.

With a C compiler a preloaded library stands before the calls of the whole process, Python's own included. Without one
the functions of `os` do, which the store uses.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

KILL: Final = 0
"""In place of an error number: the process ends there, as after `kill -9`."""

_LIBRARY: Final = "PIPEDECK_TEST_STORAGE"

_SOURCE: Final = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char below[4096];
static long delay_us, left, renames_only;
static int code;
static unsigned char ours[65536];

void storage_set(const char *folder, long us, long call, int error, int renames)
{
    strncpy(below, folder, sizeof below - 1);
    delay_us = us; left = call; code = error; renames_only = renames;
}
long storage_left(void) { return left; }

static int fails(int inside, int is_rename)
{
    if (!inside || !below[0]) return 0;
    if (delay_us) usleep(delay_us);
    if ((renames_only && !is_rename) || left <= 0 || --left) return 0;
    if (!code) kill(getpid(), SIGKILL);
    errno = code;
    return 1;
}
static int inside(const char *path) { return below[0] && !strncmp(path, below, strlen(below)); }
static int mine(int fd) { return fd >= 0 && fd < 65536 && ours[fd]; }

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)
#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); va_list list; va_start(list, flags); int mode = va_arg(list, int); va_end(list); \
        if (fails(inside(path), 0)) return -1; \
        int fd = real(path, flags, mode); \
        if (fd >= 0 && fd < 65536) ours[fd] = inside(path); \
        return fd; }
OPEN(open)
OPEN(open64)
#define ONE(name, type, argument, check) \
    int name(type argument) { REAL(name); if (fails(check, 0)) return -1; return real(argument); }
ONE(unlink, const char *, path, inside(path))
ONE(rmdir, const char *, path, inside(path))
ONE(fsync, int, fd, mine(fd))
int close(int fd) { REAL(close); if (fd >= 0 && fd < 65536) ours[fd] = 0; return real(fd); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); return fails(inside(path), 0) ? -1 : real(path, mode); }
int rename(const char *a, const char *b) { REAL(rename); return fails(inside(b), 1) ? -1 : real(a, b); }
int link(const char *a, const char *b) { REAL(link); return fails(inside(b), 0) ? -1 : real(a, b); }
int symlink(const char *a, const char *b) { REAL(symlink); return fails(inside(b), 0) ? -1 : real(a, b); }
int fchmod(int fd, mode_t mode) { REAL(fchmod); return fails(mine(fd), 0) ? -1 : real(fd, mode); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); return fails(mine(fd), 0) ? -1 : real(fd, n); }
ssize_t write(int fd, const void *data, size_t n) { REAL(write); return fails(mine(fd), 0) ? -1 : real(fd, data, n); }
"""

_CALLS: Final = (
    "open",
    "unlink",
    "rmdir",
    "fsync",
    "mkdir",
    "rename",
    "link",
    "symlink",
    "fchmod",
    "ftruncate",
    "write",
)


def run_preloaded(module: str, arguments: list[str], folder: Path) -> int:
    """Run a module in a new process with the library, if there is a compiler; its exit status."""
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is not None and sys.platform == "linux":
        library = folder / "storage.so"
        (folder / "storage.c").write_text(_SOURCE)
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(folder / "storage.c"), "-ldl"]
        subprocess.run(command, check=True, capture_output=True)
        environ |= {"LD_PRELOAD": str(library), _LIBRARY: str(library)}
    return subprocess.run([sys.executable, "-m", module, *arguments], env=environ, check=False).returncode


def set_storage(
    folder: Path, *, delay_ms: float = 0, call: int = 0, error: int = KILL, renames_only: bool = False
) -> Callable[[], int]:
    """Make this process's storage below a folder slow, and let its n-th call there (from 1) fail or end the process.

    Returns a function that tells how many calls are left until then; 0 or less: it has happened.
    """
    prefix = os.path.realpath(folder)
    if _LIBRARY not in os.environ:
        return _patch_os(prefix, delay_ms, call, error, renames_only)
    library = ctypes.CDLL(os.environ[_LIBRARY])
    library.storage_set(
        os.fsencode(prefix), ctypes.c_long(round(delay_ms * 1000)), ctypes.c_long(call), error, renames_only
    )
    return lambda: int(library.storage_left())


def _patch_os(prefix: str, delay_ms: float, call: int, error: int, renames_only: bool) -> Callable[[], int]:
    left = [call]

    def patched(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def function(*arguments: Any, **options: Any) -> Any:
            paths = [argument for argument in arguments[:2] if isinstance(argument, str)]
            if not paths or paths[-1].startswith(prefix):
                time.sleep(delay_ms / 1000)
                if not renames_only or name == "rename":
                    left[0] -= 1
                    if left[0] == 0 and error == KILL:
                        os.kill(os.getpid(), signal.SIGKILL)
                    elif left[0] == 0:
                        raise OSError(error, os.strerror(error))
            return real(*arguments, **options)

        return function

    for name in _CALLS:
        setattr(os, name, patched(name))
    return lambda: left[0]
