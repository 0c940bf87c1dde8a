"""The Pipelex release that locks and manifests of a project name: each document as a text. Nothing is run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

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

_LOCKED = r'(?m)^name = "pipelex"\r?\nversion = "([^"\n]+)"'
_LOCKED_YAML = r"(?m)^[ -]*name: *[\"']?pipelex[\"']?\n *version: *[\"']?([^\s\"']+)"
_QUOTED = r"""(?i)(["'])(pipelex\s*(?:[\[(=<>~!@;](?:(?!\1).)*)?)\1"""
_CONDA_LINE = r"(?mi)(?:^\s*-|[\[,])\s*[\"']?(?:[\w-]+::)?(pipelex(?:\[[^\]]*\])?\s*[=<>~!@][^#\n\"'\]}]*)"
_SCRIPT = r"(?m)^# /// script[ \t]*\n((?:#(?: .*)?\n)+?)# ///[ \t]*$"
_NO_PACKAGES = ("source", "requires", "scripts", "pipenv")
"""The tables of a `Pipfile` that are no groups of packages."""


def _table(text: str) -> Mapping[str, object]:
    """The table of a TOML text; empty for one that is none."""
    try:
        return tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError):
        return {}


def _mapping(value: object, *keys: str) -> Mapping[str, object]:
    """The table at a path of keys; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _named(table: object) -> object:
    """The value of Pipelex in a table of requirements, under any spelling of its name."""
    return next((value for key, value in _mapping(table).items() if key.lower() == PACKAGE), None)


def _items(value: object) -> list[object]:
    """A list; empty for anything else."""
    return value if isinstance(value, list) else []


# ---- locks


def pins_of_lock(text: str) -> Iterator[Pin]:
    """`uv.lock`, `poetry.lock`, `pdm.lock` and `pylock.toml`: each version with the marker of its package."""
    versions = {match[1] for match in re.finditer(_LOCKED, text)}
    if len(versions) == 1:
        yield Pin("", exact=versions.pop(), locked=True)
        return
    table = _table(text)
    for package in (_mapping(item) for key in ("package", "packages") for item in _items(table.get(key))):
        if package.get("name") != PACKAGE:
            continue
        if "version" in package:
            yield Pin("", exact=str(package["version"]), locked=True, marker=_marker(package))
            continue
        # PEP 751 leaves the version out where an archive, a repository or a folder is the source.
        vcs = _mapping(package.get("vcs"))
        for source in (_mapping(package.get("archive")), {**vcs, "tag": vcs.get("requested-revision")}):
            yield from (replace(pin, locked=True, marker=_marker(package)) for pin in pins_of_source(source))


def _marker(package: Mapping[str, object]) -> str:
    markers = package.get("resolution-markers") or package.get("markers") or package.get("marker")
    alternatives = markers.values() if isinstance(markers, Mapping) else _items(markers) or [markers]
    return " or ".join(f"({marker})" for marker in alternatives if isinstance(marker, str))


def pins_of_pipfile_lock(text: str) -> Iterator[Pin]:
    """`Pipfile.lock`."""
    import json

    try:
        table = _mapping(json.loads(text))
    except (ValueError, RecursionError):
        return
    for group in (name for name in table if name != "_meta"):
        entry = _mapping(_named(table.get(group)))
        exact = re.fullmatch(EXACT, str(entry.get("version"))) or re.fullmatch(VERSION_IN_TAG, str(entry.get("ref")))
        if exact is not None:
            yield Pin("", exact=exact[1], locked=True)
            return


def pins_of_yaml_lock(text: str) -> Iterator[Pin]:
    """`pixi.lock` and `conda-lock.yml`."""
    for version in re.findall(_LOCKED_YAML, text):
        yield Pin("", exact=version, locked=True)
    # From version 6 on pixi writes of a package of conda no more than its address.
    yield from pins_of_listing("\n".join(re.findall(r"(?m)^\s*- conda: (.*)", text)))


def pins_of_listing(text: str) -> Iterator[Pin]:
    """A lock that is a list of requirements or of addresses: of rye, of conda's `@EXPLICIT`."""
    for pin in pins_of_lines(text):
        yield Pin("", pin.exact, pin.specifier, locked=True)


# ---- manifests


def pins_of_pyproject(text: str) -> Iterator[Pin]:
    """`pyproject.toml` with the tables of uv, poetry, pdm, rye, hatch and pixi."""
    yield from _of_tables(_table(text))


def pins_of_script(text: str) -> Iterator[Pin]:
    """A script with its own dependencies (PEP 723)."""
    if found := re.search(_SCRIPT, text):
        table = _table("".join(f"{line[2:]}\n" for line in found[1].splitlines()))
        yield from _of_tables({"project": {"dependencies": table.get("dependencies")}, "tool": table.get("tool")})


def _of_tables(table: Mapping[str, object]) -> Iterator[Pin]:
    project, tool = _mapping(table.get("project")), _mapping(table.get("tool"))
    poetry, uv, pdm = (_mapping(tool.get(name)) for name in ("poetry", "uv", "pdm"))
    own_version = project.get("version") or poetry.get("version")
    if PACKAGE in (project.get("name"), poetry.get("name")) and isinstance(own_version, str):
        yield Pin("", exact=own_version)
        return
    # An override replaces what everything else asks for.
    overrides = [*_of_lines(uv.get("override-dependencies")), *_of_named(_mapping(pdm, "resolution", "overrides"))]
    if overrides:
        yield from (replace(pin, override=True) for pin in overrides)
        return
    sources = _named(uv.get("sources"))
    for source in _items(sources) or [sources]:
        yield from pins_of_source(_mapping(source))
    groups = [
        project.get("dependencies"),
        *(uv.get(f"{kind}-dependencies") for kind in ("dev", "constraint")),
        _mapping(tool.get("rye")).get("dev-dependencies"),
        *_mapping(project.get("optional-dependencies")).values(),
        *_mapping(table.get("dependency-groups")).values(),
        *_mapping(pdm.get("dev-dependencies")).values(),
    ]
    for group in groups:
        yield from _of_lines(group)
    yield from _of_hatch(_mapping(tool.get("hatch")))
    tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    tables += [_mapping(group).get("dependencies") for group in _mapping(poetry.get("group")).values()]
    for dependencies in (*tables, *_pixi_groups(_mapping(tool.get("pixi")))):
        yield from _of_named(dependencies)


def _of_lines(group: object) -> Iterator[Pin]:
    for line in _items(group):
        if isinstance(line, str):
            yield from pins_of_requirement(line)


def _of_named(table: object) -> Iterator[Pin]:
    value = _named(table)
    for item in _items(value) or [value]:
        yield from pins_of_constraint(item)


def _of_hatch(hatch: Mapping[str, object]) -> Iterator[Pin]:
    for environment in map(_mapping, _mapping(hatch.get("envs")).values()):
        for key in ("dependencies", "extra-dependencies"):
            yield from _of_lines(environment.get(key))


def _pixi_groups(pixi: Mapping[str, object]) -> Iterator[object]:
    for group in (pixi, *map(_mapping, _mapping(pixi.get("feature")).values())):
        yield from (group.get("pypi-dependencies"), group.get("dependencies"))


def pins_of_hatch(text: str) -> Iterator[Pin]:
    """`hatch.toml`."""
    yield from _of_hatch(_table(text))


def pins_of_pixi(text: str) -> Iterator[Pin]:
    """`pixi.toml`."""
    for group in _pixi_groups(_table(text)):
        yield from _of_named(group)


def pins_of_pipfile(text: str) -> Iterator[Pin]:
    """`Pipfile`, with groups of any name."""
    for name, group in _table(text).items():
        if name not in _NO_PACKAGES:
            yield from _of_named(group)


def pins_of_setup_script(text: str) -> Iterator[Pin]:
    """`setup.py`, which is not run: the quoted requirements in it, with the numbers that it gives to names."""
    values = dict(re.findall(r"(?m)^[ \t]*+(\w++)[ \t]*+=[ \t]*+[\"'](\d[\w.]*+)[\"']", text))
    text = re.sub(r"(?m)^[ \t]*+#.*$", "", text)
    for match in re.finditer(_QUOTED, re.sub(r"\{(\w+)\}", lambda name: values.get(name[1], name[0]), text)):
        yield from pins_of_requirement(match[2])


def pins_of_setup_config(text: str) -> Iterator[Pin]:
    """`setup.cfg`."""
    for line in text.splitlines():
        yield from pins_of_requirement(line.partition("=")[2] if line.startswith("install_requires") else line)


def pins_of_conda(text: str) -> Iterator[Pin]:
    """`environment.yml`: packages of conda and of pip."""
    for match in re.finditer(_CONDA_LINE, text):
        yield from pins_of_requirement(re.sub(r"(?<![=<>~!])=(?!=)([^=]*)(?:=.*)?$", _of_conda, match[1].strip()))


def _of_conda(condition: re.Match[str]) -> str:
    """A condition with one equals sign: of the first numbers of a release, maybe with a build (`0.15.7=py_0`)."""
    version = condition[1].strip().removesuffix("*").rstrip(".")
    return f"=={version}" if version.count(".") > 1 else f"=={version}.*"


def named_versions(text: str, name: str) -> Iterator[tuple[str, str]]:
    """The names and versions in a table of a TOML text: each a text, a table with `version`, or a list of them."""
    for key, value in _mapping(_table(text).get(name)).items():
        for item in _items(value) or [value]:
            version = item.get("version") if isinstance(item, Mapping) else item
            if isinstance(version, str):
                yield key, version


def requirement_files_of(text: str, folder: str) -> Iterator[str]:
    """The requirements files that setuptools reads for `dynamic = ["dependencies"]`."""
    dynamic = _mapping(_table(text), "tool", "setuptools", "dynamic")
    for entry in (dynamic.get("dependencies"), *_mapping(dynamic.get("optional-dependencies")).values()):
        file = _mapping(entry).get("file")
        yield from (os.path.join(folder, name) for name in _items(file) or [file] if isinstance(name, str))


def workspace_patterns(text: str) -> tuple[list[str], list[str]]:
    """The patterns of the members of a uv workspace, and of the folders that it excludes."""
    workspace = _mapping(_table(text), "tool", "uv", "workspace")
    members, excluded = (_items(workspace.get(key)) for key in ("members", "exclude"))
    return [item for item in members if isinstance(item, str)], [item for item in excluded if isinstance(item, str)]


def source_folders_of(text: str, folder: str) -> Iterator[str]:
    """The folders with the source of Pipelex: by path, or patterns of the workspace it is a member of."""
    tool = _mapping(_table(text).get("tool"))
    of_uv, of_poetry = _named(_mapping(tool, "uv", "sources")), _named(_mapping(tool, "poetry", "dependencies"))
    sources = [_mapping(item) for value in (of_uv, of_poetry) for item in _items(value) or [value]]
    paths: Iterable[object] = [source.get("path") for source in sources]
    if any(source.get("workspace") is True for source in sources):
        paths = [*paths, *_items(_mapping(tool, "uv", "workspace").get("members"))]
    yield from (os.path.normpath(os.path.join(folder, path)) for path in paths if isinstance(path, str))


_READERS: Mapping[str, Callable[[str], Iterator[Pin]]] = {
    "uv.lock": pins_of_lock,
    "poetry.lock": pins_of_lock,
    "pdm.lock": pins_of_lock,
    "pylock.toml": pins_of_lock,
    "Pipfile.lock": pins_of_pipfile_lock,
    "pixi.lock": pins_of_yaml_lock,
    "conda-lock.yml": pins_of_yaml_lock,
    "pyproject.toml": pins_of_pyproject,
    "hatch.toml": pins_of_hatch,
    "Pipfile": pins_of_pipfile,
    "pixi.toml": pins_of_pixi,
    "setup.cfg": pins_of_setup_config,
    "setup.py": pins_of_setup_script,
}
_FORMS: Mapping[str, Callable[[str], Iterator[Pin]]] = {
    r"(?:pylock|pdm)\..+\.(?:toml|lock)": pins_of_lock,
    r"(?:requirements|conda-).*\.lock": pins_of_listing,
    r"(?:conda|env|environment)\b.*\.ya?ml": pins_of_conda,
}
"""Files with names that the user chooses."""


def readers_of(names: Iterable[str]) -> Iterator[tuple[str, Callable[[str], Iterator[Pin]]]]:
    """The readers of the files that state a release, the strongest statements first."""
    present = dict.fromkeys(names)
    yield from ((name, reader) for name, reader in _READERS.items() if name in present)
    for form, reader in _FORMS.items():
        yield from ((name, reader) for name in present if name not in _READERS and re.fullmatch(form, name))
