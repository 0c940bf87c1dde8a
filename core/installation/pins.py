"""Pipelex releases that a project's files name: lock files, requirements, `pyproject.toml`. Nothing is executed."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterator, Mapping

import tomli

from core.records import dataclass

PACKAGE = "pipelex"
_MAX_BYTES = 32 * 1024 * 1024
_VERSION_IN_TAG = re.compile(r"v?(\d+\.\d+(?:\.\d+)?(?:(?:a|b|rc)\d+)?)")
_WHEEL = re.compile(r"/pipelex-([0-9][^-/]*)(?:-[^/]*\.whl|\.tar\.gz)")
_LOCKED = re.compile(r'^name = "pipelex"\r?\nversion = "([^"\n]+)"', re.MULTILINE)
_QUOTED = re.compile(r"""["'](pipelex(?:\[[^\]"']*\])?\s*(?:[=<>~!@][^"']*)?)["']""")
_CONDA_LINE = re.compile(r"^\s*-\s*(pipelex(?:\[[^\]]*\])?\s*[=<>~!][^#\n]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pin:
    """A statement of a project's file about the Pipelex release it uses.

    `exact` is a version, or `specifier` a range such as `>=0.15,<0.16` (empty: any). `locked`: written by a resolver.
    """

    file: str
    exact: str | None = None
    specifier: str = ""
    locked: bool = False


def project_pins(project: str, *, home: str) -> tuple[Pin, ...]:
    """What the files of a project say, the strongest statement first: locks, then exact pins, then ranges.

    Of equal strength the nearest to the project folder comes first; folders are read upward to the repository's root
    (`.git`), or the project folder alone where there is no repository.
    """
    pins = []
    for folder in _folders(project, home):
        for pin in folder_pins(folder):
            pins.append(Pin(os.path.join(folder, pin.file), pin.exact, pin.specifier, pin.locked))
    return tuple(sorted(pins, key=lambda pin: (not pin.locked, pin.exact is None)))


def _folders(project: str, home: str) -> list[str]:
    folders = []
    folder = os.path.abspath(project)
    while True:
        folders.append(folder)
        if os.path.lexists(os.path.join(folder, ".git")):
            return folders
        parent = os.path.dirname(folder)
        if parent == folder or folder == home:
            return folders[:1]
        folder = parent


def folder_pins(folder: str) -> Iterator[Pin]:
    """The pins in the files of one folder."""
    for name, read in _READERS.items():
        text = _text(os.path.join(folder, name))
        if text is not None and PACKAGE in text:
            for pin in read(text):
                yield Pin(name, pin.exact, pin.specifier, pin.locked)
    for path in sorted(
        path for pattern in _REQUIREMENTS for path in glob.glob(os.path.join(glob.escape(folder), pattern))
    ):
        for pin in _requirements(_text(path) or ""):
            yield Pin(os.path.relpath(path, folder), pin.exact, pin.specifier)


def _text(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read(_MAX_BYTES)
    except OSError:
        return None


def _table(text: str) -> Mapping[str, object]:
    try:
        return tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError):
        return {}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _lock(text: str) -> Iterator[Pin]:
    """`uv.lock`, `poetry.lock`, `pdm.lock` and `pylock.toml`; of several versions for several platforms the newest."""
    versions = [match[1] for match in _LOCKED.finditer(text)]
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
        version = _mapping(_mapping(table.get(group)).get(PACKAGE)).get("version")
        if isinstance(version, str) and version.startswith("=="):
            yield Pin("", exact=version.lstrip("="), locked=True)
            return


def _pyproject(text: str) -> Iterator[Pin]:
    table = _table(text)
    project, tool = _mapping(table.get("project")), _mapping(table.get("tool"))
    poetry, uv = _mapping(tool.get("poetry")), _mapping(tool.get("uv"))
    own_version = project.get("version") or poetry.get("version")
    if PACKAGE in (project.get("name"), poetry.get("name")) and isinstance(own_version, str):
        yield Pin("", exact=own_version)
        return
    sources = _mapping(uv.get("sources")).get(PACKAGE)
    for source in _list(sources) or [sources]:
        yield from _source(_mapping(source))
    lines = [*_list(project.get("dependencies")), *_list(uv.get("dev-dependencies"))]
    groups = [
        *_mapping(project.get("optional-dependencies")).values(),
        *_mapping(table.get("dependency-groups")).values(),
    ]
    groups += _mapping(_mapping(tool.get("pdm")).get("dev-dependencies")).values()
    for group in groups:
        lines += _list(group)
    for line in lines:
        if isinstance(line, str):
            yield from _requirement(line)
    tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    tables += [_mapping(group).get("dependencies") for group in _mapping(poetry.get("group")).values()]
    for dependencies in tables:
        value = _mapping(dependencies).get(PACKAGE)
        for item in _list(value) or [value]:
            yield from _poetry_constraint(item)


def _pipfile(text: str) -> Iterator[Pin]:
    table = _table(text)
    for group in ("packages", "dev-packages"):
        yield from _poetry_constraint(_mapping(table.get(group)).get(PACKAGE))


def _source(source: Mapping[str, object]) -> Iterator[Pin]:
    """A source of uv or poetry: a tag of a repository names a release, a branch or a commit names none."""
    tag = source.get("tag") or source.get("rev")
    match = _VERSION_IN_TAG.fullmatch(tag) if isinstance(tag, str) else None
    if match is not None:
        yield Pin("", exact=match[1])
    url = source.get("url") or source.get("path")
    wheel = _WHEEL.search(f"/{url}") if isinstance(url, str) else None
    if wheel is not None:
        yield Pin("", exact=wheel[1])


def _poetry_constraint(value: object) -> Iterator[Pin]:
    """A constraint of poetry or Pipenv: a text, or a table with `version` or with a source."""
    if isinstance(value, Mapping):
        yield from _source(value)
        value = value.get("version")
    if not isinstance(value, str):
        return
    text = value.strip()
    if re.fullmatch(r"\d[\w.]*", text):
        yield Pin("", exact=text)
        return
    parts = [_caret(part.strip()) for part in text.split(",")] if text != "*" else []
    if "||" not in text:
        yield from _specified(",".join(part for part in parts if part))


def _caret(part: str) -> str:
    """A caret, tilde or wildcard constraint of poetry as a specifier of PEP 440."""
    match = re.fullmatch(r"([~^])\s*(\d+(?:\.\d+)*)(.*)", part)
    if match is None:
        return part if part[:1] in "=<>!~" else f"=={part}"
    operator, number, suffix = match.groups()
    if operator == "~" and part[1:2] == "=":
        return part
    numbers = [int(item) for item in number.split(".")]
    if operator == "~":
        at = 1 if len(numbers) > 1 else 0
    else:
        at = next((position for position, item in enumerate(numbers) if item), len(numbers) - 1)
    upper = [*numbers[:at], numbers[at] + 1]
    return f">={number}{suffix},<{'.'.join(map(str, upper))}"


def _requirements(text: str) -> Iterator[Pin]:
    for line in text.replace("\\\n", " ").splitlines():
        line = re.split(r"\s#|\s--", line.strip(), maxsplit=1)[0]
        if re.match(r"pipelex\b(?!-)", line, re.IGNORECASE):
            yield from _requirement(line)


def _requirement(line: str) -> Iterator[Pin]:
    """One requirement of PEP 508."""
    if not re.match(r"\s*pipelex\s*(?:\[|[=<>~!@;,(]|$)", line, re.IGNORECASE):
        return
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return
    if requirement.url:
        tag = requirement.url.partition("#")[0].rpartition("@")[2]
        if version := _WHEEL.search(requirement.url) or _VERSION_IN_TAG.fullmatch(tag):
            yield Pin("", exact=version[1])
        return
    yield from _specified(str(requirement.specifier))


def _specified(specifier: str) -> Iterator[Pin]:
    exact = re.fullmatch(r"={2,3}\s*(\d[\w.]*)", specifier.strip())
    yield Pin("", exact=exact[1]) if exact is not None else Pin("", specifier=specifier)


def _setup_script(text: str) -> Iterator[Pin]:
    for match in _QUOTED.finditer(text):
        yield from _requirement(match[1])


def _setup_config(text: str) -> Iterator[Pin]:
    for line in text.splitlines():
        yield from _requirement(line.partition("=")[2] if line.startswith("install_requires") else line)


def _conda(text: str) -> Iterator[Pin]:
    for match in _CONDA_LINE.finditer(text):
        yield from _requirement(re.sub(r"(?<![=<>~!])=(?!=)", "==", match[1].strip().strip("\"'")))


def _version_key(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


_READERS: Mapping[str, Callable[[str], Iterator[Pin]]] = {
    "uv.lock": _lock,
    "poetry.lock": _lock,
    "pdm.lock": _lock,
    "pylock.toml": _lock,
    "Pipfile.lock": _pipfile_lock,
    "pyproject.toml": _pyproject,
    "Pipfile": _pipfile,
    "setup.cfg": _setup_config,
    "setup.py": _setup_script,
    "environment.yml": _conda,
    "environment.yaml": _conda,
}
_REQUIREMENTS = ("requirements*.txt", "requirements/*.txt", "requirements*.in", "constraints*.txt")
