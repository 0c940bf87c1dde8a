"""Packages installed in a Python environment, read from the names and files of its `dist-info` folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

from core.installation.folders import entries, text_of
from core.installation.requirements import PACKAGE
from core.records import dataclass

KERNEL_PLUGINS = "pipelex.plugins.kernel"
"""The entry point group of Pipelex's plugins (0.92.2; an older group was `pipelex.plugins`)."""
_OLD_PLUGINS = "pipelex.plugins"
_MAX_ENTRY_POINTS_BYTES = 256 * 1024
_MAX_FOLDERS = 50


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin of Pipelex that an installed package declares: its name, its package and its entry point group."""

    name: str
    distribution: str
    group: str


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages of an environment: version by normalized name, each one's metadata folder, and the folders searched.

    `others` are further versions of Pipelex that metadata beside it name.
    """

    versions: Mapping[str, str]
    folders: Mapping[str, str]
    searched: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def has(self, distribution: str) -> bool:
        """Whether a distribution is installed, under any spelling of its name."""
        return normalized(distribution) in self.versions


def normalized(name: str) -> str:
    """A distribution name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_packages(site_packages: Iterable[str]) -> Packages:
    """The packages in some folders, and in those that their path files and links name.

    Of two with one name the first counts, as Python imports it; a metadata folder of Pipelex without its metadata, as
    an interrupted installer leaves it, counts last. The sources of an editable Pipelex tell its version.
    """
    versions: dict[str, str] = {}
    folders: dict[str, str] = {}
    others: list[str] = []
    pending = list(site_packages)
    searched: dict[str, None] = {}
    while pending:
        folder = pending.pop(0)
        if folder in searched or len(searched) > _MAX_FOLDERS:
            continue
        searched[folder] = None
        for entry in entries(folder):
            stem, _, ending = entry.rpartition(".")
            if ending in ("pth", "egg-link"):
                pending += _linked(os.path.join(folder, entry))
            if ending not in ("dist-info", "egg-info"):
                continue
            name, _, version = stem.partition("-")
            key = normalized(name)
            path = os.path.join(folder, entry)
            version = version.partition("-py3")[0] or _metadata_version(path)
            if key not in versions or (key == PACKAGE and not _has_metadata(folders[key]) and _has_metadata(path)):
                versions[key], folders[key] = version, path
            elif key == PACKAGE and version != versions[key] and _has_metadata(path):
                others.append(version)
    if source := _editable_source(folders.get(PACKAGE)):
        searched[source] = None
        versions[PACKAGE] = _source_version(source) or versions[PACKAGE]
    return Packages(versions, folders, tuple(searched), tuple(others))


def _linked(file: str) -> list[str]:
    """The folders that a path file or a link adds to `sys.path`. Lines that Python would run are passed over."""
    parent = os.path.dirname(file)
    lines = (line.strip() for line in text_of(file).splitlines())
    named = (os.path.join(parent, line) for line in lines if line and not line.startswith(("#", "import ", "import\t")))
    return [os.path.normpath(path) for path in named if os.path.isdir(path) and path != os.path.join(parent, ".")]


def _has_metadata(folder: str) -> bool:
    return any(os.path.isfile(os.path.join(folder, name)) for name in ("METADATA", "PKG-INFO"))


def _editable_source(folder: str | None) -> str:
    """The folder with the sources of an editable installation; empty for another."""
    text = text_of(os.path.join(folder, "direct_url.json")) if folder is not None else ""
    url = re.search(r'"url"\s*:\s*"file://([^"]*)"', text)
    if url is None or re.search(r'"editable"\s*:\s*true', text) is None:
        return ""
    from urllib.parse import unquote

    return unquote(url[1])


def _source_version(folder: str) -> str:
    text = text_of(os.path.join(folder, "pyproject.toml"))
    found = re.search(r'(?m)^version\s*=\s*["\']([^"\'\n]+)', text)
    named = re.search(r'(?m)^name\s*=\s*["\']pipelex["\']', text)
    return found[1] if found is not None and named is not None else ""


def _metadata_version(folder: str) -> str:
    """The version in a metadata folder without one in its name, as `setup.py develop` leaves it."""
    lines = text_of(os.path.join(folder, "PKG-INFO")).splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("Version:")), "")


def plugins_of(packages: Packages) -> tuple[Plugin, ...]:
    """The Pipelex plugins that the packages declare as entry points. Their code is not imported."""
    plugins = []
    for distribution, folder in packages.folders.items():
        section = ""
        for line in _entry_point_lines(folder):
            text = line.strip()
            if text.startswith("["):
                section = text.strip("[]").strip()
            elif section in (KERNEL_PLUGINS, _OLD_PLUGINS) and "=" in text and not text.startswith(("#", ";")):
                plugins.append(Plugin(text.partition("=")[0].strip(), distribution, section))
    return tuple(plugins)


def _entry_point_lines(folder: str) -> list[str]:
    try:
        with open(os.path.join(folder, "entry_points.txt"), encoding="utf-8", errors="replace") as stream:
            return stream.read(_MAX_ENTRY_POINTS_BYTES).splitlines()
    except OSError:
        return []
