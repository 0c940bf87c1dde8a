"""Paths of pipedeck's state folder. Separate from the store so that a check on it imports little."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

try:  # `hashlib` loads OpenSSL, which takes 0.7 % of the start of the app
    from _sha2 import sha256  # type: ignore[import-not-found]  # from Python 3.12 on
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:  # a Python without its own hash functions
        from hashlib import sha256

FOLDER: Final = ".pipedeck"
"""The folder inside a tree while a commit runs, and after a crash until recovery."""


def state_folder(environ: Mapping[str, str]) -> str:
    """`$XDG_STATE_HOME/pipedeck`, or `~/.local/state/pipedeck` (XDG base directories: a relative value is ignored)."""
    folder = environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(folder):
        folder = os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".local", "state")
    return os.path.join(folder, "pipedeck")


def commit_folders(folders: Iterable[str]) -> tuple[str, ...]:
    """The folders in which a commit may run or be interrupted, of those that hold a tree's files, which are listed.

    Those with the target of a linked file count too: it may be part of other trees. `core.files.store.is_pending` is
    exact. Never raises.
    """
    pending: dict[str, None] = {}
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name == FOLDER:
                        pending[folder] = None
                    elif entry.name.endswith(".toml") and entry.is_symlink():
                        target = os.path.dirname(os.path.realpath(entry.path))
                        if os.path.isdir(os.path.join(target, FOLDER)):
                            pending[target] = None
        except OSError:
            continue
    return tuple(pending)


def tree_folder(state: str, root: str) -> str:
    """The state folder of the tree at `root`. It may not exist."""
    key = sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:32]
    return os.path.join(state, "trees", key)


def results_file(root: str, state: str) -> Path:
    """The file with the results of live checks of the tree at `root`. It may not exist."""
    return Path(tree_folder(state, root), "checks.json")


def has_results(root: str, state: str) -> bool:
    """Whether results of live checks of the tree at `root` are stored: reading them imports much."""
    return results_file(root, state).exists()


def history_file(root: str, state: str) -> Path:
    """The file with the latencies of live checks of the tree at `root`. It may not exist."""
    return Path(tree_folder(state, root), "latencies.json")
