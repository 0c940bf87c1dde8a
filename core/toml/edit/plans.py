"""What planning an edit gives: splices with what they are meant to do, or a refusal that says what to do instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Literal, NamedTuple

from core.records import dataclass
from core.toml.edit.layout import Span

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


class Refused(Exception):
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
