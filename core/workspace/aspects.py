"""What a step takes for granted: the part of a file that must still be what it was for the step to mean the same."""

from __future__ import annotations

from collections.abc import Mapping

from core.edits.steps import EditText, Step
from core.toml.edit import toml_commands as c
from core.toml.edit.editor import comments_of, plan, read_data
from core.toml.edit.plain_data import Data, has, value_at
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import Refusal

NOTHING = "nothing"
"""In place of a value: there is none."""


def aspect(text: str | None, step: Step) -> object:
    """What `step` takes for granted of a file's text (None: no file), as plain values that compare by `repr`."""
    if not isinstance(step, EditText) or text is None:
        return text
    if isinstance(step.command, c.RawReplace):
        return text
    data = read_data(text)
    if isinstance(data, Refusal):
        return ("unreadable", text)
    return _of(text, data, step.command)


def _of(text: str, data: Data, command: c.Command) -> object:
    match command:
        case c.SetValue(path):
            return _value(data, _whole(path))
        case c.DeleteKey(path) | c.DeleteTable(path):
            return _value(data, _whole(path)), _lost(text, command)
        case c.InsertKey(path, _, before, after) | c.AddTable(path, _, before, after):
            return _value(data, path), _marks(data, path, before, after), _made(data, path)
        case c.RenameKey(path, name) | c.RenameTable(path, name):
            return has(data, path), _value(data, (*path[:-1], name))
        case c.MoveKey(path, before, after) | c.MoveTable(path, before, after):
            return _neighbours(data, path), _around(data, path, before or after)
        case c.AppendTable(path):
            found = _value(data, path)
            return len(found) if isinstance(found, list) else NOTHING
        case c.InsertElement(path):
            return _value(data, path)
        case c.MoveElement(path):
            return _value(data, path[:-1])
        case c.SetComment(path):
            return has(data, path), comments_of(text)
        case _:
            return text


def _value(data: Data, path: Path) -> object:
    return value_at(data, path) if has(data, path) else NOTHING


def _lost(text: str, command: c.Command) -> object:
    """The comments that go with what is deleted: somebody may have written one meanwhile."""
    planned = plan(text, command)
    return NOTHING if isinstance(planned, Refusal) else planned.dropped


def _whole(path: Path) -> Path:
    """The path of a value, or of the whole array when it is an element: its number means nothing in another array."""
    first = next((at for at, key in enumerate(path) if isinstance(key, int)), None)
    return path if first is None else path[:first]


def _made(data: Data, path: Path) -> object:
    """How many of the tables around a path are there, and whether they are tables."""
    for depth in range(len(path) - 1, 0, -1):
        found = _value(data, path[:depth])
        if found is not NOTHING:
            return depth, isinstance(found, Mapping)
    return 0, True


def _marks(data: Data, path: Path, before: str | None, after: str | None) -> object:
    """The place between two keys that a new one is put in; where none is named it goes to the end, wherever that is."""
    mark = before or after
    return None if mark is None else _around(data, path, mark)


def _neighbours(data: Data, path: Path) -> object:
    return _around(data, path, path[-1])


def _around(data: Data, path: Path, key: str | int | None) -> object:
    parent = _value(data, path[:-1])
    if not isinstance(parent, Mapping) or key not in parent:
        return NOTHING
    names = [None, *parent, None]
    at = names.index(str(key))
    return names[at - 1], names[at + 1]
