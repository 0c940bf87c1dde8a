"""Pipelex releases that a project's files name: lock files, requirements, `pyproject.toml`. Nothing is executed."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Final, Protocol

from core.installation.requirements import PACKAGE, Pin, holding, pins_of_lines, release_key

_MAX_BYTES = 32 * 1024 * 1024
_INCLUDED = r"(?:-\s+)?(?:-r|-c|--requirement|--constraint)(?:\s+|\s*=\s*|(?<=-[rc]))([^\s#]+)"
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
    """The pins of a project's files, the strongest first: locks, then exact pins, then ranges.

    Of equal strength the nearest to the project folder comes first; folders are read upward to the repository's root
    (`.git`), or without a repository to the nearest `pyproject.toml`, or uv workspace, below the home; tools and images
    (`mise.toml`, `Dockerfile`) come after manifests. Where they name no release, the scripts of the project count, then
    the folders of packages directly below it (`backend/pyproject.toml`), and then workflows, tasks and notebooks.
    """
    pins = _of_folders(_folders(project, home, files), files)
    if not _names_release(pins):
        pins += _script_pins(project, files)
    if not _names_release(pins):
        pins += _of_folders(_package_folders(project, files), files)
    if not _names_release(pins):
        pins += _command_pins(project, files, tasks=True)
    return tuple(sorted(pins, key=lambda pin: (not pin.locked, pin.exact is None)))


def _of_folders(folders: Sequence[str], files: ProjectFiles) -> list[Pin]:
    stated = [pin for folder in folders for pin in folder_pins(folder, files)]
    return stated + [pin for folder in folders for pin in _command_pins(folder, files)]


def _names_release(pins: Iterable[Pin]) -> bool:
    return any(pin.exact or pin.specifier for pin in pins)


def _folders(project: str, home: str, files: ProjectFiles) -> list[str]:
    folders: list[str] = []
    last = 0
    folder = os.path.abspath(project)
    while True:
        folders.append(folder)
        if os.path.lexists(os.path.join(folder, ".git")):
            return folders
        parent = os.path.dirname(folder)
        if parent == folder or folder == home:
            return folders[: last or 1]
        if "pyproject.toml" in (names := files.names(folder)):
            workspace = last and "uv.lock" in names and _WORKSPACE in _text(f"{folder}/pyproject.toml", files)
            last = len(folders) if workspace or not last else last
        folder = parent


_WORKSPACE: Final = "[tool.uv.workspace]"


def _package_folders(project: str, files: ProjectFiles) -> list[str]:
    folders = [os.path.join(project, name) for name in files.names(project) if name[0] not in "._"]
    return [folder for folder in folders if not _OF_PACKAGES.isdisjoint(files.names(folder))]


def folder_pins(folder: str, files: ProjectFiles = DISK_FILES) -> Iterator[Pin]:
    """The pins in the files of one folder."""
    names = files.names(folder)
    python = _python_version(folder, files) if ".python-version" in names else ""
    texts = {name: _text(os.path.join(folder, name), files) for name in names if re.fullmatch(_STATEMENTS, name)}
    if any(re.search(_NAMES_PIPELEX, text) for text in texts.values()):
        yield from _stated(folder, texts, files, python)
    listed = [f"{folder}/{name}" for name in names if re.fullmatch(_REQUIREMENTS, name)]
    if "requirements" in names:
        inside = os.path.join(folder, "requirements")
        listed += [f"{inside}/{name}" for name in files.names(inside) if name.endswith((".txt", ".in"))]
        for path in (f"{inside}/{name}" for name in files.names(inside) if name.endswith(".lock")):
            yield from _in_file(path, (replace(pin, locked=True) for pin in pins_of_lines(_text(path, files))), python)
    yield from _requirement_files(listed, files, python)


def _stated(folder: str, texts: Mapping[str, str], files: ProjectFiles, python: str) -> Iterator[Pin]:
    """The pins of locks and manifests, the locks first."""
    # Not imported before the first frame of a project that names no release.
    from core.installation import manifests

    for name, reader in manifests.readers_of(texts):
        text = texts[name]
        if reader is manifests.pins_of_conda:
            yield from _requirement_files(_included(text, folder), files, python)
        if PACKAGE in text.lower():
            yield from _in_file(os.path.join(folder, name), reader(text), python)
        if name == "pyproject.toml":
            yield from _requirement_files(manifests.requirement_files_of(text, folder), files, python)
            for source in _expanded(manifests.source_folders_of(text, folder), files):
                yield from _own_version(source, files)


def _python_version(folder: str, files: ProjectFiles) -> str:
    """The version of Python in `.python-version`, of uv and pyenv; empty where it is none."""
    found = re.search(r"\d+\.\d+(?:\.\d+)?", _text(os.path.join(folder, ".python-version"), files))
    return found[0] if found is not None else ""


def _in_file(path: str, pins: Iterable[Pin], python: str = "") -> Iterator[Pin]:
    """The pins of a file that hold; of several locked versions the newest."""
    found = holding(pins, python)
    if found and all(pin.locked and pin.exact for pin in found):
        found = [max(found, key=lambda pin: release_key(pin.exact or ""))]
    for pin in found:
        yield Pin(path, pin.exact, pin.specifier, pin.locked)


def _expanded(patterns: Iterable[str], files: ProjectFiles) -> Iterator[str]:
    """The folders of patterns with `*` in their last part."""
    for pattern in patterns:
        parent, last = os.path.split(pattern)
        names = [name for name in files.names(parent) if fnmatchcase(name, last)] if "*" in last else [last]
        yield from (os.path.join(parent, name) for name in names)


def _own_version(folder: str, files: ProjectFiles) -> Iterator[Pin]:
    """The version of Pipelex itself, if its source is in a folder."""
    path = os.path.join(folder, "pyproject.toml")
    from core.installation.manifests import pins_of_pyproject

    text = _text(path, files)
    if re.search(r"""(?m)^name\s*=\s*["']pipelex["']""", text):
        yield from _in_file(path, pins_of_pyproject(text))


def _script_pins(project: str, files: ProjectFiles) -> Iterator[Pin]:
    """The pins of scripts with their own dependencies (PEP 723), and of their locks."""
    names = files.names(project)
    for name in [name for name in names if name.endswith(".py")][:_MAX_SCRIPTS]:
        path = os.path.join(project, name)
        text = _text(path, files, _MAX_SCRIPT_BYTES)
        if PACKAGE in text and "# /// script" in text:
            from core.installation.manifests import pins_of_lock, pins_of_script

            yield from _in_file(path, pins_of_script(text))
            if f"{name}.lock" in names:
                yield from _in_file(f"{path}.lock", pins_of_lock(_text(f"{path}.lock", files)))


def _command_pins(folder: str, files: ProjectFiles, *, tasks: bool = False) -> Iterator[Pin]:
    """The pins of tools and images of one folder, or of its `tasks`."""
    names = files.names(folder)
    nested = [inside for inside in _NESTED if inside.partition("/")[0] in names]
    paths = [*names, *(f"{inside}/{name}" for inside in nested for name in files.names(f"{folder}/{inside}"))]
    pattern = _TASK_FILES if tasks else _TOOL_FILES
    for path in [path for path in paths if re.fullmatch(pattern, path)][:_MAX_SCRIPTS]:
        text = _text(os.path.join(folder, path), files, _MAX_COMMAND_BYTES)
        if PACKAGE in text.lower():
            # Not imported before the first frame of a project that names no release.
            from core.installation.commands import pins_of_file

            yield from _in_file(os.path.join(folder, path), pins_of_file(path, text))


def _requirement_files(paths: Iterable[str], files: ProjectFiles, python: str) -> Iterator[Pin]:
    """The pins of requirements files and of the files that they include."""
    pending = list(paths)
    seen: set[str] = set()
    while pending and len(seen) < _MAX_REQUIREMENT_FILES:
        path = os.path.normpath(pending.pop(0))
        if path in seen:
            continue
        seen.add(path)
        text = _text(path, files)
        yield from _in_file(path, pins_of_lines(text), python)
        pending += _included(text, os.path.dirname(path))


def _included(text: str, folder: str) -> list[str]:
    """The requirements files that a text includes."""
    included = (match[1] for line in text.splitlines() if (match := re.match(_INCLUDED, line.strip())))
    return [os.path.join(folder, name) for name in included if "://" not in name]


def _text(path: str, files: ProjectFiles, limit: int = _MAX_BYTES) -> str:
    """The text of a regular file as pip reads it: UTF-8, or what its byte order mark says; empty without one."""
    data = files.read(path, limit)
    if isinstance(data, str):
        return ""
    mark = next((mark for mark in _BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    text = data[len(mark) :].decode(_BYTE_ORDER_MARKS.get(mark, "utf-8"), "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


_STATEMENTS = r".*\.(?:lock|toml|cfg|ya?ml)|Pipfile|setup\.py"
_NAMES_PIPELEX = r"(?i)pipelex|-r\b"
_REQUIREMENTS = r".*(?:requirements|constraints).*\.(?:txt|in)"
_MAX_REQUIREMENT_FILES = 40
_MAX_SCRIPTS = 50
_MAX_SCRIPT_BYTES = 16 * 1024
_MAX_COMMAND_BYTES = 256 * 1024
_IMAGE = r"(?:.*\.)?(?:Dockerfile|Containerfile)(?:\..*)?"
_TOOL_FILES = rf"(?:.*/)?\.?mise(?:\..+)?\.(?:toml|lock)|(?:.*/)?\.?mise/config\.toml|\.tool-versions|{_IMAGE}"
"""Files that state the release beside the manifests, by their paths in a project."""
_TASK_FILES = (
    r"(?:GNU)?[Mm]akefile|[^/]*\.mk|\.?[Jj]ustfile|[Tt]askfile\.ya?ml|noxfile\.py|tox\.ini|[^/]*\.(?:sh|ipynb)"
    rf"|\.gitlab-ci\.ya?ml|(?:\.github/workflows|\.circleci)/.*\.ya?ml|\.devcontainer/.*|docker/{_IMAGE}"
)
"""Files that count where nothing else states a release: they may try several, or run elsewhere."""
_NESTED = (".config", ".config/mise", ".mise", "mise", ".github/workflows", ".circleci", ".devcontainer", "docker")
"""Folders of a project with such files."""
_OF_PACKAGES = frozenset(["pyproject.toml", "requirements.txt", "setup.py", "Pipfile"])
"""The files that mark the folder of a Python package."""
