"""Python environments on disk: which one will run Pipelex for a project. Nothing of an environment is executed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from enum import StrEnum

from core.records import dataclass

VENV_FOLDERS = (".venv", "venv", "env")
"""Folder names of a project's own environment, in the order in which they are tried."""

_SHEBANG = rb"#!\s*(?:\"([^\"]+)\"|(\S+))"
_EXEC_LINE = rb"'''exec' (?:\"([^\"]+)\"|(\S+)) "
"""The second line of a script whose interpreter path is too long, or has blanks: `#!/bin/sh` is its first."""
_MAX_SCRIPT_HEAD = 4096


class Origin(StrEnum):
    """The place that named an environment."""

    OPTION = "--python"
    VIRTUAL_ENV = "$VIRTUAL_ENV"
    PROJECT = "project"
    CONDA = "$CONDA_PREFIX"
    PATH = "PATH"


@dataclass(frozen=True, slots=True)
class PythonEnvironment:
    """A Python environment: its folder, the place that named it, and the folders that hold its packages."""

    prefix: str
    origin: Origin
    site_packages: tuple[str, ...]

    @property
    def manager(self) -> str:
        """The tool that made the environment: `pipx`, `uv tool`, `uv` or `pip`."""
        folders = self.prefix.split("/")
        if "pipx" in folders[:-1]:
            return "pipx"
        if folders[-3:-1] == ["uv", "tools"]:
            return "uv tool"
        return "uv" if "uv" in _pyvenv_config(self.prefix) else "pip"


def python_environments(
    project: str, *, cwd: str, environ: Mapping[str, str], python: str | None = None
) -> Iterator[PythonEnvironment]:
    """The environments that may run Pipelex for a project, the first choice first.

    `python` is an interpreter or an environment folder and, when named, the only candidate. Otherwise: `$VIRTUAL_ENV`,
    then from the project folder upward to the home directory the folder that `$UV_PROJECT_ENVIRONMENT` or `.pdm-python`
    names, `.venv`, `venv` and `env`, then the active environment of conda, and that of the `pipelex` command on `$PATH`
    (a script of a virtual environment, `uv tool` or `pipx`). A folder that is no Python environment is left out.
    """
    if python is not None:
        yield from _environment(_prefix_of(python, cwd, environ), Origin.OPTION)
        return
    active = environ.get("VIRTUAL_ENV")
    if active:
        yield from _environment(os.path.join(cwd, active), Origin.VIRTUAL_ENV)
    of_uv = environ.get("UV_PROJECT_ENVIRONMENT", "")
    for folder in _upward(project, environ):
        for name in filter(None, (of_uv, *VENV_FOLDERS)):
            yield from _environment(os.path.join(folder, name), Origin.PROJECT)
        if of_pdm := _first_line(os.path.join(folder, ".pdm-python")):
            yield from _environment(_prefix_of(of_pdm, folder, environ), Origin.PROJECT)
    if of_conda := environ.get("CONDA_PREFIX"):
        yield from _environment(of_conda, Origin.CONDA)
    script = shutil.which("pipelex", path=environ.get("PATH", ""))
    interpreter = _interpreter_of_script(os.path.join(cwd, script), environ) if script else None
    if script and interpreter:
        prefix = _prefix_of(interpreter, cwd, environ)
        yield from _environment(prefix, Origin.PATH)
        # `pip install --user` writes into `~/.local/bin` and `~/.local/lib`, for an interpreter elsewhere.
        user = os.path.dirname(os.path.dirname(os.path.join(cwd, script)))
        if user != prefix:
            yield from _environment(user, Origin.PATH)


def _upward(project: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The project folder and those above it, up to the home directory or the root of the file system."""
    home = environ.get("HOME", "")
    folder = os.path.abspath(project)
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder or folder == home:
            return
        folder = parent


def _environment(prefix: str, origin: Origin) -> Iterator[PythonEnvironment]:
    prefix = os.path.abspath(os.path.expanduser(prefix))
    folders = tuple(dict.fromkeys(_site_packages(prefix)))
    if folders:
        yield PythonEnvironment(prefix, origin, folders)


def _prefix_of(python: str, cwd: str, environ: Mapping[str, str]) -> str:
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


def _interpreter_of_script(script: str, environ: Mapping[str, str]) -> str | None:
    """The Python interpreter in the first line of a script, or None."""
    try:
        with open(script, "rb") as stream:
            head = stream.read(_MAX_SCRIPT_HEAD)
    except OSError:
        return None
    first, _, remaining = head.partition(b"\n")
    match = re.match(_SHEBANG, first)
    if match is None:
        return None
    interpreter = os.fsdecode(match[1] or match[2])
    if os.path.basename(interpreter) == "sh":
        match = re.match(_EXEC_LINE, remaining)
        interpreter = os.fsdecode(match[1] or match[2]) if match is not None else ""
    if os.path.basename(interpreter) == "env":
        name = os.fsdecode(first[match.end() :].strip()) if match is not None else ""
        interpreter = shutil.which(name, path=environ.get("PATH", "")) or ""
    return interpreter if "python" in os.path.basename(interpreter) else None


def _first_line(file: str) -> str:
    """The first line of a small file; empty where there is none."""
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            return stream.readline(_MAX_SCRIPT_HEAD).strip()
    except OSError:
        return ""


def _site_packages(prefix: str) -> Iterator[str]:
    """The folders of an environment that hold packages, in the order of its `sys.path`."""
    config = _pyvenv_config(prefix)
    for library in ("lib", "lib64", "local/lib"):
        for name in sorted(_entries(os.path.join(prefix, library)), reverse=True):
            if name.startswith(("python3", "pypy3")):
                for kind in ("site-packages", "dist-packages"):
                    folder = os.path.join(prefix, library, name, kind)
                    if os.path.isdir(folder):
                        yield os.path.realpath(folder) if library == "lib64" else folder
    if config.get("include-system-site-packages", "").lower() == "true" and config.get("home"):
        base = os.path.dirname(os.path.realpath(config["home"]))
        if not os.path.isfile(os.path.join(base, "pyvenv.cfg")):
            yield from _site_packages(base)


def _entries(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _pyvenv_config(prefix: str) -> dict[str, str]:
    """The keys of an environment's `pyvenv.cfg`; empty where there is none."""
    try:
        with open(os.path.join(prefix, "pyvenv.cfg"), encoding="utf-8", errors="replace") as stream:
            lines = stream.read(_MAX_SCRIPT_HEAD).splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}
