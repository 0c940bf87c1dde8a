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
from core.records import dataclass
from core.releases.specifiers import allows

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


@dataclass(frozen=True, slots=True)
class _Reader:
    """The files of a project, and the variables that requirements files may name."""

    files: ProjectFiles
    environ: Mapping[str, str]

    def names(self, folder: str) -> Sequence[str]:
        return self.files.names(folder)

    def text(self, path: str, limit: int = _MAX_BYTES) -> str:
        """The text of a regular file as pip reads it: UTF-8, or what its byte order mark says; empty without one."""
        data = self.files.read(path, limit)
        if isinstance(data, str):
            return ""
        mark = next((mark for mark in _BYTE_ORDER_MARKS if data.startswith(mark)), b"")
        text = data[len(mark) :].decode(_BYTE_ORDER_MARKS.get(mark, "utf-8"), "replace")
        return text.replace("\r\n", "\n").replace("\r", "\n")


def project_pins(project: str, *, environ: Mapping[str, str], files: ProjectFiles = DISK_FILES) -> tuple[Pin, ...]:
    """The pins of a project's files, the strongest first: exact ones, of a folder the locks first, then ranges.

    The nearest to the project folder comes first; folders are read upward to the repository's root (`.git`), or without
    a repository to the nearest `pyproject.toml`, or uv workspace, below the home; a workspace above the repository
    counts when the repository is a member. Tools and images (`mise.toml`, `Dockerfile`) come after manifests. Where
    these name no release, the scripts of the project count, then the folders of packages in it
    (`backend/pyproject.toml`), and then workflows, tasks and notebooks. An exact pin that a range nearer to the project
    excludes comes last. `environ` has the values of variables in requirements files.
    """
    reader = _Reader(files, environ)
    folders = _folders(project, reader)
    groups = [list(folder_pins(folder, reader)) for folder in folders]
    groups += [list(_command_pins(folder, reader)) for folder in folders]
    if not _names_release(groups):
        groups.append(list(_script_pins(project, reader)))
    if not _names_release(groups):
        # Packages beside each other: none is nearer.
        packages = _package_folders(project, reader)
        groups.append([pin for folder in packages for pin in folder_pins(folder, reader)])
        groups.append([pin for folder in packages for pin in _command_pins(folder, reader)])
    if not _names_release(groups):
        groups.append(list(_command_pins(project, reader, tasks=True)))
    return tuple(_by_strength(groups, len(folders)))


def _by_strength(groups: Sequence[Sequence[Pin]], manifests: int) -> list[Pin]:
    """The pins of groups, the nearest group first; only the ranges of the first groups exclude exact pins."""
    ranked: list[tuple[tuple[int, int, bool], Pin]] = []
    for position, pins in enumerate(groups):
        overridden = any(pin.override for pin in pins)
        nearer = [pin.specifier for group in groups[: min(position, manifests)] for pin in group if pin.specifier]
        for pin in pins:
            strong = overridden and (pin.locked or pin.override)
            kind = 1 if pin.exact is None else 0
            if pin.exact is not None and position < manifests and not strong:
                kind = 2 if any(allows(specifier, pin.exact) is False for specifier in nearer) else 0
            ranked.append(((kind, -1 if strong else position, not pin.locked), pin))
    return [pin for _, pin in sorted(ranked, key=lambda pair: pair[0])]


def _names_release(groups: Iterable[Iterable[Pin]]) -> bool:
    return any(pin.exact or pin.specifier for pins in groups for pin in pins)


def _folders(project: str, reader: _Reader) -> list[str]:
    home = reader.environ.get("HOME", "")
    folders: list[str] = []
    last = 0
    repository = False
    folder = os.path.abspath(project)
    while True:
        if not repository:
            folders.append(folder)
        elif _has_member(folder, folders, reader):
            return [*folders, folder]
        if os.path.lexists(os.path.join(folder, ".git")):
            repository = True
        parent = os.path.dirname(folder)
        if parent == folder or folder == home:
            return folders if repository else folders[: last or 1]
        if not repository and "pyproject.toml" in (names := reader.names(folder)):
            workspace = last and "uv.lock" in names and _WORKSPACE in reader.text(f"{folder}/pyproject.toml")
            last = len(folders) if workspace or not last else last
        folder = parent


def _has_member(folder: str, below: Sequence[str], reader: _Reader) -> bool:
    """Whether a folder is the root of a uv workspace with one of the folders below as a member."""
    path = os.path.join(folder, "pyproject.toml")
    text = reader.text(path) if os.path.lexists(path) else ""
    if _WORKSPACE not in text:
        return False
    from core.installation.manifests import workspace_patterns

    members, excluded = workspace_patterns(text)
    names = [os.path.relpath(name, folder) for name in below]
    return any(
        any(fnmatchcase(name, pattern) for pattern in members)
        and not any(fnmatchcase(name, pattern) for pattern in excluded)
        for name in names
    )


