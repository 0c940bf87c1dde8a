"""Find the tree of a project: from a path, upward from the current directory, then in the home directory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace

from core.entities import Layer
from core.errors import NoTreeError, NoTreeYetError
from core.files.source import read_source
from core.files.view import DISK, FORBIDDEN, View
from core.records import dataclass

SETTINGS_PATHS = ("pipelex.toml", ".pipelex/pipelex.toml")
"""Paths of a project's `pipelex.toml`: in 0.10, and from 0.11 on."""

POLICY_FILE = "pipedeck.toml"
"""The name of pipedeck's own file, in the project's `.pipelex`."""
TREE_ENTRIES = ("backends.toml", "routing_profiles.toml", "backends", "deck")


@dataclass(frozen=True, slots=True)
class TreePaths:
    """The folders of a tree. `inference` is the project's folder; it may not exist when everything comes from home."""

    project: str
    inference: str
    home: str
    moved: tuple[tuple[str, str], ...] = ()
    """Other folders that a `pipelex.toml` of the project names as the tree (up to 0.14), by the path of that file."""
    started_in: str = ""
    """The folder that Pipelex is started in; empty: the project."""
    named: bool = False
    """Whether the tree was named by its path; otherwise the release finds it from the start folder."""
    skipped: str = ""
    """The project that the release does not find from the start folder, though its tree is there."""
    home_only: bool = False
    """Whether the release finds no project from the start folder, and reads the home alone."""
    kit: str = ""
    """The folder of the installed release's kit, from which a first start fills the home; empty: not available."""

    @property
    def start(self) -> str:
        """The folder that Pipelex is started in."""
        return self.started_in or self.project

    @property
    def home_inference(self) -> str:
        return os.path.join(self.home, "inference")

    @property
    def folder(self) -> str:
        """The tree's folder relative to the project, as file paths begin; empty when it is outside."""
        inside = self.inference.removeprefix(self.project.rstrip("/") + "/")
        return inside if inside != self.inference else ""

    @property
    def exists(self) -> bool:
        """Whether the project itself has a tree that is read."""
        return not self.home_only and looks_like_tree(self.inference)

    @property
    def root(self) -> str:
        """The tree's folder: the project's, or the home's when the project has none."""
        return self.inference if self.exists else self.home_inference


def home_directory(environ: Mapping[str, str]) -> str:
    """The user's home directory according to the environment, as Python reads it: an empty one is the root."""
    home = environ.get("HOME")
    return os.path.expanduser("~") if home is None else home or "/"


def pipelex_home(environ: Mapping[str, str], *, cwd: str, honour_variable: bool = True) -> str:
    """The home configuration directory: `~/.pipelex`, or `$PIPELEX_HOME` (relative to `cwd`) from 0.74.1 on.

    Links of `$PIPELEX_HOME` are followed, those of `~/.pipelex` are not.
    """
    folder = environ.get("PIPELEX_HOME") if honour_variable else None
    if folder:
        if folder == "~" or folder.startswith("~/"):
            folder = home_directory(environ) + folder[1:]
        return os.path.realpath(os.path.join(cwd, os.path.expanduser(folder)))
    return os.path.normpath(os.path.join(cwd, home_directory(environ), ".pipelex"))


def looks_like_tree(folder: str) -> bool:
    """Whether a folder contains any part of an inference tree."""
    return any(os.path.lexists(os.path.join(folder, entry)) for entry in TREE_ENTRIES)


def search_tree(path: str | None, *, cwd: str, environ: Mapping[str, str]) -> TreePaths:
    """Search the tree for a path or the start folder `cwd`, with the home of these variables.

    `path` is a project, a `.pipelex` or `inference` folder, or a file in one. Without it the search goes from `cwd`
    upward, not beyond the home directory, and ends at the home configuration directory. Which of these folders a
    release finds is up to `core/files/start_folder.py`. Raises NoTreeError with every folder that was searched.
    """
    start = os.path.realpath(cwd)
    paths = _find(path, cwd=start, environ=environ)
    return replace(paths, started_in=start, named=path is not None)


def _find(path: str | None, *, cwd: str, environ: Mapping[str, str]) -> TreePaths:
    home = pipelex_home(environ, cwd=cwd)
    start = os.path.abspath(cwd)
    if path is not None:
        start = os.path.abspath(os.path.join(cwd, os.path.expanduser(path)))
        if not os.path.lexists(start):
            raise NoTreeError(f"{path}: no such file or directory")
        if not os.path.isdir(start):
            start = os.path.dirname(start)
        direct = _project(start, home) or _tree_at(start, home)
        if direct is not None:
            return direct
    user_home = home_directory(environ)
    folder = start
    while True:
        project = _project(folder, home)
        if project is not None and folder != user_home and os.path.join(folder, ".pipelex") != home:
            return project
        parent = os.path.dirname(folder)
        if folder in (parent, user_home):
            break
        folder = parent
    if looks_like_tree(os.path.join(home, "inference")):
        return TreePaths(start, os.path.join(start, ".pipelex", "inference"), home)
    location = "here" if path is None else f"in {path}"
    obstacle = obstacle_in(start)
    raise NoTreeYetError(
        f"no .pipelex/inference found {location}, in the folders above, or in {home}"
        + (f": {obstacle}" if obstacle else ""),
        obstacle=obstacle,
    )


def obstacle_in(folder: str) -> str:
    """The obstacle in the place of a tree: another kind of file, or an unreadable folder; empty without one."""
    for path in (os.path.join(folder, ".pipelex"), os.path.join(folder, ".pipelex", "inference")):
        if not os.path.lexists(path):
            return ""
        if not os.path.isdir(path):
            return f"{path} {'is a broken link' if os.path.islink(path) else 'is a file, not a folder'}"
        if not os.access(path, os.R_OK | os.X_OK):
            return f"{path} {FORBIDDEN}"
    return ""


def _project(folder: str, home: str) -> TreePaths | None:
    """The tree of a project folder: at its default path, or where the project's `pipelex.toml` puts it."""
    inference = os.path.join(folder, ".pipelex", "inference")
    moved = tuple(configured_trees(folder))
    if looks_like_tree(inference):
        return TreePaths(folder, inference, home, moved)
    for _, path in moved:
        if looks_like_tree(path):
            return TreePaths(folder, path, home, moved)
    return None


def configured_trees(project: str, view: View = DISK) -> Iterator[tuple[str, str]]:
    """The folders set by `[cogt.inference_config] inference_config_path` (up to 0.14), with the path of the file."""
    for name in SETTINGS_PATHS:
        path = os.path.join(project, name)
        if not view.exists(path):
            continue
        node: object = read_source(path, name, Layer.PROJECT, view).data
        for key in ("cogt", "inference_config", "inference_config_path"):
            node = node.get(key) if isinstance(node, dict) else None
        if isinstance(node, str) and node:
            yield name, os.path.normpath(os.path.join(project, node))


def _tree_at(start: str, home: str) -> TreePaths | None:
    """The tree when the path itself is an `inference` or a `.pipelex` folder."""
    if os.path.basename(start) == ".pipelex" and os.path.isdir(os.path.join(start, "inference")):
        return TreePaths(os.path.dirname(start), os.path.join(start, "inference"), home)
    if looks_like_tree(start) or os.path.basename(start) == "inference":
        parent = os.path.dirname(start)
        in_pipelex = os.path.basename(parent) == ".pipelex"
        return TreePaths(os.path.dirname(parent) if in_pipelex else parent, start, home)
    nested = os.path.join(start, "inference")
    if looks_like_tree(nested):
        return TreePaths(start, nested, home)
    return None
