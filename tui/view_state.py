"""The view state of a tree, stored from one session to the next: selected item, cursors, and the first start.

The files are below `$XDG_STATE_HOME/pipedeck`, 0600 in 0700 folders. They contain names of items, never values.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

import tomli

from core.files.state_folder import state_folder, tree_folder
from core.records import dataclass
from tui.selection import DECK_KINDS

_VIEW, _SEEN = "view.toml", "seen"
_KINDS = DECK_KINDS | {"overview", "backend", "model", "route", "pipe"}
"""Kinds of items that are stored. The names of problems are sentences, which may quote a file."""
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True)
class ViewState:
    """The current list, the key of the selected item, the row of each list, and the verdict at that time."""

    pane: str
    ref: str
    verdict: str
    rows: Mapping[str, str] = field(default_factory=dict)


class ViewStateStore:
    """The stored view states of a user. Reads and writes never raise: the app works without."""

    def __init__(self, environ: Mapping[str, str], *, restore: bool) -> None:
        """`restore`: the user's setting whether view states are stored."""
        self._folder = state_folder(environ)
        self._restore = restore
        self._stored: ViewState | None = None
        self.first_start = not (Path(self._folder) / _SEEN).exists()
        """Whether the user has never closed pipedeck before."""

    def load(self, tree: str) -> ViewState | None:
        """The stored view state of the tree with an `inference` folder; None when there is none."""
        self._stored = read_view_state(self._folder, tree) if self._restore else None
        return self._stored

    def save(self, tree: str, state: ViewState) -> None:
        """Store the view state of a tree if it has changed, and that pipedeck was used."""
        if self.first_start:
            _write(Path(self._folder) / _SEEN, b"")
        if self._restore and state != self._stored:
            write_view_state(self._folder, tree, state)


def read_view_state(folder: str, tree: str) -> ViewState | None:
    """The view state of a tree in a state folder; None when it is missing or not valid."""
    try:
        with _path(folder, tree).open("rb") as stream:
            data = tomli.loads(stream.read(_MAX_BYTES).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    texts = [data.get(key) for key in ("pane", "thing", "verdict")]
    rows = data.get("rows")
    if not all(isinstance(text, str) for text in texts) or not isinstance(rows, dict):
        return None
    pane, ref, verdict = map(str, texts)
    return ViewState(pane, ref, verdict, {str(key): row for key, row in rows.items() if isinstance(row, str)})


def write_view_state(folder: str, tree: str, state: ViewState) -> None:
    """Write the view state of a tree, without items of other kinds."""
    lines = [
        f"pane = {_quoted(state.pane)}",
        f"thing = {_quoted(state.ref if _is_stored(state.ref) else '')}",
        f"verdict = {_quoted(state.verdict)}",
        "[rows]",
        *(f"{_quoted(pane)} = {_quoted(row)}" for pane, row in state.rows.items() if _is_stored(row)),
    ]
    _write(_path(folder, tree), "\n".join(lines).encode("utf-8", "replace"))


def _path(folder: str, tree: str) -> Path:
    return Path(tree_folder(folder, tree)) / _VIEW


def _quoted(text: str) -> str:
    """A TOML string, without `json`, which takes longer to import than this module."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'


def _is_stored(key: str) -> bool:
    return key.partition("\x1f")[0] in _KINDS


def _write(path: Path, content: bytes) -> None:
    from core.files.store.disk import Disk, make_private_folder, replace_private

    with contextlib.suppress(OSError):
        disk = Disk()
        make_private_folder(disk, os.fspath(path.parent))
        replace_private(disk, os.fspath(path), content)
