"""What is remembered of a tree from one session to the next: where its user was, and that the first hint was seen.

Kept below `$XDG_STATE_HOME/pipedeck`, 0600 in 0700 folders: names of items, never their values.
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
_KINDS = DECK_KINDS | {"overview", "backend", "model", "route"}
"""Kinds of items that are remembered. The names of problems are sentences, which may quote a file."""
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class ViewState:
    """Where somebody was: the list, what was looked at (its key), the row of each list, and the answer to "can it run"
    at that time.
    """

    pane: str
    ref: str
    verdict: str
    rows: Mapping[str, str] = field(default_factory=dict)


def recall(environ: Mapping[str, str], tree: str) -> ViewState | None:
    """Where one was in the tree whose `inference` folder is `tree`; None when that is not known. Never raises."""
    path = Path(tree_folder(state_folder(environ), tree)) / _VIEW
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MOST_BYTES)
        found = tomli.loads(raw.decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    texts = [found.get(key) for key in ("pane", "thing", "verdict")]
    rows = found.get("rows")
    if not all(isinstance(text, str) for text in texts) or not isinstance(rows, dict):
        return None
    pane, ref, verdict = map(str, texts)
    return ViewState(pane, ref, verdict, {str(key): row for key, row in rows.items() if isinstance(row, str)})


def remember(environ: Mapping[str, str], tree: str, state: ViewState) -> None:
    """Keep where one is. Items that are not to be kept are left out. Never raises: it is a comfort, no more."""
    lines = [
        f"pane = {_quoted(state.pane)}",
        f"thing = {_quoted(state.ref if _kept(state.ref) else '')}",
        f"verdict = {_quoted(state.verdict)}",
        "[rows]",
        *(f"{_quoted(pane)} = {_quoted(row)}" for pane, row in state.rows.items() if _kept(row)),
    ]
    path = Path(tree_folder(state_folder(environ), tree)) / _VIEW
    _write(path, "\n".join(lines).encode("utf-8", "replace"))


def _quoted(text: str) -> str:
    """A text as TOML has it. Not by way of `json`, which takes longer to import than all of this."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in plain) + '"'


def _kept(key: str) -> bool:
    return key.partition("\x1f")[0] in _KINDS


def first_time(environ: Mapping[str, str]) -> bool:
    """Whether pipedeck was never left by this user before."""
    return not (Path(state_folder(environ)) / _SEEN).exists()


def not_first_time(environ: Mapping[str, str]) -> None:
    """From now on it was. Never raises."""
    _write(Path(state_folder(environ)) / _SEEN, b"")


def _write(path: Path, content: bytes) -> None:
    from core.files.store.disk import Disk, make_private_folder, replace_private

    with contextlib.suppress(OSError):
        disk = Disk()
        make_private_folder(disk, os.fspath(path.parent))
        replace_private(disk, os.fspath(path), content)
