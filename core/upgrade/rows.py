"""The rows of a plan: the outcome of each part of a tree, with its values on the three sides."""

from __future__ import annotations

from enum import StrEnum

from core.masking import shown_in_file
from core.records import dataclass
from core.toml.edit.text_layout import Path


class Outcome(StrEnum):
    """The outcome of an upgrade for a part of a tree."""

    UNCHANGED = "unchanged"
    """As the kit of its origin has it: it becomes what the target's kit has."""
    CARRIED = "carried"
    """The user's own, written in the target's form."""
    KEPT = "kept"
    """The user's own, in a file that stays."""
    SAME = "same"
    """The user's own, and what the target's kit has."""
    NOT_CARRIED = "not carried"
    """The user's own, for which the target has no place, or which stops its start."""


@dataclass(frozen=True)
class Row:
    """One part of a tree on its way: `then`, `mine` and `new` are its values, masked; empty where it has none."""

    file: str
    name: str
    outcome: Outcome
    then: str = ""
    mine: str = ""
    new: str = ""
    target: str = ""
    """The file it is carried to, if not the same one."""
    note: str = ""


def shown(name: str, path: Path, value: object) -> str:
    """A value for display, secrets masked."""
    return "" if value is None else shown_in_file(name, path, value)
