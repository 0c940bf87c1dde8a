"""Kits: the stock files of a release, read from an installed Pipelex, from its unpacked files, or from its wheel."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import field

from core.errors import PipedeckError
from core.installation.distributions import installed_packages
from core.installation.environments import python_environments
from core.installation.requirements import PACKAGE
from core.records import dataclass
from core.releases import Release, behaviours_of, parse_release

PLACES = ("pipelex/kit/configs/", "pipelex/config_template/")
"""The folder of the kit in a package: of newer releases, of older ones."""
SETTINGS = ("pipelex.toml",)
MANIFEST = ".kit_manifest.json"
GATEWAY_LIST = "inference/backends/pipelex_gateway_models_plain.md"
"""The models that the gateway has at the time of the release, for reading."""
_LISTED = re.compile(r"^- \*\*(.+?)\*\*", re.MULTILINE)
_MAX_BYTES = 4 * 1024 * 1024
_NO_KIT = "write a wheel of pipelex, the folder of one unpacked, or an environment with pipelex"


class KitError(PipedeckError):
    """A path that has no kit, or one that cannot be read."""


@dataclass(frozen=True)
class Kit:
    """The files of a kit by their path below `.pipelex`, such as `inference/backends.toml`."""

    release: Release
    files: Mapping[str, bytes] = field(repr=False)
    where: str = ""
    gateway: frozenset[str] = field(default=frozenset(), repr=False)
    """The models that the kit lists of the gateway; empty without a list."""

    def text(self, name: str) -> str:
        """The text of a file; empty without one."""
        return self.files.get(name, b"").decode("utf-8", "replace")


def read_kit(path: str, release: str = "") -> Kit:
    """The kit at a path: a wheel, the folder of an unpacked one, an environment or its interpreter, or a kit's folder.

    `release` names that of a folder that does not say. Raises KitError.
    """
    try:
        if os.path.isfile(path) and path.endswith(".whl"):
            return _from_wheel(path)
        for root in _roots(path):
            for place in PLACES:
                folder = os.path.join(root, place)
                if os.path.isdir(os.path.join(folder, "inference")):
                    version = installed_packages((root,)).versions.get(PACKAGE) or release
                    return _kit(_release(version, path), dict(_below(folder)), path)
        if os.path.isdir(os.path.join(path, "inference")):
            return _kit(_release(release or os.path.basename(os.path.normpath(path)), path), dict(_below(path)), path)
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise KitError(f"the kit in {path} cannot be read ({error})") from error
    raise KitError(f"{path} has no kit: {_NO_KIT}")


def _roots(path: str) -> Iterator[str]:
    """The folders in which the package `pipelex` may be."""
    yield path
    project = os.path.dirname(os.path.abspath(path))
    for environment in python_environments(project, cwd=project, environ={}, python=path):
        yield from environment.site_packages


def _from_wheel(path: str) -> Kit:
    version = os.path.basename(path).split("-")[1]
    files = {}
    with zipfile.ZipFile(path) as wheel:
        for info in wheel.infolist():
            place = next((place for place in PLACES if info.filename.startswith(place)), "")
            name = info.filename.removeprefix(place)
            if place and _is_kit_file(name) and info.file_size <= _MAX_BYTES:
                files[name] = wheel.read(info)
    if not files:
        raise KitError(f"{path} has no kit: {_NO_KIT}")
    return _kit(_release(version, path), files, path)


def _kit(release: Release, files: dict[str, bytes], where: str) -> Kit:
    listed = files.pop(GATEWAY_LIST, b"").decode("utf-8", "replace")
    return Kit(release, files, where, frozenset(_LISTED.findall(listed)))


def _below(folder: str) -> Iterator[tuple[str, bytes]]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            full = os.path.join(parent, name)
            relative = os.path.relpath(full, folder)
            if _is_kit_file(relative) and os.path.getsize(full) <= _MAX_BYTES:
                with open(full, "rb") as stream:
                    yield relative, stream.read()


def _is_kit_file(name: str) -> bool:
    """Whether a file of the kit belongs to a project: the settings and the tree."""
    parts = name.split("/")
    if name in SETTINGS:
        return True
    is_read = name.endswith(".toml") or parts[-1] == MANIFEST or name == GATEWAY_LIST
    return parts[0] == "inference" and ".." not in parts and is_read


def _release(text: str, path: str) -> Release:
    release = parse_release(text)
    if release is None:
        raise KitError(f"the release of the kit in {path} is unknown: name it")
    return release


def is_managed(name: str, release: Release) -> bool:
    """Whether a file of the tree belongs to Pipelex, which overwrites it: by its path below `.pipelex`."""
    if name == "inference/backends/internal.toml":
        return True
    folder, file = os.path.split(name)
    if folder != "inference/deck":
        return False
    if behaviours_of(release).deck_layout == "families":
        return file[:1].isdigit()
    return file == "base_deck.toml"
