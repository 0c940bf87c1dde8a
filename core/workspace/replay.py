"""Doing edits again on a disk that has changed meanwhile: what still means the same is done, the rest is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from core.edits.steps import CreateFile, DeleteFile, EditText, Step, perform, text_of
from core.files.outline import dotted
from core.files.view import Overlay, View
from core.masking import shown_value
from core.records import dataclass
from core.toml.edit import toml_commands as c
from core.toml.edit.editor import read_data
from core.toml.edit.plain_data import has, value_at
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import Refusal
from core.workspace.aspects import aspect
from core.workspace.merge import merge


class Side(StrEnum):
    """Whose word counts where two have changed the same."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Seal:
    """What a step took for granted, without its values: a salted hash, so that a draft holds no secret."""

    salt: str
    digest: str


@dataclass(frozen=True)
class Done:
    """A step with the content it was done to, as a view gives it, or only the seal of what it took for granted."""

    step: Step
    before: bytes | str | Seal = field(repr=False)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A key (or a whole file) that was changed here and on the disk. The values are fit to be shown."""

    number: int
    path: str
    key: str
    base: str
    theirs: str
    mine: str
    reason: str = ""
    """Why it cannot be done as asked although my word was to count."""


@dataclass(frozen=True)
class Replayed:
    """What came of doing edits again: the contents after each group of steps, or the conflicts that must be decided."""

    contents: tuple[Mapping[str, bytes | None], ...]
    done: tuple[tuple[Done, ...], ...]
    conflicts: tuple[Conflict, ...]


def seal(salt: str, text: str | None, step: Step) -> Seal:
    """The seal of what a step takes for granted of a text."""
    digest = hashlib.blake2b(f"{salt}{aspect(text, step)!r}".encode("utf-8", "surrogatepass"), digest_size=16)
    return Seal(salt, digest.hexdigest())


def replay(view: View, groups: Sequence[Sequence[Done]], sides: Mapping[int, Side] | None = None) -> Replayed:
    """Do groups of steps again on another view. Never raises.

    `sides` decides conflicts by their number (that of the step, counted over all groups). A step that is decided for
    `theirs` is left out; one for `mine` is done whatever the disk has.
    """
    contents: dict[str, bytes | None] = {}
    seen = Overlay(view, contents)
    states: list[Mapping[str, bytes | None]] = []
    kept: list[tuple[Done, ...]] = []
    conflicts: list[Conflict] = []
    number = -1
    for group in groups:
        mine: list[Done] = []
        for done in group:
            number += 1
            now = seen.content(done.step.path)
            side = (sides or {}).get(number)
            if side is Side.THEIRS:
                continue
            step, result = _again(now, done, forced=side is Side.MINE)
            if isinstance(result, Refusal):
                # An edit that cannot be made now is not given up: only its own side's word may do that.
                conflicts.append(_conflict(number, now, done, result.reason if side is Side.MINE else ""))
                continue
            contents[step.path] = result
            mine.append(Done(step, now))
        states.append(dict(contents))
        kept.append(tuple(mine))
    return Replayed(tuple(states), tuple(kept), tuple(conflicts))


def _again(now: bytes | str, done: Done, *, forced: bool) -> tuple[Step, bytes | Refusal | None]:
    step = done.step
    conflict = Refusal("place", "It was changed on the disk meanwhile.", "Choose one of the two.")
    text = text_of(now) if isinstance(now, bytes) else None
    if isinstance(text, Refusal):
        return step, conflict
    if _as_before(text, done):
        return step, perform(now, step)
    if isinstance(step, EditText) and isinstance(step.command, c.RawReplace) and text is not None:
        base = text_of(done.before) if isinstance(done.before, bytes) else conflict
        if isinstance(base, Refusal):
            return step, perform(now, step) if forced else conflict
        merged = merge(base, step.command.text, text, prefer="mine" if forced else None)
        if merged is None:
            return step, conflict
        step = EditText(step.path, c.RawReplace(merged))
        return step, perform(now, step)
    return _forced(now, text, done) if forced else (step, conflict)


def _as_before(text: str | None, done: Done) -> bool:
    if isinstance(done.before, Seal):
        return seal(done.before.salt, text, done.step) == done.before
    before = text_of(done.before) if isinstance(done.before, bytes) else None
    return not isinstance(before, Refusal) and repr(aspect(before, done.step)) == repr(aspect(text, done.step))


def _forced(now: bytes | str, text: str | None, done: Done) -> tuple[Step, bytes | Refusal | None]:
    """A step done in spite of what is there: the key gets my value, made or replaced as need be.

    A file that is gone is there again as it was known, with the edit.
    """
    step = done.step
    if isinstance(step, CreateFile):
        return step, step.text.encode("utf-8")
    if isinstance(step, DeleteFile):
        return step, None
    if text is None:
        result = perform(done.before, step) if isinstance(done.before, bytes) else perform(now, step)
        return (CreateFile(step.path, result.decode("utf-8")) if isinstance(result, bytes) else step), result
    data = read_data(text)
    command = step.command
    if not isinstance(data, Refusal):
        there = has(data, getattr(command, "path", ()))
        if isinstance(command, c.InsertKey) and there:
            command = c.SetValue(command.path, command.value)
        elif (isinstance(command, c.SetValue) and not there) or isinstance(command, c.InsertKey):
            command = c.InsertKey(command.path, command.value)
        elif isinstance(command, c.AddTable):
            command = c.AddTable(command.path, command.items)
        elif isinstance(command, c.DeleteKey | c.DeleteTable) and not there:
            return step, now if isinstance(now, bytes) else None
    step = EditText(step.path, command)
    return step, perform(now, step)


def _conflict(number: int, now: bytes | str, done: Done, reason: str) -> Conflict:
    step = done.step
    path = _path(step)
    name = str(path[-1]) if path else ""
    base = "(not kept)" if isinstance(done.before, Seal) else _shown(done.before, path, name)
    return Conflict(number, step.path, _key(step), base, _shown(now, path, name), _mine(step, name), reason)


def _path(step: Step) -> Path:
    return getattr(step.command, "path", ()) if isinstance(step, EditText) else ()


def _key(step: Step) -> str:
    return dotted(_path(step))


def _shown(content: bytes | str, path: Path, name: str) -> str:
    if isinstance(content, str):
        return f"(the file {content})"
    text = text_of(content)
    data = text if isinstance(text, Refusal) else read_data(text)
    if isinstance(data, Refusal):
        return "(cannot be read)"
    if not path:
        return "(another text)"
    return shown_value(name, value_at(data, path)) if has(data, path) else "(nothing)"


def _mine(step: Step, name: str) -> str:
    if isinstance(step, CreateFile):
        return "(a new file)"
    if isinstance(step, DeleteFile):
        return "(deleted)"
    match step.command:
        case c.SetValue(_, value) | c.InsertKey(_, value) | c.InsertElement(_, _, value):
            return shown_value(name, value)
        case c.AddTable(_, items) | c.AppendTable(_, items):
            return shown_value(name, dict(items))
        case c.DeleteKey() | c.DeleteTable():
            return "(deleted)"
        case c.RenameKey(_, new) | c.RenameTable(_, new):
            return f"(renamed {new})"
        case c.MoveKey() | c.MoveTable() | c.MoveElement():
            return "(moved)"
        case c.SetComment():
            return "(a comment)"
        case _:
            return "(another text)"
