"""Where a new tree goes, and what already stands there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from core.errors import NoTreeError
from core.files.discover import MARKS, Found, pipelex_home

_ENTRIES = (*MARKS, "backends_override.toml", "routing_profiles_override.toml")


def place_for(path: str | None, *, cwd: str, environ: Mapping[str, str]) -> Found:
    """Where a tree for `path` goes: a project (the default is `cwd`), a `.pipelex` or an `inference` folder.

    None of them has to exist. Raises NoTreeError when the path is a file.
    """
    folder = os.path.abspath(os.path.join(cwd, os.path.expanduser(path or ".")))
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise NoTreeError(f"{path}: is a file; name the folder of a project")
    project, inference = folder, os.path.join(folder, ".pipelex", "inference")
    if os.path.basename(folder) == ".pipelex":
        project, inference = os.path.dirname(folder), os.path.join(folder, "inference")
    elif os.path.basename(folder) == "inference" and os.path.basename(os.path.dirname(folder)) == ".pipelex":
        project, inference = os.path.dirname(os.path.dirname(folder)), folder
    return Found(project, inference, pipelex_home(environ, cwd=cwd))


def occupied(place: Found) -> tuple[str, ...]:
    """What of a tree already stands there: paths of files, and of anything else that is in the way. Never raises."""
    return tuple(_standing(place.inference))


def _standing(inference: str) -> Iterator[str]:
    for name in _ENTRIES:
        path = os.path.join(inference, name)
        if os.path.isdir(path) and name in ("backends", "deck"):
            try:
                inside = sorted(os.listdir(path))
            except OSError:
                yield path
                continue
            yield from (os.path.join(path, name) for name in inside)
        elif os.path.lexists(path):
            yield path
