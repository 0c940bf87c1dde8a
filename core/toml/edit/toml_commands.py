"""Commands that edit a TOML text, and what planning one returns: a plan of splices, or a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal, NamedTuple

from core.records import dataclass
from core.toml.edit.text_layout import Path, Span

Comments = Literal["keep", "attached"]
"""What a deletion does with the comment lines right above what it deletes: leave them (the rule) or delete them too."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """Give an existing key, array element or inline entry another value. Comments and spacing around it stay."""

    path: Path
    value: object


@dataclass(frozen=True, slots=True)
class InsertKey:
    """Add a key that is missing to a table that exists. Without `before` or `after` it goes behind the last key.

    `before` and `after` are names of keys of the same table; at most one is given.
    """

    path: Path
    value: object
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class DeleteKey:
    """Delete a key, an inline entry, or an array element. A key that is a table goes as `DeleteTable` has it."""

    path: Path
    comments: Comments = "keep"


@dataclass(frozen=True, slots=True)
class RenameKey:
    """Give a key another name in its place, in each line that writes it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class MoveKey:
    """Move a key, with the comments that are its own, before or behind another key of the same table."""

    path: Path
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class AddTable:
    """Add a table with a header of its own. Without `before` or `after` it goes behind its parent's last table.

    A table in `items` gets its own header when the tables beside this one write it so, else it is written inline.
    """

    path: Path
    items: Mapping[str, object]
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class AppendTable:
    """Add a table at the end of an array of tables, `[[path]]`, which is made when it is missing."""

    path: Path
    items: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DeleteTable:
    """Delete a table with all its subtables, or one table of an array of tables (the path ends in its index).

    Comments between its keys and its subtables go with it; those above its header as `comments` says, but a banner
    there, and comments below its last key, stay.
    """

    path: Path
    comments: Comments = "keep"


@dataclass(frozen=True, slots=True)
class RenameTable:
    """Give a table another name in its place, in its header and in those of all its subtables."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class MoveTable:
    """Move a table with its subtables and the comments of its own before or behind another table of its parent."""

    path: Path
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class InsertElement:
    """Add an element to an array, which then has this index; the length of the array puts it at the end."""

    path: Path
    index: int
    value: object


@dataclass(frozen=True, slots=True)
class MoveElement:
    """Move the element at the end of `path` so that it has the index `to`, counted without it."""

    path: Path
    to: int


@dataclass(frozen=True, slots=True)
class SetComment:
    """Write, change or (None) delete the comment at the end of the line of a key, header or array element.

    With `above`, the lines of comment right above it; the text may then have several lines. A `#` is put before a
    line that has none.
    """

    path: Path
    text: str | None
    above: bool = False


@dataclass(frozen=True, slots=True)
class RawReplace:
    """Put another text in the place of the whole one, as an editor of the raw text does."""

    text: str


Command = (
    SetValue
    | InsertKey
    | DeleteKey
    | RenameKey
    | MoveKey
    | AddTable
    | AppendTable
    | DeleteTable
    | RenameTable
    | MoveTable
    | InsertElement
    | MoveElement
    | SetComment
    | RawReplace
)


Why = Literal["missing", "exists", "kind", "value", "place", "shape", "unreadable", "unsafe"]


class Splice(NamedTuple):
    """Put `text` in the place of the characters from `start` to `end` of the old text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How a text is edited. Offsets are characters of the old text.

    `intended` is the data the new text must give. `windows` are the lines that may change, in order; `dropped` and
    `added` are the comments that the command deletes and writes, each as it is written, `#` included.
    """

    splices: tuple[Splice, ...]
    intended: dict[str, object] = field(repr=False)
    windows: tuple[Span, ...]
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an edit is not made, and what to do instead; both are sentences for a person and quote no value.

    `missing`: there is nothing at the path. `exists`: there is something already. `kind`: another kind of thing is
    there. `value`: TOML cannot write the value. `place`: it cannot go there. `shape`: the text is written in a way
    that only a person can edit. `unreadable`: the text is no TOML. `unsafe`: the result was judged and did not pass.
    """

    why: Why
    reason: str
    instead: str


class RefusalError(Exception):
    """Carries a refusal from deep inside the planner to `plan`, which returns it."""

    def __init__(self, why: Why, reason: str, instead: str) -> None:
        super().__init__(reason)
        self.refusal = Refusal(why, reason, instead)


def apply_splices(text: str, splices: Iterable[Splice]) -> str:
    """The text with ordered, disjoint splices made. Raises `ValueError` when they overlap or leave the text."""
    pieces: list[str] = []
    at = 0
    for start, end, new in splices:
        if not at <= start <= end <= len(text):
            raise ValueError("splices overlap, are out of order, or leave the text")
        pieces += (text[at:start], new)
        at = end
    return "".join((*pieces, text[at:]))


BY_HAND = "Edit the raw text instead."
