"""Finding the tree: from a path, or upward from the current directory, then at home."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import NoTreeError

MARKS = ("backends.toml", "routing_profiles.toml", "backends", "deck")


@dataclass(frozen=True, slots=True)
class Found:
    """Where the tree is. `inference` is the project's folder (it may not exist when everything comes from home)."""

    project: str
    inference: str
    home: str
    explicit: bool

    @property
    def home_inference(self) -> str:
        return os.path.join(self.home, "inference")

    @property
    def exists(self) -> bool:
        """Whether the project itself has a tree."""
        return looks_like_tree(self.inference)


def home_directory(environ: Mapping[str, str]) -> str:
    """The user's home directory, as the environment says."""
    return environ.get("HOME") or os.path.expanduser("~")


def pipelex_home(environ: Mapping[str, str], *, honour_variable: bool = True) -> str:
    """The home configuration directory: `~/.pipelex`, or `$PIPELEX_HOME` from 0.74.1 on."""
    named = environ.get("PIPELEX_HOME") if honour_variable else None
    return os.path.abspath(named) if named else os.path.join(home_directory(environ), ".pipelex")


def looks_like_tree(folder: str) -> bool:
    """Whether a folder holds any part of an inference tree."""
    return any(os.path.lexists(os.path.join(folder, mark)) for mark in MARKS)


def find_tree(path: str | None, *, cwd: str, environ: Mapping[str, str]) -> Found:
    """Find the tree a person means.

    `path` may be a project, a `.pipelex` or an `inference` folder, or a file in one; without it the search goes from
    `cwd` upward, never past the home directory, and ends at the home configuration directory.
    Raises NoTreeError, naming every place that was looked at.
    """
    home = pipelex_home(environ)
    if path is None:
        start, explicit = os.path.abspath(cwd), False
    else:
        start, explicit = os.path.abspath(os.path.join(cwd, os.path.expanduser(path))), True
        if not os.path.lexists(start):
            raise NoTreeError(f"{path}: no such file or directory")
        if not os.path.isdir(start):
            start = os.path.dirname(start)
        direct = _direct(start, home)
        if direct is not None:
            return direct
    user_home = home_directory(environ)
    looked = []
    folder = start
    while True:
        inference = os.path.join(folder, ".pipelex", "inference")
        at_home = os.path.join(folder, ".pipelex") == home or folder == user_home
        if looks_like_tree(inference) and not at_home:
            return Found(folder, inference, home, explicit)
        looked.append(inference)
        parent = os.path.dirname(folder)
        if parent == folder or folder == user_home:
            break
        folder = parent
    if looks_like_tree(os.path.join(home, "inference")):
        return Found(start, os.path.join(start, ".pipelex", "inference"), home, explicit)
    where = path if path is not None else "here"
    raise NoTreeError(
        f"no .pipelex/inference found {where if path is None else 'in ' + where}, in the folders above it, or in {home}"
    )


def _direct(start: str, home: str) -> Found | None:
    """The tree, when the path itself is an `inference` folder, a `.pipelex` folder or a project."""
    if looks_like_tree(os.path.join(start, ".pipelex", "inference")):
        return Found(start, os.path.join(start, ".pipelex", "inference"), home, True)
    if os.path.basename(start) == ".pipelex" and os.path.isdir(os.path.join(start, "inference")):
        return Found(os.path.dirname(start), os.path.join(start, "inference"), home, True)
    if looks_like_tree(start) or os.path.basename(start) == "inference":
        parent = os.path.dirname(start)
        inside = os.path.basename(parent) == ".pipelex"
        return Found(os.path.dirname(parent) if inside else parent, start, home, True)
    nested = os.path.join(start, "inference")
    if looks_like_tree(nested):
        return Found(start, nested, home, True)
    return None