_WORKSPACE: Final = "[tool.uv.workspace]"


def _package_folders(project: str, reader: _Reader) -> list[str]:
    """The folders of packages in a project, and in the folders there: `backend`, `services/api`."""
    found: list[str] = []
    pending = [(project, 0)]
    for folder, depth in pending:
        names = reader.names(folder)
        if depth and not _OF_PACKAGES.isdisjoint(names):
            found.append(folder)
        if depth < _PACKAGE_DEPTH and len(pending) < _MAX_FOLDERS:
            inside = (name for name in names if name[0] not in "._" and name not in _NO_PACKAGES and "." not in name)
            pending += [(os.path.join(folder, name), depth + 1) for name in inside]
    return found


def folder_pins(folder: str, reader: _Reader) -> Iterator[Pin]:
    """The pins in the files of one folder."""
    names = reader.names(folder)
    python = _python_version(folder, reader) if ".python-version" in names else ""
    texts = {name: reader.text(os.path.join(folder, name)) for name in names if re.fullmatch(_STATEMENTS, name)}
    if any(re.search(_NAMES_PIPELEX, text) for text in texts.values()):
        yield from _stated(folder, texts, reader, python)
    listed = [f"{folder}/{name}" for name in names if re.fullmatch(_REQUIREMENTS, name)]
    listed.sort(key=lambda path: not path.endswith("/requirements.txt"))
    if "requirements" in names:
        inside = os.path.join(folder, "requirements")
        listed += [f"{inside}/{name}" for name in reader.names(inside) if name.endswith((".txt", ".in"))]
        for path in (f"{inside}/{name}" for name in reader.names(inside) if name.endswith(".lock")):
            yield from _in_file(path, (replace(pin, locked=True) for pin in pins_of_lines(reader.text(path))), python)
    yield from _requirement_files(listed, reader, python)


def _stated(folder: str, texts: Mapping[str, str], reader: _Reader, python: str) -> Iterator[Pin]:
    """The pins of locks and manifests, the locks first."""
    # Not imported before the first frame of a project that names no release.
    from core.installation import manifests

    for name, read in manifests.readers_of(texts):
        text = texts[name]
        if read is manifests.pins_of_conda:
            yield from _requirement_files(_included(text, folder), reader, python)
        if PACKAGE in text.lower():
            yield from _in_file(os.path.join(folder, name), read(text), python)
        if name == "pyproject.toml":
            yield from _requirement_files(manifests.requirement_files_of(text, folder), reader, python)
            for source in _expanded(manifests.source_folders_of(text, folder), reader):
                yield from _own_version(source, reader)


def _python_version(folder: str, reader: _Reader) -> str:
    """The version of Python in `.python-version`, of uv and pyenv; empty where it is none."""
    found = re.search(r"\d+\.\d+(?:\.\d+)?", reader.text(os.path.join(folder, ".python-version")))
    return found[0] if found is not None else ""


def _in_file(path: str, pins: Iterable[Pin], python: str = "") -> Iterator[Pin]:
    """The pins of a file that hold; of several locked versions the newest."""
    found = holding(pins, python)
    if found and all(pin.locked and pin.exact for pin in found):
        found = [max(found, key=lambda pin: release_key(pin.exact or ""))]
    for pin in found:
        yield replace(pin, file=path, marker="")


def _expanded(patterns: Iterable[str], reader: _Reader) -> Iterator[str]:
    """The folders of patterns with `*` in their last part."""
    for pattern in patterns:
        parent, last = os.path.split(pattern)
        names = [name for name in reader.names(parent) if fnmatchcase(name, last)] if "*" in last else [last]
        yield from (os.path.join(parent, name) for name in names)


def _own_version(folder: str, reader: _Reader) -> Iterator[Pin]:
    """The version of Pipelex itself, if its source is in a folder."""
    path = os.path.join(folder, "pyproject.toml")
    from core.installation.manifests import pins_of_pyproject

    text = reader.text(path)
    if re.search(r"""(?m)^name\s*=\s*["']pipelex["']""", text):
        yield from _in_file(path, pins_of_pyproject(text))


