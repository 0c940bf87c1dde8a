"""A fix: the edit that removes a problem, with its description; and edits of one key of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field

from core.api import Report
from core.edits.edit_session import EditSession
from core.edits.intent import EditLayer, Intent
from core.edits.layered_files import LayeredFiles
from core.files.source import Source
from core.problems import Problem
from core.records import dataclass
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import RawReplace, RenameKey


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to fix a problem. The sentence describes the fix to the user and holds no secret.

    `layer` is the layer of the edit: a fault inside of a file is fixed in that file. `note` is for the choice between
    several fixes: `keeps vision; $3 in / $15 out per M`. `code` is that of the problem, set by `fixes_for`.
    """

    intent: Intent
    sentence: str
    layer: EditLayer = EditLayer.AUTO
    note: str = ""
    code: str = ""


Fixer = Callable[[Report, Problem], Iterator[Fix]]
"""Finds the fixes of one code of problems, the best first."""


def place_of(report: Report, problem: Problem) -> tuple[Source, Path] | None:
    """The file that a problem is in, and the key path in that file; None when it is in none."""
    if problem.location is None:
        return None
    sources = report.catalog.tree.sources
    source = next((item for item in sources if item.shown == problem.location.file), None)
    return (source, problem.location.path) if source is not None else None


@dataclass(frozen=True, slots=True)
class SetInPlace:
    """Give a key of a file another value, or add it."""

    file: str
    keys: Path
    value: object = field(repr=False)
    label: str

    def apply(self, session: EditSession) -> None:
        LayeredFiles(session, "deck").note_ownership(self.file)
        session.put(self.file, self.keys, self.value)


@dataclass(frozen=True, slots=True)
class RenameInPlace:
    """Give a key of a file another name."""

    file: str
    keys: Path
    name: str

    @property
    def label(self) -> str:
        return f"rename {self.keys[-1]} to {self.name}"

    def apply(self, session: EditSession) -> None:
        LayeredFiles(session, "deck").note_ownership(self.file)
        session.edit(self.file, RenameKey(self.keys, self.name))


@dataclass(frozen=True, slots=True)
class DropInPlace:
    """Take a key out of a file."""

    file: str
    keys: Path

    @property
    def label(self) -> str:
        return f"remove {self.keys[-1] if isinstance(self.keys[-1], str) else self.keys[-2]}"

    def apply(self, session: EditSession) -> None:
        LayeredFiles(session, "deck").note_ownership(self.file)
        session.drop(self.file, self.keys)


@dataclass(frozen=True, slots=True)
class ReplaceText:
    """Put another text in the place of a file's."""

    file: str
    text: str = field(repr=False)
    label: str

    def apply(self, session: EditSession) -> None:
        LayeredFiles(session, "deck").note_ownership(self.file)
        session.edit(self.file, RawReplace(self.text))
