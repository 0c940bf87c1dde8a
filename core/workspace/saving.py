"""Saving: writes all pending files as one change, in an order that never breaks the tree for a reader."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, permutations

from core.api import Report, update_report
from core.files.store import Change, Committed, Conflict, commit, content_hash, last, removal_notes, undone_change
from core.files.store.disk import ABSENT, UNREADABLE
from core.files.view import MISSING, Overlay, Snapshot, View, is_unreadable
from core.safe_text import safe
from core.workspace.history import Contents
from core.workspace.workspace_results import NotSaved, Saved

MAX_TRIED = 24
"""Of the orders of many files only so many are tried: each costs a reading of the tree."""


def why_read_only(report: Report) -> str:
    """Why the user cannot write to a tree; empty if writing seems possible."""
    folder = report.catalog.tree.paths.root
    if os.path.isdir(folder) and not os.access(folder, os.W_OK):
        return f"no permission to write to {safe(folder)}"
    return ""


def write_order(
    before: Report, view: View, after: Report, contents: Mapping[str, bytes | None]
) -> tuple[list[str], bool]:
    """The paths in writing order, and whether every tree in between loads as well as the one before or after.

    Additions go before what names them and removals behind it: backend files, `backends.toml`, routing, deck; a
    removal the other way round. Another order is used when that one would show a reader a worse tree.
    """
    default_order = sorted(contents, key=lambda path: _rank(before, path, contents[path]))
    if len(default_order) < 2:
        return default_order, True
    allowed = _fatal(before) | _fatal(after)
    for order in islice(_orders(default_order), MAX_TRIED):
        if all(_fatal(_partly(before, view, contents, order[:size])) <= allowed for size in range(1, len(order))):
            return list(order), True
    return default_order, False


def _orders(default_order: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield tuple(default_order)
    yield tuple(reversed(default_order))
    yield from permutations(default_order)


def _partly(before: Report, view: View, contents: Mapping[str, bytes | None], paths: Sequence[str]) -> Report:
    overlay = Overlay(view, {path: contents[path] for path in paths})
    return update_report(before, overlay, profile=before.catalog.assumed_profile)


def _fatal(report: Report) -> set[tuple[str, str]]:
    return {(problem.code, problem.message) for problem in report.boot_problems if problem.fatal}


def _rank(report: Report, path: str, content: bytes | None) -> tuple[int, str]:
    tree = report.catalog.tree
    if path.startswith(tree.specs_path + "/"):
        return (9 if content is None else 0), path
    if path.startswith(tree.deck_path + "/"):
        return 3, path
    if not path.startswith((tree.paths.inference + "/", tree.paths.home_inference + "/")):
        return 4, path  # a method names what the tree defines
    return (1 if os.path.basename(path).startswith("backends") else 2), path


_IN_BETWEEN = "while the files are written one by one, the tree may not load for a reader"


def write(
    before: Report,
    snapshot: Snapshot,
    after: Report,
    pending: Contents,
    shown: Callable[[str], str],
    *,
    root: str,
    state: str,
    label: str,
    undoes: bool,
    wait: float,
) -> Saved | NotSaved:
    """Write the pending contents. Never raises.

    `before` and `snapshot` are the tree as it was read, `after` as it will be; `shown` returns a display path. A file
    that is no longer what the snapshot says keeps everything from being written. `undoes`: the contents undo edits that
    were written. `wait` are seconds for the lock; the other options are those of `core.files.store.commit`.
    """
    order, loads = write_order(before, snapshot, after, pending)
    result = commit(
        [_change(path, snapshot.content(path), pending[path], root, state) for path in order],
        root=root,
        state=state,
        label=label,
        reverts=_reverted(snapshot, pending, root, state) if undoes else "",
        unchanged=[
            (path, UNREADABLE if is_unreadable(content) else _hash(content))
            for path, content in snapshot.contents.items()
            if path not in pending and (isinstance(content, bytes) or content == MISSING or is_unreadable(content))
        ],
        wait=wait,
    )
    if not isinstance(result, Committed):
        return NotSaved(result, result.message, moved=isinstance(result, Conflict))
    return Saved(
        tuple(safe(shown(path)) for path in order),
        (*result.notes, *(() if loads else (_IN_BETWEEN,))),
        tuple(safe(shown(path)) for path in order if pending[path] is None),
    )


def _reverted(snapshot: Snapshot, pending: Contents, root: str, state: str) -> str:
    """The id of the last logged commit, where the pending contents restore all its files; else empty."""
    entry = last(root, state)
    if entry is None or {written.path for written in entry.files} != set(pending):
        return ""
    restores = all(
        written.old == _hash(_held(pending[written.path])) and written.new == _hash(snapshot.content(written.path))
        for written in entry.files
    )
    return entry.id if restores else ""


def _held(content: bytes | None) -> bytes | str:
    return MISSING if content is None else content


def _change(path: str, before: bytes | str, after: bytes | None, root: str, state: str) -> Change:
    if after is not None and isinstance(before, bytes):
        return Change(path, _hash(before), after)
    return Change(path, _hash(before), after, undone_change(root, state, path, after))


def notes_on_removals(view: View, contents: Contents, shown: Callable[[str], str]) -> Iterator[str]:
    """Notes on each file that the edit removes: what an undo would not restore, and what stays."""
    for path, content in contents.items():
        if content is None and view.lexists(path):
            yield from removal_notes(path, shown(path))


def _hash(content: bytes | str) -> str:
    return content_hash(content) if isinstance(content, bytes) else ABSENT
