"""Writing what is pending as one change: in an order that readers can bear, only onto the disk it was judged by."""

from __future__ import annotations

from collections.abc import Callable

from core.api import Report
from core.files.store import Change, Committed, Conflict, commit, content_hash
from core.files.store.disk import ABSENT
from core.files.view import MISSING, Snapshot
from core.safe_text import safe
from core.workspace.history import Contents
from core.workspace.order import write_order
from core.workspace.results import NotSaved, Saved

_IN_BETWEEN = "while the files are written one by one, a reader may meet a tree that does not load"


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
    wait: float,
    read_only_too: bool = False,
    take_over: bool = False,
) -> Saved | NotSaved:
    """Write the pending contents. Never raises.

    `before` and `snapshot` are the tree as it was read, `after` as it will be; `shown` gives a path for people. A file
    that is no longer what the snapshot says keeps everything from being written. `wait` are seconds for the lock; the
    other options are those of `core.files.store.commit`.
    """
    order, loads = write_order(before, snapshot, after, pending)
    result = commit(
        [Change(path, _hash(snapshot.content(path)), pending[path]) for path in order],
        root=root,
        state=state,
        label=label,
        unchanged=[
            (path, _hash(content))
            for path, content in snapshot.contents.items()
            if path not in pending and (isinstance(content, bytes) or content == MISSING)
        ],
        read_only_too=read_only_too,
        take_over=take_over,
        wait=wait,
    )
    if not isinstance(result, Committed):
        return NotSaved(result, result.message, moved=isinstance(result, Conflict))
    return Saved(tuple(safe(shown(path)) for path in order), (*result.notes, *(() if loads else (_IN_BETWEEN,))))


def _hash(content: bytes | str) -> str:
    return content_hash(content) if isinstance(content, bytes) else ABSENT
