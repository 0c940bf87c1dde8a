"""Where pipedeck keeps what is a person's, and what it writes with. Apart from the store: looking costs nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from typing import Final

FOLDER: Final = ".pipedeck"
"""In the tree while a commit runs, and after a crash until the next opening."""


def state_folder(environ: Mapping[str, str]) -> str:
    """`$XDG_STATE_HOME/pipedeck`, or `~/.local/state/pipedeck` (XDG base directories: a relative value is ignored)."""
    named = environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(named):
        named = os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".local", "state")
    return os.path.join(named, "pipedeck")


def may_have_pending_commit(root: str) -> bool:
    """Whether a commit runs in a tree, or was cut off there. One look; `core.files.store.is_pending` tells for sure."""
    return os.path.isdir(os.path.join(root, FOLDER))


def tree_folder(state: str, root: str) -> str:
    """The folder, inside the state folder, of the tree at `root`. It may not exist."""
    key = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:32]
    return os.path.join(state, "trees", key)
