"""Python environments on disk: which one will run Pipelex for a project. Nothing of an environment is executed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from enum import StrEnum

from core.installation.folders import (
    entries,
    first_line,
    number,
    prefix_of,
    pyvenv_config,
    site_packages,
    text_of,
    upward,
)
from core.records import dataclass

VENV_FOLDERS = (".venv", "venv", "env", ".pixi/envs/default", ".conda", ".devenv/state/venv")
"""Folders of a project's own environment, in the order in which they are tried."""


class Origin(StrEnum):
    """The place that named an environment."""

    OPTION = "--python"
    VIRTUAL_ENV = "$VIRTUAL_ENV"
    PROJECT = "project"
    CONDA = "$CONDA_PREFIX"
    PATH = "PATH"
    PYTHONPATH = "$PYTHONPATH"


@dataclass(frozen=True, slots=True)
class PythonEnvironment:
    """A Python environment: its folder, the place that named it, and the folders that hold its packages."""

    prefix: str
    origin: Origin
    site_packages: tuple[str, ...]

    @property
    def manager(self) -> str:
        """The tool that made the environment: `pipx`, `pdm`, `pixi`, `uv tool`, `uv`, `pip` or `pip --target`."""
        if self.origin is Origin.PYTHONPATH:
            return "pip --target"
        folders = self.prefix.split("/")
        if "pipx" in folders[:-1] or os.path.exists(os.path.join(self.prefix, "pipx_metadata.json")):
            return "pipx"
        if "__pypackages__" in folders:
            return "pdm"
        if ".pixi" in folders:
            return "pixi"
        if folders[-3:-1] == ["uv", "tools"] or os.path.exists(os.path.join(self.prefix, "uv-receipt.toml")):
            return "uv tool"
        return "uv" if "uv" in pyvenv_config(self.prefix) else "pip"


def python_environments(
    project: str, *, cwd: str, environ: Mapping[str, str], python: str | None = None
) -> Iterator[PythonEnvironment]:
    """The environments that may run Pipelex for a project, the first choice first.

    `python` is an interpreter or an environment folder and, when named, the only candidate. Otherwise: `$VIRTUAL_ENV`,
    then from the project folder upward to the home directory the folder that `$UV_PROJECT_ENVIRONMENT` or `.pdm-python`
    names, those of `VENV_FOLDERS` and of direnv, those that Poetry, Pipenv, Hatch and conda keep elsewhere, and
    `__pypackages__` of PDM; then the active environment of conda, that of the `pipelex` command on `$PATH`, and the
    folders of `$PYTHONPATH`, which also precede the packages of each other. A folder that is no Python environment is
    left out.
    """
    if python is not None:
        yield from _environment(prefix_of(python, cwd, environ), Origin.OPTION, environ)
        return
    active = environ.get("VIRTUAL_ENV")
    if active:
        yield from _environment(os.path.join(cwd, active), Origin.VIRTUAL_ENV, environ)
    of_uv = environ.get("UV_PROJECT_ENVIRONMENT", "")
    for folder in upward(project, environ):
        for name in filter(None, (of_uv, *VENV_FOLDERS)):
            yield from _environment(os.path.join(folder, name), Origin.PROJECT, environ)
        if of_pdm := first_line(os.path.join(folder, ".pdm-python")) or _older_pointer_of_pdm(folder):
            yield from _environment(prefix_of(of_pdm, folder, environ), Origin.PROJECT, environ)
        for prefix in _kept_elsewhere(folder, environ):
            yield from _environment(prefix, Origin.PROJECT, environ)
        yield from _local_packages(os.path.join(folder, "__pypackages__"))
    if of_conda := environ.get("CONDA_PREFIX"):
        yield from _environment(of_conda, Origin.CONDA, environ)
    if script := shutil.which("pipelex", path=environ.get("PATH", "")):
        # Not imported at the start where there is no command.
        from core.installation.path_command import command_environments

        for prefix, folders in command_environments(os.path.join(cwd, script), cwd, environ):
            yield from _environment(prefix, Origin.PATH, environ, folders)
    if folders := python_path(cwd, environ):
        yield PythonEnvironment(folders[0], Origin.PYTHONPATH, folders)