def _script_pins(project: str, reader: _Reader) -> Iterator[Pin]:
    """The pins of scripts with their own dependencies (PEP 723), and of their locks."""
    names = reader.names(project)
    for name in [name for name in names if name.endswith(".py")][:_MAX_SCRIPTS]:
        path = os.path.join(project, name)
        text = reader.text(path, _MAX_SCRIPT_BYTES)
        if PACKAGE in text and "# /// script" in text:
            from core.installation.manifests import pins_of_lock, pins_of_script

            yield from _in_file(path, pins_of_script(text))
            if f"{name}.lock" in names:
                yield from _in_file(f"{path}.lock", pins_of_lock(reader.text(f"{path}.lock")))


def _command_pins(folder: str, reader: _Reader, *, tasks: bool = False) -> Iterator[Pin]:
    """The pins of tools and images of one folder, or of its `tasks`."""
    names = reader.names(folder)
    nested = [inside for inside in _NESTED if inside.partition("/")[0] in names]
    paths = [*names, *(f"{inside}/{name}" for inside in nested for name in reader.names(f"{folder}/{inside}"))]
    pattern = _TASK_FILES if tasks else _TOOL_FILES
    for path in [path for path in paths if re.fullmatch(pattern, path)][:_MAX_SCRIPTS]:
        text = reader.text(os.path.join(folder, path), _MAX_COMMAND_BYTES)
        if PACKAGE in text.lower():
            # Not imported before the first frame of a project that names no release.
            from core.installation.commands import pins_of_file

            beside = [name for name in names if "$" in text and re.fullmatch(_ARGUMENTS, name)]
            given = "\n".join(reader.text(os.path.join(folder, name), _MAX_COMMAND_BYTES) for name in beside)
            yield from _in_file(os.path.join(folder, path), pins_of_file(path, text, given))


def _requirement_files(paths: Iterable[str], reader: _Reader, python: str) -> Iterator[Pin]:
    """The pins of requirements files and of the files that they include."""
    pending = list(paths)
    seen: set[str] = set()
    while pending and len(seen) < _MAX_REQUIREMENT_FILES:
        path = os.path.normpath(pending.pop(0))
        if path in seen:
            continue
        seen.add(path)
        text = reader.text(path)
        # Pip replaces variables in capital letters.
        text = re.sub(r"\$\{([A-Z0-9_]+)\}", lambda name: reader.environ.get(name[1], name[0]), text)
        yield from _in_file(path, pins_of_lines(text), python)
        pending = [*_included(text, os.path.dirname(path)), *pending]


def _included(text: str, folder: str) -> list[str]:
    """The requirements files that a text includes."""
    included = (match[1] for line in text.splitlines() if (match := re.match(_INCLUDED, line.strip())))
    return [os.path.join(folder, name) for name in included if "://" not in name]


_STATEMENTS = r".*\.(?:lock|toml|cfg|ya?ml)|Pipfile|setup\.py"
_NAMES_PIPELEX = r"(?i)pipelex|-r\b"
_REQUIREMENTS = r".*(?:requirements|constraints).*\.(?:txt|in)"
_MAX_REQUIREMENT_FILES = 40
_MAX_SCRIPTS = 50
_MAX_SCRIPT_BYTES = 16 * 1024
_MAX_COMMAND_BYTES = 256 * 1024
_ARGUMENTS = r"(?:docker-)?compose(?:\..+)?\.ya?ml|\.env"
"""Files with values for the arguments of an image."""
_PACKAGE_DEPTH = 2
_MAX_FOLDERS = 100
_NO_PACKAGES = frozenset(["node_modules", "venv", "env", "site-packages", "build", "dist"])
_IMAGE = r"(?:.*\.)?(?:Dockerfile|Containerfile)(?:\..*)?"
_TOOL_FILES = rf"(?:.*/)?\.?mise(?:\..+)?\.(?:toml|lock)|(?:.*/)?\.?mise/config\.toml|\.tool-versions|{_IMAGE}"
"""Files that state the release beside the manifests, by their paths in a project."""
_TASK_FILES = (
    r"(?:GNU)?[Mm]akefile|[^/]*\.mk|\.?[Jj]ustfile|[Tt]askfile\.ya?ml|noxfile\.py|tox\.ini|[^/]*\.(?:sh|ipynb)"
    rf"|\.gitlab-ci\.ya?ml|\.pre-commit-config\.ya?ml|(?:\.github/workflows|\.circleci)/.*\.ya?ml|\.devcontainer/.*|docker/{_IMAGE}"
)
"""Files that count where nothing else states a release: they may try several, or run elsewhere."""
_NESTED = (".config", ".config/mise", ".mise", "mise", ".github/workflows", ".circleci", ".devcontainer", "docker")
"""Folders of a project with such files."""
_OF_PACKAGES = frozenset(["pyproject.toml", "requirements.txt", "setup.py", "Pipfile"])
"""The files that mark the folder of a Python package."""
