"""Python environments on disk: which one will run Pipelex for a project. Nothing of an environment is executed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from enum import StrEnum

from core.records import dataclass

VENV_FOLDERS = (".venv", "venv", "env", ".pixi/envs/default", ".conda")
"""Folders of a project's own environment, in the order in which they are tried."""

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
        """The tool that made the environment: `pipx`, `pdm`, `pixi`, `uv tool`, `uv` or `pip`."""
        folders = self.prefix.split("/")
        if "pipx" in folders[:-1]:
            return "pipx"
        if "__pypackages__" in folders:
            return "pdm"
        if ".pixi" in folders:
            return "pixi"
        if folders[-3:-1] == ["uv", "tools"]:
            return "uv tool"
        return "uv" if "uv" in _pyvenv_config(self.prefix) else "pip"


def python_environments(
    project: str, *, cwd: str, environ: Mapping[str, str], python: str | None = None
) -> Iterator[PythonEnvironment]:
    """The environments that may run Pipelex for a project, the first choice first.

    `python` is an interpreter or an environment folder and, when named, the only candidate. Otherwise: `$VIRTUAL_ENV`,
    then from the project folder upward to the home directory the folder that `$UV_PROJECT_ENVIRONMENT` or `.pdm-python`
    names, those of `VENV_FOLDERS`, those that Poetry, Pipenv and Hatch keep elsewhere, and `__pypackages__` of PDM;
    then the active environment of conda, and that of the `pipelex` command on `$PATH` (a script of a virtual
    environment, `uv tool`, `pipx` or pyenv). A folder that is no Python environment is left out.
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
        for prefix in _kept_elsewhere(folder, environ):
            yield from _environment(prefix, Origin.PROJECT)
        yield from _local_packages(os.path.join(folder, "__pypackages__"))
    if of_conda := environ.get("CONDA_PREFIX"):
        yield from _environment(of_conda, Origin.CONDA)
    script = shutil.which("pipelex", path=environ.get("PATH", ""))
    if script and os.path.dirname(script) == os.path.join(_pyenv_root(environ), "shims"):
        yield from _of_pyenv(cwd, environ)
        return
    interpreter = _interpreter_of_script(os.path.join(cwd, script), environ) if script else None
    if script and interpreter:
        prefix = _prefix_of(interpreter, cwd, environ)
        yield from _environment(prefix, Origin.PATH)
        # `pip install --user` writes into `~/.local/bin` and `~/.local/lib`, for an interpreter elsewhere.
        user = os.path.dirname(os.path.dirname(os.path.join(cwd, script)))
        if user != prefix:
            yield from _environment(user, Origin.PATH)


def _kept_elsewhere(folder: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The environments of a project that Poetry, Pipenv and Hatch keep below the home, the newest Python first.

    Their names have a digest of the project's path: `shop-2hX7bQ0a-py3.12`, `shop-Qd91mx_2`, `shop/2hX7bQ0a/shop`
    (poetry 2.5, pipenv 2026.10, hatch 1.18). A file `.venv` names that of Pipenv.
    """
    home = environ.get("HOME", "")
    data = environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    cache = environ.get("POETRY_CACHE_DIR") or os.path.join(
        environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache"), "pypoetry"
    )
    of_poetry = environ.get("POETRY_VIRTUALENVS_PATH") or os.path.join(cache, "virtualenvs")
    of_pipenv = environ.get("WORKON_HOME") or os.path.join(data, "virtualenvs")
    of_hatch = os.path.join(environ.get("HATCH_DATA_DIR") or os.path.join(data, "hatch"), "env", "virtual")
    if named := _first_line(os.path.join(folder, ".venv")):
        yield os.path.join(folder if os.sep in named else of_pipenv, named)
    for parent, file in ((of_poetry, ""), (of_pipenv, "Pipfile")):
        if names := sorted(_entries(parent), reverse=True):
            mark = f"-{_digest(os.path.join(folder, file) if file else os.path.realpath(folder))}"
            yield from (os.path.join(parent, name) for name in names if mark in name)
    for name in _entries(of_hatch):
        inside = os.path.join(of_hatch, name, _digest(os.path.realpath(folder)))
        # The environment `default` has the name of the project.
        yield from (os.path.join(inside, env) for env in sorted(_entries(inside), key=lambda env: env != name))


def _digest(path: str) -> str:
    """The digest of a path in the names of environments."""
    # Imported for the rare project without an environment of its own.
    import base64
    import hashlib

    return base64.urlsafe_b64encode(hashlib.sha256(os.fsencode(path)).digest()).decode()[:8]


def _local_packages(folder: str) -> Iterator[PythonEnvironment]:
    """The packages that PDM keeps in a project by version of Python (PEP 582), the newest first."""
    for name in sorted(_entries(folder), key=_number, reverse=True):
        prefix = os.path.join(folder, name)
        if os.path.isdir(os.path.join(prefix, "lib")):
            yield PythonEnvironment(prefix, Origin.PROJECT, (os.path.join(prefix, "lib"),))


def _number(name: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", name)))


def _pyenv_root(environ: Mapping[str, str]) -> str:
    return environ.get("PYENV_ROOT") or os.path.join(environ.get("HOME", ""), ".pyenv")


def _of_pyenv(cwd: str, environ: Mapping[str, str]) -> Iterator[PythonEnvironment]:
    """The Python that a shim of pyenv starts: that of `$PYENV_VERSION`, `.python-version` or the global `version`."""
    root = _pyenv_root(environ)
    files = (os.path.join(folder, ".python-version") for folder in _upward(cwd, environ))
    named = environ.get("PYENV_VERSION", "").partition(":")[0] or next(
        filter(None, map(_first_line, (*files, os.path.join(root, "version")))), ""
    )
    versions = os.path.join(root, "versions")
    names = [name for name in _entries(versions) if name == named or name.startswith(f"{named}.")]
    for name in sorted(names, key=_number, reverse=True) if named else ():
        yield from _environment(os.path.join(versions, name), Origin.PATH)


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
