"""Packages installed in a Python environment, read from the names and files of its `dist-info` folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

from core.records import dataclass

KERNEL_PLUGINS = "pipelex.plugins.kernel"
"""The entry point group of Pipelex's plugins (0.92.2; an older group was `pipelex.plugins`)."""
_OLD_PLUGINS = "pipelex.plugins"
_MAX_ENTRY_POINTS_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin of Pipelex that an installed package declares: its name, its package and its entry point group."""

    name: str
    distribution: str
    group: str


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages of an environment: version by normalized name, and each one's metadata folder."""

    versions: Mapping[str, str]
    folders: Mapping[str, str]

    def has(self, distribution: str) -> bool:
        """Whether a distribution is installed, under any spelling of its name."""
        return normalized(distribution) in self.versions


def normalized(name: str) -> str:
    """A distribution name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_packages(site_packages: Iterable[str]) -> Packages:
    """The packages in some folders; of two with one name the first, as Python imports it."""
    versions: dict[str, str] = {}
    folders: dict[str, str] = {}
    for folder in site_packages:
        try:
            entries = os.listdir(folder)
        except OSError:
            continue
        for entry in entries:
            stem, _, ending = entry.rpartition(".")
            if ending not in ("dist-info", "egg-info"):
                continue
            name, _, version = stem.partition("-")
            key = normalized(name)
            if key not in versions:
                path = os.path.join(folder, entry)
                versions[key] = version.partition("-py3")[0] or _metadata_version(path)
                folders[key] = path
    return Packages(versions, folders)


def _metadata_version(folder: str) -> str:
    """The version in a metadata folder without one in its name, as `setup.py develop` leaves it."""
    try:
        with open(os.path.join(folder, "PKG-INFO"), encoding="utf-8", errors="replace") as stream:
            lines = stream.read(4096).splitlines()
    except OSError:
        return ""
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
