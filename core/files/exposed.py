"""Exposed `.env` files: those that other users of this machine, or users of the git repository, may read."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from typing import Final

from core.files.git_process import GitError, git_output

_TIMEOUT_S: Final = 2.0


def is_world_readable(path: str) -> bool:
    """Whether every user of this machine may read a file: by its mode, and those of the folders above it."""
    try:
        if not os.stat(path).st_mode & stat.S_IROTH:
            return False
        folder = os.path.dirname(os.path.realpath(path))
        while True:
            if not os.stat(folder).st_mode & stat.S_IXOTH:
                return False
            parent = os.path.dirname(folder)
            if parent == folder:
                return True
            folder = parent
    except OSError:
        return False


def in_git(path: str, environ: Mapping[str, str]) -> str:
    """`tracked`, `in history`, `not ignored` or empty: whether git has a file, or takes it with the next `git add`.

    Asks git itself, two seconds for each question at most.
    Nothing of the repository is executed, and nothing is fetched. Empty as well where git cannot say.
    """
    folder, name = os.path.split(os.path.abspath(path))
    if _git(folder, environ, "ls-files", "--error-unmatch", "--", name) is None:
        if _git(folder, environ, "rev-list", "--all", "--max-count=1", "--", name):
            return "in history"
        others = _git(folder, environ, "ls-files", "--others", "--exclude-standard", "--", name)
        return "not ignored" if others else ""
    return "tracked"


def _git(folder: str, environ: Mapping[str, str], *arguments: str) -> str | None:
    """The output of a git command; None when it fails."""
    try:
        output = git_output(folder, environ, *arguments, timeout=_TIMEOUT_S)
    except GitError:
        return None
    return output.decode("utf-8", "replace").strip() if output is not None else None
