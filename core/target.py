"""The release to answer for: a named one, that of the installation or of a pin, or else the one that the tree shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from core.dialects.detect import Detection, detect
from core.errors import PipedeckError
from core.files.discover import TreePaths
from core.files.tree_reader import Tree, read_tree
from core.files.view import DISK, View
from core.installation import DISK_FILES, Installation, ProjectFiles, search_installation
from core.releases import (
    FIRST_RELEASE,
    NEWEST_RELEASE,
    Behaviours,
    Release,
    behaviours_of,
    is_supported,
    parse_release,
)


class Target(NamedTuple):
    """The release to answer for, and its evidence: the installation or the project's pins, or else the tree itself.

    While a caller holds `tree`, reading it for the target release parses none of its files.
    """

    behaviours: Behaviours
    detected: Detection
    installation: Installation | None
    tree: Tree


class UnknownReleaseError(PipedeckError):
    """A text that names no Pipelex release."""


def target_release(
    paths: TreePaths,
    release: str | None,
    environ: Mapping[str, str],
    python: str | None = None,
    *,
    view: View = DISK,
    files: ProjectFiles = DISK_FILES,
) -> Target:
    """The target of a tree: `release` if one is named, else the release of the installation or pin, else the detected.

    The packages of an installation of another release than the named one say nothing about it, so it is left out. A
    pinned release that does not read `.pipelex/inference` is ignored. `view` has the tree, `files` the pins.
    """
    newest = parse_release(NEWEST_RELEASE)
    assert newest is not None
    tree = read_tree(paths, behaviours_of(newest), environ, view)
    detected = detect(tree)
    installation, notes = search_installation(
        paths.project, cwd=paths.start, environ=environ, python=python, files=files
    )
    detected = replace(detected, named=release is not None, notes=notes)
    if release is not None:
        chosen = named_release(release)
        if installation is not None and installation.release != chosen:
            installation = None
    elif installation is not None and (installed := installation.release) is not None and is_supported(installed):
        chosen = installed
    else:
        chosen, installation = detected.release, None
    return Target(behaviours_of(chosen), detected, installation, tree)


def named_release(text: str) -> Release:
    """The release of a name. Raises UnknownReleaseError for one that does not read `.pipelex/inference`."""
    release = parse_release(text)
    if release is None or not is_supported(release):
        raise UnknownReleaseError(
            f"{text!r} is no Pipelex release that reads .pipelex/inference;"
            f" write one from {FIRST_RELEASE} on, such as 0.14.3"
        )
    return release
