"""Pipelex releases that a project's files name: lock files, requirements, `pyproject.toml`. Nothing is executed."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

import tomli

from core.installation.requirements import (
    EXACT,
    PACKAGE,
    VERSION_IN_TAG,
    Pin,
    pins_of_constraint,
    pins_of_lines,
    pins_of_requirement,
    pins_of_source,
)

_MAX_BYTES = 32 * 1024 * 1024
_LOCKED = r'(?m)^name = "pipelex"\r?\nversion = "([^"\n]+)"'
_LOCKED_YAML = r"(?m)^[ -]*name: *[\"']?pipelex[\"']?\n *version: *[\"']?([^\s\"']+)"
_QUOTED = r"""(?i)(["'])(pipelex\s*(?:[\[(=<>~!@;](?:(?!\1).)*)?)\1"""
_CONDA_LINE = r"(?mi)^\s*-\s*[\"']?(?:[\w-]+::)?(pipelex(?:\[[^\]]*\])?\s*[=<>~!@][^#\n\"']*)"
_INCLUDED = r"(?:-r|-c|--requirement|--constraint)(?:\s+|\s*=\s*|(?<=-[rc]))([^\s#]+)"
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class ProjectFiles(Protocol):
    """The files of a project: those of the disk, or of a commit."""

    def names(self, folder: str) -> Sequence[str]:
        """The sorted names in a folder; empty when it cannot be listed."""

    def read(self, path: str, limit: int) -> bytes | str:
        """The first bytes of a regular file; or the reason it cannot be read."""


class _DiskFiles:
    def names(self, folder: str) -> Sequence[str]:
        try:
            return sorted(os.listdir(folder))
        except OSError:
            return []

    def read(self, path: str, limit: int) -> bytes | str:
        try:
            if not os.path.isfile(path):  # a pipe would block
                return "is not a regular file"
            with open(path, "rb") as stream:
                return stream.read(limit)
        except OSError:
            return "cannot be read"


DISK_FILES: Final = _DiskFiles()


def project_pins(project: str, *, home: str, files: ProjectFiles = DISK_FILES) -> tuple[Pin, ...]:
    """What the files of a project say, the strongest statement first: locks, then exact pins, then ranges.

    Of equal strength the nearest to the project folder comes first; folders are read upward to the repository's root
    (`.git`), or without a repository to the nearest `pyproject.toml` below the home. Where they say nothing, the
    folders of packages directly below the project are read (`backend/pyproject.toml`).
    """
    pins = [pin for folder in _folders(project, home, files) for pin in folder_pins(folder, files)]
    if not pins:
        pins = [pin for folder in _package_folders(project, files) for pin in folder_pins(folder, files)]
    return tuple(sorted(pins, key=lambda pin: (not pin.locked, pin.exact is None)))


def _folders(project: str, home: str, files: ProjectFiles) -> list[str]:
    folders: list[str] = []
    package = 0
    folder = os.path.abspath(project)
    while True:
        folders.append(folder)
        if os.path.lexists(os.path.join(folder, ".git")):
            return folders
        parent = os.path.dirname(folder)
        if parent == folder or folder == home:
            return folders[: package or 1]
        if not package and "pyproject.toml" in files.names(folder):
            package = len(folders)
        folder = parent


def _package_folders(project: str, files: ProjectFiles) -> list[str]:
    folders = [os.path.join(project, name) for name in files.names(project) if name[0] not in "._"]
    return [folder for folder in folders if not _OF_PACKAGES.isdisjoint(files.names(folder))]


def folder_pins(folder: str, files: ProjectFiles = DISK_FILES) -> Iterator[Pin]:
    """The pins in the files of one folder."""
    names = files.names(folder)
    for name in (name for name in _READERS if name in names):
        path = os.path.join(folder, name)
        text = _text(path, files)
        if text is not None and PACKAGE in text.lower():
            yield from _in_file(path, _READERS[name](text))
            if name == "pyproject.toml":
                yield from _requirement_files(_dynamic_files(text, folder), files)
    listed = [f"{folder}/{name}" for name in names if _is_requirements(name)]
    if "requirements" in names:
        inside = os.path.join(folder, "requirements")
        listed += [f"{inside}/{name}" for name in files.names(inside) if name.endswith((".txt", ".in"))]
    yield from _requirement_files(listed, files)
    for name in (name for name in names if _is_other_lock(name)):
        path = os.path.join(folder, name)
        reader = _lock if name.endswith(".toml") else pins_of_lines
        for pin in _in_file(path, reader(_text(path, files) or "")):
            yield Pin(pin.file, pin.exact, pin.specifier, locked=True)


def _in_file(path: str, pins: Iterable[Pin]) -> Iterator[Pin]:
    for pin in pins:
        yield Pin(path, pin.exact, pin.specifier, pin.locked)


def _requirement_files(paths: Iterable[str], files: ProjectFiles) -> Iterator[Pin]:
    """The pins of requirements files and of the files that they include."""
    pending = list(paths)
    seen: set[str] = set()
    while pending and len(seen) < _MAX_REQUIREMENT_FILES:
        path = os.path.normpath(pending.pop(0))
        if path in seen:
            continue
        seen.add(path)
        text = _text(path, files) or ""
        yield from _in_file(path, pins_of_lines(text))
        included = (match[1] for line in text.splitlines() if (match := re.match(_INCLUDED, line.strip())))
        pending += [os.path.join(os.path.dirname(path), name) for name in included if "://" not in name]


def _text(path: str, files: ProjectFiles) -> str | None:
    """The text of a regular file as pip reads it: UTF-8, or what its byte order mark says; None without one."""
    data = files.read(path, _MAX_BYTES)
    if isinstance(data, str):
        return None
    mark = next((mark for mark in _BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    text = data[len(mark) :].decode(_BYTE_ORDER_MARKS.get(mark, "utf-8"), "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _table(text: str) -> Mapping[str, object]:
    try:
        return tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError):
        return {}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _named(table: object) -> object:
    """The value of Pipelex in a table of requirements, under any spelling of its name."""
    return next((value for key, value in _mapping(table).items() if key.lower() == PACKAGE), None)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _lock(text: str) -> Iterator[Pin]:
    """`uv.lock`, `poetry.lock`, `pdm.lock` and `pylock.toml`; of several versions for several platforms the newest."""
    versions = [match[1] for match in re.finditer(_LOCKED, text)]
    if not versions:
        table = _table(text)
        packages = [_mapping(item) for key in ("package", "packages") for item in _list(table.get(key))]
        versions = [str(item["version"]) for item in packages if item.get("name") == PACKAGE and "version" in item]
    if versions:
        yield Pin("", exact=max(versions, key=_version_key), locked=True)


def _pipfile_lock(text: str) -> Iterator[Pin]:
    import json

    try:
        table = _mapping(json.loads(text))
    except (ValueError, RecursionError):
        return
    for group in ("default", "develop"):
        entry = _mapping(_named(table.get(group)))
        exact = re.fullmatch(EXACT, str(entry.get("version"))) or re.fullmatch(VERSION_IN_TAG, str(entry.get("ref")))
        if exact is not None:
            yield Pin("", exact=exact[1], locked=True)
            return


def _yaml_lock(text: str) -> Iterator[Pin]:
    """`pixi.lock` and `conda-lock.yml`."""
    versions = re.findall(_LOCKED_YAML, text)
    if versions:
        yield Pin("", exact=max(versions, key=_version_key), locked=True)


def _pyproject(text: str) -> Iterator[Pin]:
    table = _table(text)
    project, tool = _mapping(table.get("project")), _mapping(table.get("tool"))
    poetry, uv = _mapping(tool.get("poetry")), _mapping(tool.get("uv"))
    own_version = project.get("version") or poetry.get("version")
    if PACKAGE in (project.get("name"), poetry.get("name")) and isinstance(own_version, str):
        yield Pin("", exact=own_version)
        return
    sources = _named(uv.get("sources"))
    for source in _list(sources) or [sources]:
        yield from pins_of_source(_mapping(source))
    lines = _list(project.get("dependencies"))
    groups = [
        *(uv.get(f"{kind}-dependencies") for kind in ("dev", "constraint", "override")),
        _mapping(tool.get("rye")).get("dev-dependencies"),
        *_mapping(project.get("optional-dependencies")).values(),
        *_mapping(table.get("dependency-groups")).values(),
    ]
    groups += _mapping(_mapping(tool.get("pdm")).get("dev-dependencies")).values()
    for hatch in map(_mapping, _mapping(_mapping(tool.get("hatch")).get("envs")).values()):
        groups += [hatch.get("dependencies"), hatch.get("extra-dependencies")]
    for line in (line for group in (lines, *groups) for line in _list(group)):
        if isinstance(line, str):
            yield from pins_of_requirement(line)
    tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    tables.append(_mapping(tool.get("pixi")).get("pypi-dependencies"))
    tables += [_mapping(group).get("dependencies") for group in _mapping(poetry.get("group")).values()]
    for dependencies in tables:
        value = _named(dependencies)
        for item in _list(value) or [value]:
            yield from pins_of_constraint(item)


def _dynamic_files(text: str, folder: str) -> Iterator[str]:
    """The requirements files that setuptools reads for `dynamic = ["dependencies"]`."""
    setuptools = _mapping(_mapping(_mapping(_table(text).get("tool")).get("setuptools")).get("dynamic"))
    for entry in (setuptools.get("dependencies"), *_mapping(setuptools.get("optional-dependencies")).values()):
        file = _mapping(entry).get("file")
        yield from (os.path.join(folder, name) for name in _list(file) or [file] if isinstance(name, str))


def _package_tables(text: str) -> Iterator[Pin]:
    """`Pipfile` and `pixi.toml`."""
    table = _table(text)
    for group in ("packages", "dev-packages", "pypi-dependencies"):
        yield from pins_of_constraint(_named(table.get(group)))


def _setup_script(text: str) -> Iterator[Pin]:
    for match in re.finditer(_QUOTED, text):
        yield from pins_of_requirement(match[2])


def _setup_config(text: str) -> Iterator[Pin]:
    for line in text.splitlines():
        yield from pins_of_requirement(line.partition("=")[2] if line.startswith("install_requires") else line)


def _conda(text: str) -> Iterator[Pin]:
    for match in re.finditer(_CONDA_LINE, text):
        # A build may follow the version: `pipelex=0.15.7=py_0`.
        yield from pins_of_requirement(re.sub(r"(?<![=<>~!])=(?!=)([^=]*)(?:=.*)?$", r"==\1", match[1].strip()))


def _version_key(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


_READERS: Mapping[str, Callable[[str], Iterator[Pin]]] = {
    "uv.lock": _lock,
    "poetry.lock": _lock,
    "pdm.lock": _lock,
    "pylock.toml": _lock,
    "Pipfile.lock": _pipfile_lock,
    "pixi.lock": _yaml_lock,
    "conda-lock.yml": _yaml_lock,
    "pyproject.toml": _pyproject,
    "Pipfile": _package_tables,
    "pixi.toml": _package_tables,
    "setup.cfg": _setup_config,
    "setup.py": _setup_script,
    "environment.yml": _conda,
    "environment.yaml": _conda,
}
"""Locks with names of a person's choice: of rye, and those of PEP 751."""
_MAX_REQUIREMENT_FILES = 40
_OF_PACKAGES = frozenset(["pyproject.toml", "requirements.txt", "setup.py", "Pipfile"])
"""The files that tell the folder of a Python package."""


# Without patterns: this runs before the first screen.
def _is_requirements(name: str) -> bool:
    return name.endswith((".txt", ".in")) and ("requirements" in name or "constraints" in name)


def _is_other_lock(name: str) -> bool:
    if name.endswith(".lock"):
        return name.startswith("requirements")
    return name.startswith("pylock.") and name.endswith(".toml") and len(name) > len("pylock..toml")
