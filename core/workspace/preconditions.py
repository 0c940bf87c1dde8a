"""The preconditions of a step: the part of a file that must be as it was when the step was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from core.edits.steps import EditText, Step, text_of
from core.records import dataclass
from core.toml.edit import toml_commands as c
from core.toml.edit.editor import plan, read_data
from core.toml.edit.plain_data import Data, has, value_at
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import Refusal


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A salted hash of the preconditions of a step, so that a draft holds no secret."""

    salt: str
    digest: str


@dataclass(frozen=True)
class AppliedStep:
    """A step with the content it was applied to, or only the fingerprint of its preconditions."""

    step: Step
    before: bytes | str | Fingerprint = field(repr=False)


NOTHING = "nothing"
"""In place of a value: there is none."""


def aspect(text: str | None, step: Step) -> object:
    """The preconditions of a step in the text of a file (None: no file), as values compared by `repr`."""
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
            return value_or_nothing(data, whole_path(path))
        case c.DeleteKey(path):
            return value_or_nothing(data, whole_path(path)), _lost(text, command)
        case c.InsertKey(path, _, before, after) | c.AddTable(path, _, before, after):
            return value_or_nothing(data, path), _marks(data, path, before, after), _made(data, path)
        case c.RenameKey(path, name):
            return has(data, path), value_or_nothing(data, (*path[:-1], name))
        case c.MoveKey(path, before, after):
            return _neighbours(data, path), _around(data, path, before or after)
        case c.MoveElement(path):
            return value_or_nothing(data, path[:-1])
        case _:
            return text


def _before_others(text: str | None, step: Step) -> Iterator[object]:
    """The aspects of a text, and those it had if other hands have made some of the tables around a new key since."""
    seen = aspect(text, step)
    yield seen
    if text is None or not isinstance(step, EditText) or not isinstance(step.command, c.InsertKey | c.AddTable):
        return
    result = aspect(text, adapted(text, step))
    if isinstance(result, tuple) and len(result) == 3 and result[0] is NOTHING and result[2][1]:
        for depth in range(result[2][0], -1, -1):
            yield NOTHING, result[1], (depth, True)


def adapted(text: str, step: EditText) -> EditText:
    """The step for a text that has the new table already: a table with one key is then the key alone."""
    command, data = step.command, read_data(text)
    if not isinstance(command, c.AddTable) or len(command.items) != 1 or isinstance(data, Refusal):
        return step
    if not isinstance(value_or_nothing(data, command.path), Mapping):
        return step
    [(key, value)] = command.items.items()
    return EditText(step.path, c.InsertKey((*command.path, key), value))


def value_or_nothing(data: Data, path: Path) -> object:
    """The value at a path, or NOTHING."""
    return value_at(data, path) if has(data, path) else NOTHING


def _lost(text: str, command: c.Command) -> object:
    """The comments deleted with a key: one may have been added meanwhile."""
    planned = plan(text, command)
    return NOTHING if isinstance(planned, Refusal) else planned.dropped


def whole_path(path: Path) -> Path:
    """The path of a value, or of the whole array when it is an element: its number means nothing in another array."""
    first = next((at for at, key in enumerate(path) if isinstance(key, int)), None)
    return path if first is None else path[:first]


def _made(data: Data, path: Path) -> object:
    """The number of tables around a path that exist, and whether they are tables."""
    for depth in range(len(path) - 1, 0, -1):
        result = value_or_nothing(data, path[:depth])
        if result is not NOTHING:
            return depth, isinstance(result, Mapping)
    return 0, True


def _marks(data: Data, path: Path, before: str | None, after: str | None) -> object:
    """The neighbours of a new key's position; None if it is appended."""
    mark = before or after
    return None if mark is None else _around(data, path, mark)


def _neighbours(data: Data, path: Path) -> object:
    return _around(data, path, path[-1])


def _around(data: Data, path: Path, key: str | int | None) -> object:
    parent = value_or_nothing(data, path[:-1])
    if not isinstance(parent, Mapping) or key not in parent:
        return NOTHING
    names = [None, *parent, None]
    at = names.index(str(key))
    return names[at - 1], names[at + 1]


def fingerprint(salt: str, text: str | None, step: Step) -> Fingerprint:
    """The fingerprint of the preconditions of a step in a text."""
    return Fingerprint(salt, _digest(salt, aspect(text, step)))


def _digest(salt: str, seen: object) -> str:
    import hashlib  # with OpenSSL, 0.6 MiB: for drafts only

    return hashlib.blake2b(f"{salt}{seen!r}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def holds(text: str | None, applied_step: AppliedStep) -> bool:
    """Whether the preconditions of a step hold in a text (None: no file)."""
    step, known = applied_step.step, applied_step.before
    if isinstance(known, Fingerprint):
        return any(_digest(known.salt, seen) == known.digest for seen in _before_others(text, step))
    before = text_of(known) if isinstance(known, bytes) else None
    if isinstance(before, Refusal):
        return False
    asked = repr(aspect(before, step))
    return any(repr(seen) == asked for seen in _before_others(text, step))
