"""Where pipedeck keeps what belongs to a person. Apart from the store, as looking costs nothing and writing a lot."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping


def state_folder(environ: Mapping[str, str]) -> str:
    """`$XDG_STATE_HOME/pipedeck`, or `~/.local/state/pipedeck` (XDG base directories: a relative value is ignored)."""
    named = environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(named):
        named = os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".local", "state")
    return os.path.join(named, "pipedeck")


def tree_folder(state: str, root: str) -> str:
    """The folder, inside the state folder, of the tree at `root`. It may not exist."""
    key = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:32]
    return os.path.join(state, "trees", key)