def python_path(cwd: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The folders of `$PYTHONPATH`, which Python searches before those of its environment."""
    names = filter(None, environ.get("PYTHONPATH", "").split(os.pathsep))
    return tuple(folder for name in names if os.path.isdir(folder := os.path.join(cwd, name)))


def _kept_elsewhere(folder: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The environments of a project that direnv, Poetry, Pipenv, Hatch and conda keep, the newest Python first.

    Their names have a digest of the project's path: `shop-2hX7bQ0a-py3.12`, `shop-Qd91mx_2`, `shop/2hX7bQ0a/shop`
    (poetry 2.5, pipenv 2026.10, hatch 1.18). A file `.venv` names a folder (PEP 832), or that of Pipenv. Conda keeps a
    list of its environments, of which `environment.yml` states the name.
    """
    home = environ.get("HOME", "")
    data = environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    cache = environ.get("POETRY_CACHE_DIR") or os.path.join(
        environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache"), "pypoetry"
    )
    of_poetry = environ.get("POETRY_VIRTUALENVS_PATH") or os.path.join(cache, "virtualenvs")
    of_pipenv = environ.get("WORKON_HOME") or os.path.join(data, "virtualenvs")
    of_hatch = os.path.join(environ.get("HATCH_DATA_DIR") or os.path.join(data, "hatch"), "env", "virtual")
    of_direnv = os.path.join(folder, ".direnv")
    yield from (os.path.join(of_direnv, name) for name in sorted(entries(of_direnv), key=number, reverse=True))
    if named := first_line(os.path.join(folder, ".venv")):
        yield os.path.join(folder, named)
        yield os.path.join(of_pipenv, named)
    for parent, file in ((of_poetry, ""), (of_pipenv, "Pipfile")):
        if names := sorted(entries(parent), reverse=True):
            mark = f"-{_digest(os.path.join(folder, file) if file else os.path.realpath(folder))}"
            yield from (os.path.join(parent, name) for name in names if mark in name)
    for name in entries(of_hatch):
        inside = os.path.join(of_hatch, name, _digest(os.path.realpath(folder)))
        # The environment `default` has the name of the project.
        yield from (os.path.join(inside, env) for env in sorted(entries(inside), key=lambda env: env != name))
    yield from _of_conda(folder, home)


def _of_conda(folder: str, home: str) -> Iterator[str]:
    known = text_of(os.path.join(home, ".conda", "environments.txt")).split("\n")
    for file in ("environment.yml", "environment.yaml") if any(known) else ():
        if stated := re.search(r"(?m)^name:[ \t]*[\"']?([\w.-]+)", text_of(os.path.join(folder, file))):
            yield from (path for path in known if os.path.basename(path) == stated[1])


def _older_pointer_of_pdm(folder: str) -> str:
    found = re.search(r'(?m)^path = "([^"\n]+)"', text_of(os.path.join(folder, ".pdm.toml")))
    return found[1] if found is not None else ""


def _digest(path: str) -> str:
    """The digest of a path in the names of environments."""
    # Imported for the rare project without an environment of its own.
    import base64
    import hashlib

    return base64.urlsafe_b64encode(hashlib.sha256(os.fsencode(path)).digest()).decode()[:8]


def _local_packages(folder: str) -> Iterator[PythonEnvironment]:
    """The packages that PDM keeps in a project by version of Python (PEP 582), the newest first."""
    for name in sorted(entries(folder), key=number, reverse=True):
        prefix = os.path.join(folder, name)
        if os.path.isdir(os.path.join(prefix, "lib")):
            yield PythonEnvironment(prefix, Origin.PROJECT, (os.path.join(prefix, "lib"),))


def _environment(
    prefix: str, origin: Origin, environ: Mapping[str, str], more: tuple[str, ...] = ()
) -> Iterator[PythonEnvironment]:
    prefix = os.path.abspath(os.path.expanduser(prefix))
    folders = tuple(dict.fromkeys((*site_packages(prefix, environ), *more)))
    if folders:
        yield PythonEnvironment(prefix, origin, folders)
