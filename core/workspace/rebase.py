"""Rebase of the edit history onto files that changed on the disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.edits.steps import text_of
from core.files.view import DISK, Snapshot, View
from core.records import dataclass
from core.toml.edit.toml_commands import Refusal
from core.workspace.history import Contents, History, HistoryEntry
from core.workspace.merge import merge
from core.workspace.replay import Conflict, ConflictSide, replay


@dataclass(frozen=True)
class Rebased:
    """The history rebased onto the new disk, or the conflicts."""

    history: History
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()


def changed_paths(snapshot: Snapshot) -> tuple[str, ...]:
    """The files whose content on the disk differs from a snapshot, new files included."""
    changed = [path for path, content in snapshot.contents.items() if DISK.content(path) != content]
    contents = snapshot.contents
    changed += [path for path in snapshot.appeared() if path not in contents]
    return tuple(dict.fromkeys(changed))


def rebase(
    history: History, old: View, new: View, paths: Sequence[str], sides: Mapping[int, ConflictSide] | None
) -> Rebased:
    """A history on a disk where `paths` have changed.

    Edits that are not written are replayed. Those that are written are kept where the lines allow it, else they can no
    longer be undone.
    """
    touched = [path for path in paths if path in history.contents(len(history.entries)) or path in history.origin]
    if not touched:
        return Rebased(history)
    if history.saved > history.at or history.saved < 0:
        return _rebase_back(history, old, new, touched, sides)
    written, unsaved = history.entries[: history.saved], history.entries[history.saved : history.at]
    result = replay(new, [entry.applied_steps for entry in unsaved], sides)
    if result.conflicts:
        return Rebased(history, result.conflicts)
    past, origin, notes = _past(history, old, new, touched)
    base = dict(past[-1].contents) if past else {}
    moments = [
        HistoryEntry(entry.label, applied_steps, {**base, **contents}, entry.notes)
        for entry, contents, applied_steps in zip(unsaved, result.contents, result.applied_steps, strict=True)
        if applied_steps or not entry.applied_steps
    ]
    paths_now = {path for contents in result.contents for path in contents}
    origin = {**{path: content_of(new, path) for path in paths_now}, **origin}
    if len(history.entries) > history.at:
        notes = (*notes, "undone edits can no longer be redone")
    if written and not past:
        notes = (*notes, "edits written before can no longer be undone here")
    rebased = History((*past, *moments), len(past) + len(moments), len(past), origin)
    return Rebased(rebased, (), notes)


def _past(
    history: History, old: View, new: View, touched: Sequence[str]
) -> tuple[tuple[HistoryEntry, ...], Contents, tuple[str, ...]]:
    """The written edits with the change on the disk worked into every state, or none where that cannot be done."""
    states = [history.origin, *(entry.contents for entry in history.entries[: history.saved])]
    moved: list[Contents] = []
    for state in states:
        contents = dict(state)
        for path in touched:
            if path in state:
                merged = _merged(content_of(old, path), state[path], content_of(new, path))
                if isinstance(merged, Refusal):
                    return (), {path: content_of(new, path) for path in history.origin}, ()
                contents[path] = merged
        moved.append(contents)
    past = tuple(
        HistoryEntry(entry.label, (), contents, entry.notes)
        for entry, contents in zip(history.entries, moved[1:], strict=False)
    )
    return past, moved[0], ()


def _rebase_back(
    history: History, old: View, new: View, touched: Sequence[str], sides: Mapping[int, ConflictSide] | None
) -> Rebased:
    """Rebase while written edits are undone: the pending revert is merged as text."""
    contents = dict(history.contents())
    conflicts = []
    for number, path in enumerate(touched):
        merged = _merged(content_of(old, path), contents.get(path), content_of(new, path))
        side = (sides or {}).get(number)
        if side is ConflictSide.THEIRS:
            contents[path] = content_of(new, path)
        elif not isinstance(merged, Refusal):
            contents[path] = merged
        elif side is None:
            conflicts.append(
                Conflict(number, path, "", "(as it was written)", "(another text)", "(as before your edits)")
            )
    if conflicts:
        return Rebased(history, tuple(conflicts))
    entry = HistoryEntry("undo written edits", (), contents)
    origin = {path: content_of(new, path) for path in contents}
    return Rebased(History((entry,), 1, 0, origin), (), ("previous edits can no longer be undone here",))


def _merged(base: bytes | None, mine: bytes | None, theirs: bytes | None) -> bytes | Refusal | None:
    if mine == theirs or base == theirs:
        return mine
    if base == mine:
        return theirs
    texts = [text_of(content) if content is not None else None for content in (base, mine, theirs)]
    conflict = Refusal("place", "Both sides changed it.", "Choose one version.")
    item, two, three = texts
    if not isinstance(item, str) or not isinstance(two, str) or not isinstance(three, str):
        return conflict
    merged = merge(item, two, three)
    return conflict if merged is None else merged.encode("utf-8")


def content_of(view: View, path: str) -> bytes | None:
    """The bytes of a file in a view; None if there is no readable file."""
    content = view.content(path)
    return content if isinstance(content, bytes) else None
