"""The folder that Pipelex is started in: the tree and the project that a release finds from there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from core.errors import NoTreeYetError
from core.files.discover import TreePaths, home_directory, pipelex_home, search_tree
from core.files.environment import process_variables, read_environment
from core.releases import NEWEST_RELEASE, Behaviours, behaviours_of, parse_release

MARKERS = (".git", "pyproject.toml", "setup.py", "setup.cfg", "package.json", ".hg")
"""Files and folders that mark a project's root, from 0.18 on."""


def find_tree(path: str | None, *, cwd: str, environ: Mapping[str, str]) -> TreePaths:
    """The tree for a path or the start folder `cwd`, as `search_tree` finds it; the home may be moved by a `.env`.

    Every release loads the `.env` of its start folder, and from 0.18 on that of the home, before it looks for a tree:
    the HOME that they set is then the home. Raises NoTreeError with every folder that was searched.
    """
    try:
        return search_tree(path, cwd=cwd, environ=environ)
    except NoTreeYetError:
        newest = parse_release(NEWEST_RELEASE)
        assert newest is not None
        start = untouched_paths(os.path.realpath(cwd), environ, kit="")
        process = process_variables(read_environment(start, behaviours_of(newest), environ), start)
        if process.get("HOME") == environ.get("HOME"):
            raise
        return search_tree(path, cwd=cwd, environ=process)


def project_root(start: str, behaviours: Behaviours, environ: Mapping[str, str]) -> str | None:
    """The project that a release finds from a start folder; None where it finds none and reads the home alone.

    Up to 0.17 it is the start folder itself. From 0.18 on it is the nearest folder from there upward that has a marker:
    `.git`, `pyproject.toml`, `setup.py`, `setup.cfg`, `package.json` or `.hg`, from 0.29 on also `.pipelex`. The search
    ends at the home directory, which is never a project.
    """
    if behaviours.project_root == "start folder":
        return start
    markers = _markers(behaviours)
    for folder in _searched(start, environ):
        if any(os.path.exists(os.path.join(folder, marker)) for marker in markers):
            return folder
    return None


def unreadable_marker(start: str, behaviours: Behaviours, environ: Mapping[str, str]) -> tuple[str, bool] | None:
    """A marker on the way up that cannot be examined, such as a link to itself, where the release fails over it.

    True: at every start; False: at some, as another marker is in that folder, and the release tries them in an order
    that changes from start to start (0.84 on).
    """
    if not behaviours.unreadable_markers_refused:
        return None
    for folder in _searched(start, environ):
        paths = [os.path.join(folder, marker) for marker in _markers(behaviours)]
        found = any(map(os.path.exists, paths))
        if unreadable := next(filter(is_unreadable_path, paths), ""):
            return unreadable, not found
        if found:
            return None
    return None


def _markers(behaviours: Behaviours) -> tuple[str, ...]:
    return (*MARKERS, ".pipelex") if behaviours.project_root == "markers or .pipelex" else MARKERS


def is_unreadable_path(path: str | Path) -> bool:
    """Whether nobody can tell what a path is: it is a link to itself, or below a folder that you may not enter."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return False


def _searched(start: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The folders from a start folder upward, below the home directory."""
    home = os.path.realpath(os.path.join(start, home_directory(environ)))
    folder = os.path.realpath(start)
    while os.path.realpath(folder) != home:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def as_started(paths: TreePaths, behaviours: Behaviours, environ: Mapping[str, str], kit: str = "") -> TreePaths:
    """The paths of the tree that a release reads when it is started in their start folder.

    A tree named by its path stays, and so does one above the start folder up to 0.17, which read no tree from there:
    `skipped` then says so. From 0.18 on another project, or the home, takes its place. `kit` is that of the installed
    release.
    """
    paths = replace(paths, kit=kit, home=pipelex_home(environ, cwd=paths.start))
    if paths.home_only:
        return paths
    root = project_root(paths.start, behaviours, environ)
    if root is not None and os.path.realpath(root) == os.path.realpath(paths.project):
        return paths
    skipped = paths.project if paths.exists else ""
    if paths.named or behaviours.project_root == "start folder":
        return replace(paths, skipped=skipped)
    project = root or paths.start
    inference = os.path.join(project, ".pipelex", "inference")
    return replace(paths, project=project, inference=inference, moved=(), skipped=skipped, home_only=root is None)


def untouched_paths(start: str, environ: Mapping[str, str], kit: str) -> TreePaths:
    """The paths of a start where neither a project nor the home has a tree: the kit will fill the home."""
    home = pipelex_home(environ, cwd=start)
    return TreePaths(start, os.path.join(start, ".pipelex", "inference"), home, started_in=start, kit=kit)
