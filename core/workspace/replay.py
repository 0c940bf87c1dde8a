"""Replay of edits on a changed disk: steps whose preconditions still hold are redone, others are conflicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from core.edits.steps import CreateFile, DeleteFile, EditText, Step, perform, text_of
from core.files.outline import dotted
from core.files.view import MISSING, Overlay, View
from core.masking import shown_in_file
from core.records import dataclass
from core.toml.edit import toml_commands as c
from core.toml.edit.editor import read_data
from core.toml.edit.plain_data import Data, has, identical, value_at
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import Refusal
from core.workspace.merge import merge
from core.workspace.preconditions import (
    AppliedStep,
    Fingerprint,
    adapted,
    aspect,
    holds,
    value_or_nothing,
    whole_path,
)


class ConflictSide(StrEnum):
    """The side that wins a conflict."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A key (or file) that was changed here and on the disk. The values are masked for display."""

    number: int
    path: str
    key: str
    base: str
    theirs: str
    ours: str
    reason: str = ""
    """The reason why my side could not be applied although it was chosen."""


@dataclass(frozen=True)
class Replayed:
    """The result of a replay: the contents after each group of steps, or the conflicts to decide."""

    contents: tuple[Mapping[str, bytes | None], ...]
    applied_steps: tuple[tuple[AppliedStep, ...], ...]
    conflicts: tuple[Conflict, ...]


def replay(
    view: View, groups: Sequence[Sequence[AppliedStep]], sides: Mapping[int, ConflictSide] | None = None
) -> Replayed:
    """Replay groups of steps on another view. Never raises.

    `sides` decides conflicts by their number (that of the step, counted over all groups). A step that is decided for
    `theirs` is left out; one for `mine` is applied whatever the disk has.
    """
    contents: dict[str, bytes | None] = {}
    seen = Overlay(view, contents)
    states: list[Mapping[str, bytes | None]] = []
    replayed: list[tuple[AppliedStep, ...]] = []
    conflicts: list[Conflict] = []
    steps = [applied_step for group in groups for applied_step in group]
    number = -1
    for group in groups:
        applied: list[AppliedStep] = []
        for applied_step in group:
            number += 1
            now = seen.content(applied_step.step.path)
            side = (sides or {}).get(number)
            if side is ConflictSide.THEIRS:
                continue
            if _is_made(now, applied_step) or _is_there(now, applied_step.step, steps[number + 1 :]):
                continue  # both sides made the same edit
            step, result = _replay_step(now, applied_step, forced=side is ConflictSide.MINE)
            if isinstance(result, Refusal):
                # An edit that cannot be made now is kept until the user chooses `theirs`.
                conflicts.append(
                    _conflict(number, now, applied_step, result.reason if side is ConflictSide.MINE else "")
                )
                continue
            contents[step.path] = result
            applied.append(AppliedStep(step, now))
        states.append(dict(contents))
        replayed.append(tuple(applied))
    return Replayed(tuple(states), tuple(replayed), tuple(conflicts))


def _replay_step(now: bytes | str, applied_step: AppliedStep, *, forced: bool) -> tuple[Step, bytes | Refusal | None]:
    step = applied_step.step
    conflict = Refusal("place", "It was changed on the disk.", "Choose one version.")
    text = text_of(now) if isinstance(now, bytes) else None
    if isinstance(text, Refusal):
        return step, conflict
    if holds(text, applied_step):
        step = adapted(text, step) if isinstance(step, EditText) and text is not None else step
        return step, perform(now, step)
    if isinstance(step, CreateFile) and text is not None and not forced:
        merged = merge("", step.text, text)
        step = step if merged is None else EditText(step.path, c.RawReplace(merged))
        return step, conflict if merged is None else perform(now, step)
    if isinstance(step, EditText) and isinstance(step.command, c.RawReplace) and text is not None:
        base = text_of(applied_step.before) if isinstance(applied_step.before, bytes) else conflict
        if isinstance(base, Refusal):
            return step, perform(now, step) if forced else conflict
        merged = merge(base, step.command.text, text, prefer="mine" if forced else None)
        if merged is None:
            return step, conflict
        step = EditText(step.path, c.RawReplace(merged))
        return step, perform(now, step)
    return _forced(now, text, applied_step) if forced else (step, conflict)


