"""Commands that edit a TOML text, and the results of planning one: a plan of splices, or a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal, NamedTuple

from core.records import dataclass
from core.toml.edit.text_layout import Path, Span

Comments = Literal["keep", "attached"]
"""Whether a deletion keeps the comment lines that belong to a key (`ownership`), the default, or deletes them too."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """Replace the value of a key, array element or inline entry. Comments and spacing around it stay.

    `above` are comments to write on lines of their own above a key, `behind` one at the end of its line.
    """

    path: Path
    value: object
    above: tuple[str, ...] = ()
    behind: str = ""


@dataclass(frozen=True, slots=True)
class InsertKey:
    """Add a new key to an existing table, behind the last key by default.

    `before` and `after` name keys of the same table; at most one is set. `above` and `behind` are comments as of
    `SetValue`; `written` is the notation of the value, if there is one.
    """

    path: Path
    value: object
    before: str | None = None
    after: str | None = None
    above: tuple[str, ...] = ()
    behind: str = ""
    written: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class DeleteKey:
    """Delete a key, an inline entry, an array element, or a table with its subtables.

    Comments between the keys and subtables of a table are deleted too; those above the key or header as `comments`
    says. A banner there, and comments below its last key, stay.
    """

    path: Path
    comments: Comments = "keep"


@dataclass(frozen=True, slots=True)
class RenameKey:
    """Rename a key or a table in place, in every line that names it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class MoveKey:
    """Move a key or a table, with its own comments, before or behind another key of the same table."""

    path: Path
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class AddTable:
    """Add a table with a header, behind its parent's last table by default.

    A table in `items` gets a header when the neighbouring tables write it so, otherwise it is written inline.
    """

    path: Path
    items: Mapping[str, object]
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class MoveElement:
    """Move the array element at `path` to the index `to`, counted without it."""

    path: Path
    to: int


@dataclass(frozen=True, slots=True)
class RawReplace:
    """Replace the complete text, as an editor of the raw text does."""

    text: str


Command = SetValue | InsertKey | DeleteKey | RenameKey | MoveKey | AddTable | MoveElement | RawReplace


RefusalReason = Literal["missing", "exists", "kind", "value", "place", "shape", "unreadable", "unsafe"]


class Splice(NamedTuple):
    """Replace the characters from `start` to `end` of the old text with `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """An edit of a text. Offsets are characters of the old text.

    `intended` is the data of the new text. `windows` are the lines that may change, in order; `dropped` and `added` are
    the comments that the command deletes and writes, including `#`.
    """

    splices: tuple[Splice, ...]
    intended: dict[str, object] = field(repr=False)
    windows: tuple[Span, ...]
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an edit was not made, and the alternative: sentences for the user that quote no value.

    `missing`: no such path. `exists`: the path is set already. `kind`: a value of another kind. `value`: TOML cannot
    write the value. `place`: not possible at that position. `shape`: the notation can only be edited by hand.
    `unreadable`: the text is no TOML. `unsafe`: the result failed verification.
    """

    code: RefusalReason
    reason: str
    instead: str


class RefusalError(Exception):
    """Carries a refusal from a planner to `plan`, which returns it."""

    def __init__(self, code: RefusalReason, reason: str, instead: str) -> None:
        super().__init__(reason)
        self.refusal = Refusal(code, reason, instead)


def apply_splices(text: str, splices: Iterable[Splice]) -> str:
    """The text with ordered, disjoint splices applied. Raises `ValueError` when they overlap or exceed the text."""
    pieces: list[str] = []
    offset = 0
    for start, end, new in splices:
        if not offset <= start <= end <= len(text):
            raise ValueError("splices overlap, are out of order, or leave the text")
        pieces += (text[offset:start], new)
        offset = end
    return "".join((*pieces, text[offset:]))


BY_HAND = "Edit the raw text instead."
