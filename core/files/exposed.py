"""Who else may read a `.env` file: other users of this machine, and everybody with the git repository."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Mapping
from typing import Final

_TIMEOUT_S: Final = 2.0
_NEUTRAL: Final = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false")
"""Settings of a repository that would run a program of its owner."""


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
    """`tracked`, `in history`, or empty: whether git has a file. Asks git itself, two seconds at most.

    Nothing of the repository is executed, and nothing is fetched. Empty as well where git cannot say.
    """
    folder, name = os.path.split(os.path.abspath(path))
    if _git(folder, environ, "ls-files", "--error-unmatch", "--", name) is None:
        return "in history" if _git(folder, environ, "rev-list", "--all", "--max-count=1", "--", name) else ""
    return "tracked"


def _git(folder: str, environ: Mapping[str, str], *arguments: str) -> str | None:
    """The output of a git command; None when it fails."""
    safe = {key: value for key, value in environ.items() if not key.startswith("GIT_")}
    safe |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *_NEUTRAL, "--no-pager", *arguments],
            cwd=folder,
            env=safe,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None