def _is_made(now: bytes | str, applied_step: AppliedStep) -> bool:
    """Whether a file is already as a step makes it, where the step asks of it."""
    step, before = applied_step.step, applied_step.before
    if isinstance(step, DeleteFile):
        return now == MISSING and isinstance(before, bytes)
    text = text_of(now) if isinstance(now, bytes) else None
    if not isinstance(text, str):
        return False
    if isinstance(step, CreateFile):
        return text == step.text
    data = read_data(text)
    if isinstance(step.command, c.RawReplace) or isinstance(data, Refusal):
        return isinstance(step.command, c.RawReplace) and text == step.command.text
    match step.command:
        case c.SetValue(path, value) | c.InsertKey(path, value) if whole_path(path) == path:
            return has(data, path) and identical(value_at(data, path), value)
        case c.DeleteKey(path) if whole_path(path) == path:
            return not has(data, path) and not _is_renamed(data, before, path)
        case c.AddTable(path, items):
            there = value_or_nothing(data, path)
            return isinstance(there, Mapping) and all(
                key in there and identical(there[key], item) for key, item in items.items()
            )
    if not isinstance(before, bytes) or holds(text, applied_step):
        return False
    made = perform(before, step)
    after = text_of(made) if isinstance(made, bytes) else None
    return isinstance(after, str) and repr(aspect(after, step)) == repr(aspect(text, step))


def _is_renamed(data: Data, before: bytes | str | Fingerprint, path: Path) -> bool:
    """Whether a key that is gone, or a table around it, is still there under a name that it did not have."""
    text = text_of(before) if isinstance(before, bytes) else None
    base = read_data(text) if isinstance(text, str) else None
    depth = next((depth for depth in range(len(path)) if not has(data, path[: depth + 1])), len(path))
    if not isinstance(base, dict) or not has(base, path[: depth + 1]):
        return False
    old, now = (value_at(tree, path[:depth]) if depth else tree for tree in (base, data))
    if not isinstance(old, Mapping) or not isinstance(now, Mapping):
        return False
    return any(identical(value, old[path[depth]]) for name, value in now.items() if name not in old)


def _is_there(now: bytes | str, step: Step, following: Sequence[AppliedStep]) -> bool:
    """Whether both sides made a file, here without data: the following edits of it are then those of a present file."""
    if not isinstance(step, CreateFile) or not isinstance(now, bytes) or read_data(step.text):
        return False
    return any(isinstance(other.step, EditText) and other.step.path == step.path for other in following)


def _forced(now: bytes | str, text: str | None, applied_step: AppliedStep) -> tuple[Step, bytes | Refusal | None]:
    """Apply a step over a conflicting change: the key is created or replaced.

    A missing file is restored as it was known, with the edit.
    """
    step = applied_step.step
    if isinstance(step, CreateFile):
        return step, step.text.encode("utf-8")
    if isinstance(step, DeleteFile):
        return step, None
    if text is None:
        result = perform(applied_step.before, step) if isinstance(applied_step.before, bytes) else perform(now, step)
        return (CreateFile(step.path, result.decode("utf-8")) if isinstance(result, bytes) else step), result
    data = read_data(text)
    command = step.command
    if not isinstance(data, Refusal):
        exists = has(data, getattr(command, "path", ()))
        if isinstance(command, c.InsertKey) and exists:
            command = c.SetValue(command.path, command.value, command.above, command.behind)
        elif (isinstance(command, c.SetValue) and not exists) or isinstance(command, c.InsertKey):
            command = c.InsertKey(command.path, command.value, above=command.above, behind=command.behind)
        elif isinstance(command, c.AddTable):
            command = c.AddTable(command.path, command.items)
        elif isinstance(command, c.DeleteKey) and not exists:
            return step, now if isinstance(now, bytes) else None
    step = EditText(step.path, command)
    return step, perform(now, step)


def _conflict(number: int, now: bytes | str, applied_step: AppliedStep, reason: str) -> Conflict:
    step = applied_step.step
    path = _path(step)
    base = (
        "(not kept)" if isinstance(applied_step.before, Fingerprint) else _shown(applied_step.before, step.path, path)
    )
    return Conflict(number, step.path, _key(step), base, _shown(now, step.path, path), _mine(step), reason)


def _path(step: Step) -> Path:
    return getattr(step.command, "path", ()) if isinstance(step, EditText) else ()


def _key(step: Step) -> str:
    return dotted(_path(step))


def _shown(content: bytes | str, file: str, path: Path) -> str:
    if isinstance(content, str):
        return f"(the file {content})"
    text = text_of(content)
    data = text if isinstance(text, Refusal) else read_data(text)
    if isinstance(data, Refusal):
        return "(cannot be read)"
    if not path:
        return "(another text)"
    return shown_in_file(file, path, value_at(data, path)) if has(data, path) else "(nothing)"


def _mine(step: Step) -> str:
    if isinstance(step, CreateFile):
        return "(a new file)"
    if isinstance(step, DeleteFile):
        return "(deleted)"
    match step.command:
        case c.SetValue(_, value) | c.InsertKey(_, value):
            return shown_in_file(step.path, _path(step), value)
        case c.AddTable(_, items):
            return shown_in_file(step.path, _path(step), dict(items))
        case c.DeleteKey():
            return "(deleted)"
        case c.RenameKey(_, new):
            return f"(renamed {new})"
        case c.MoveKey() | c.MoveElement():
            return "(moved)"
        case _:
            return "(another text)"
