"""Edits of one place in one file: what fixes a fault where it stands, whatever the layer."""

from __future__ import annotations

from dataclasses import field

from core.edits.edit_session import EditSession
from core.edits.layered_files import LayeredFiles
from core.records import dataclass
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import RawReplace, RenameKey


@dataclass(frozen=True, slots=True)
class SetInPlace:
    """Give a key of a file another value, or add it."""

    file: str
    keys: Path
    value: object = field(repr=False)
    what: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return self.what

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        LayeredFiles(session, "deck").say_where(self.file)
        session.put(self.file, self.keys, self.value)


@dataclass(frozen=True, slots=True)
class RenameInPlace:
    """Give a key of a file another name."""

    file: str
    keys: Path
    name: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"rename {self.keys[-1]} to {self.name}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        LayeredFiles(session, "deck").say_where(self.file)
        session.edit(self.file, RenameKey(self.keys, self.name))


@dataclass(frozen=True, slots=True)
class DropInPlace:
    """Take a key out of a file."""

    file: str
    keys: Path

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"take out {self.keys[-1] if isinstance(self.keys[-1], str) else self.keys[-2]}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        LayeredFiles(session, "deck").say_where(self.file)
        session.drop(self.file, self.keys)


@dataclass(frozen=True, slots=True)
class ReplaceText:
    """Put another text in the place of a file's."""

    file: str
    text: str = field(repr=False)
    what: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return self.what

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        LayeredFiles(session, "deck").say_where(self.file)
        session.edit(self.file, RawReplace(self.text))
