"""`pipelex.toml` and the files layered over it: which of them a release reads, and in which order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Literal

from core.entities import Layer

Layout = Literal["project root", "one folder", "home then project"]


def settings_files(
    project: str, home: str, layout: Layout, environ: Mapping[str, str], environment_variable: str
) -> Iterator[tuple[str, Layer]]:
    """The settings files that exist, later ones winning.

    Up to 0.17 the overrides lie in the project's root; from 0.18 to 0.27 in one folder, the project's `.pipelex` or
    else the home's; from 0.28 on the home's whole set comes first, then the project's.
    """
    names = _override_names(environ, environment_variable)
    folder = os.path.join(project, ".pipelex")
    if layout == "project root":
        places = [(os.path.join(folder, "pipelex.toml"), Layer.PROJECT)]
        places += [(os.path.join(project, name), Layer.PROJECT) for name in (*names, "pipelex_super.toml")]
    elif layout == "one folder":
        chosen = (folder, Layer.PROJECT) if os.path.isdir(folder) else (home, Layer.HOME)
        places = [
            (os.path.join(home, "pipelex.toml"), Layer.HOME),
            (os.path.join(folder, "pipelex.toml"), Layer.PROJECT),
        ]
        places += [(os.path.join(chosen[0], name), chosen[1]) for name in (*names, *_LAST)]
    else:
        places = [
            (os.path.join(base, name), layer)
            for base, layer in ((home, Layer.HOME), (folder, Layer.PROJECT))
            for name in ("pipelex.toml", *names, *_LAST)
        ]
    return ((path, layer) for path, layer in places if os.path.lexists(path))


_LAST = ("pipelex_override.toml", "pipelex_temporary_override.toml")


def _override_names(environ: Mapping[str, str], environment_variable: str) -> tuple[str, ...]:
    stage = environ.get(environment_variable) or "dev"
    mode = environ.get("RUN_MODE") or "normal"
    return ("pipelex_local.toml", f"pipelex_{stage}.toml", f"pipelex_{mode}.toml")
