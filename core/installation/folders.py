"""The folders of a Python environment on disk: its configuration, and where its packages are. Nothing is executed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping

_MAX_BYTES = 16 * 1024
"""The part of a small file that is read: of a script its head, of a pointer its first lines."""


def entries(folder: str) -> list[str]:
    """The names in a folder; empty where it cannot be listed."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


def text_of(file: str) -> str:
    """The beginning of a small file; empty where there is none, or it is no regular file."""
    try:
        if not os.path.isfile(file):  # a pipe would block
            return ""
        with open(file, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read(_MAX_BYTES)
    except OSError:
        return ""


def first_line(file: str) -> str:
    """The first line of a small file; empty where there is none."""
    return text_of(file).partition("\n")[0].strip()


def number(name: str) -> tuple[int, ...]:
    """The order of names with numbers: `python3.9` before `python3.12`."""
    return tuple(map(int, re.findall(r"\d+", name)))


def upward(folder: str, environ: Mapping[str, str]) -> Iterator[str]:
    """A folder and those above it, up to the home directory or the root of the file system."""
    home = environ.get("HOME", "")
    folder = os.path.abspath(folder)
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder or folder == home:
            return
        folder = parent


def pyvenv_config(prefix: str) -> dict[str, str]:
    """The keys of an environment's `pyvenv.cfg`; empty where there is none."""
    pairs = (line.partition("=") for line in text_of(os.path.join(prefix, "pyvenv.cfg")).splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def prefix_of(python: str, cwd: str, environ: Mapping[str, str]) -> str:
    """The environment folder of an interpreter, or of an environment folder itself.

    An interpreter of a virtual environment is a link to the one it was made from, so links are followed only when no
    `pyvenv.cfg` stands beside it.
    """
    path = os.path.expanduser(python)
    if os.sep not in path:
        path = shutil.which(path, path=environ.get("PATH", "")) or path
    path = os.path.join(cwd, path)
    if os.path.isdir(path):
        return path
    for folder in (os.path.dirname(path), os.path.dirname(os.path.dirname(path))):
        if os.path.isfile(os.path.join(folder, "pyvenv.cfg")):
            return folder
    return os.path.dirname(os.path.dirname(os.path.realpath(path)))


def site_packages(prefix: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The folders of an environment that hold packages, in the order of its `sys.path`.

    Folders of another Python than that of the environment, as an upgrade leaves them, are left out. With
    `include-system-site-packages` the packages of the user and those of the Python it was made from follow.
    """
    config = pyvenv_config(prefix)
    version = _python_version(prefix, config)
    yield from _libraries(prefix, version)
    if config.get("include-system-site-packages", "").lower() == "true" and config.get("home"):
        if not environ.get("PYTHONNOUSERSITE"):
            home = os.path.join(environ.get("HOME", ""), ".local")
            yield from _libraries(environ.get("PYTHONUSERBASE") or home, version)
        base = os.path.dirname(os.path.realpath(config["home"]))
        if not os.path.isfile(os.path.join(base, "pyvenv.cfg")):
            yield from _libraries(base, version)


def _libraries(prefix: str, version: str) -> Iterator[str]:
    for library in ("lib", "lib64", "local/lib"):
        names = [name for name in entries(os.path.join(prefix, library)) if name.startswith(("python3", "pypy3"))]
        # `python3` holds the packages of Debian for each Python.
        own = [name for name in names if name in (f"python{version}", f"pypy{version}", "python3")]
        for name in sorted(own or names if version else names, key=number, reverse=True):
            for kind in ("site-packages", "dist-packages"):
                folder = os.path.join(prefix, library, name, kind)
                if os.path.isdir(folder):
                    yield os.path.realpath(folder) if library == "lib64" else folder


def _python_version(prefix: str, config: Mapping[str, str]) -> str:
    """The version of an environment's Python as in `3.12`; empty where neither configuration nor link tells it."""
    stated = re.match(r"3\.\d+", config.get("version") or config.get("version_info") or "")
    if stated is not None:
        return stated[0]
    links = (os.path.realpath(os.path.join(prefix, "bin", name)) for name in ("python3", "python"))
    named = (re.fullmatch(r"(?:python|pypy)(3\.\d+)", os.path.basename(link)) for link in links)
    link = next(filter(None, named), None)
    if link is not None:
        return link[1]
    named = (re.fullmatch(r"(?:python|pypy)(3\.\d+)", name) for name in entries(os.path.join(prefix, "bin")))
    versions = [match[1] for match in named if match is not None]
    return max(versions, key=number, default="")
