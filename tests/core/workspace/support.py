"""Helpers to open a workspace on a test project and to edit it directly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.edits.edit_session import EditSession
from core.toml.edit.toml_commands import Command
from core.workspace import Proposal, Workspace

KEYS = {"OPENAI_API_KEY": "openai-key-of-a-test", "ANTHROPIC_API_KEY": "anthropic-key-of-a-test"}


@dataclass(frozen=True, slots=True)
class OneCommand:
    """An intent of one command on one file."""

    path: str
    command: Command

    @property
    def label(self) -> str:
        return type(self.command).__name__

    def apply(self, session: EditSession) -> None:
        session.edit(self.path, self.command)


@dataclass(frozen=True, slots=True)
class WholeFile:
    """An intent that creates a file, or deletes it when the text is None."""

    path: str
    text: str | None

    @property
    def label(self) -> str:
        return "delete a file" if self.text is None else "make a file"

    def apply(self, session: EditSession) -> None:
        if self.text is None:
            session.delete_file(self.path)
        else:
            session.create(self.path, self.text)


def opened(root: Path, home: Path) -> Workspace:
    """Open a workspace on a project, with the keys of two providers."""
    return Workspace.open(str(root), environ={**KEYS, "HOME": str(home)})


def edit(workspace: Workspace, path: Path, command: Command) -> bool:
    """Apply a command to a file of the tree; returns whether it succeeded."""
    proposal = workspace.propose(OneCommand(str(path), command))
    if not isinstance(proposal, Proposal):
        return False
    workspace.accept(proposal)
    return True


def bytes_of(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
