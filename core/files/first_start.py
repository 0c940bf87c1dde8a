"""The first start of a release, which copies its kit into the home configuration directory."""

from __future__ import annotations

import os
from collections.abc import Mapping

from core.files.view import View
from core.releases import Behaviours


def will_fill(home: str, behaviours: Behaviours, view: View) -> bool:
    """Whether the next start copies the kit's `inference` into a home configuration directory.

    From 0.18 on when the directory does not exist, from 0.75 on also when it is empty. From 0.79 on when it has no
    `inference/backends.toml`; an `inference` that is a link or a file, or that may not be written, is left alone.
    """
    match behaviours.first_start:
        case "nothing":
            return False
        case "missing files":
            inference = os.path.join(home, "inference")
            if view.lexists(os.path.join(inference, "backends.toml")) or os.path.islink(inference):
                return False
            existing = next((folder for folder in (inference, home) if view.exists(folder)), None)
            return existing is None or (os.path.isdir(existing) and os.access(existing, os.W_OK))
        case rule:
            return not view.exists(home) or (rule == "empty home" and _is_empty(home))


def _is_empty(folder: str) -> bool:
    try:
        return not os.listdir(folder)
    except OSError:
        return False


class FilledHome:
    """A view of the file system after the first start: the home has the kit's `inference` files that it lacks."""

    def __init__(self, base: View, home_inference: str, kit: str) -> None:
        self.base = base
        kit_inference = os.path.join(kit, "inference")
        self.files: Mapping[str, str] = {
            path: source
            for source in base.toml_below(kit_inference)
            if not base.lexists(path := home_inference + source.removeprefix(kit_inference))
        }
        """The kit's file for each path that the first start fills."""
        self._folders = {os.path.dirname(path) for path in self.files}

    def content(self, path: str) -> bytes | str:
        return self.base.content(self.files.get(path, path))

    def exists(self, path: str) -> bool:
        return path in self.files or path in self._folders or self.base.exists(path)

    def lexists(self, path: str) -> bool:
        return path in self.files or path in self._folders or self.base.lexists(path)

    def names(self, folder: str) -> tuple[str, ...]:
        return tuple(sorted({*self.base.names(folder), *self._added(folder)}))

    def toml_names(self, folder: str) -> tuple[str, ...]:
        return tuple(sorted({*self.base.toml_names(folder), *self._added(folder)}))

    def _added(self, folder: str) -> set[str]:
        return {os.path.basename(path) for path in self.files if os.path.dirname(path) == folder}

    def toml_below(self, folder: str) -> tuple[str, ...]:
        paths = (path for path in self.files if path.startswith(folder + "/"))
        return tuple(sorted({*self.base.toml_below(folder), *paths}))
