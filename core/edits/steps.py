"""Steps: the steps of an edit on single files, independent of text positions, so that they apply to other texts."""

from __future__ import annotations

from core.records import dataclass
from core.toml.edit.editor import apply
from core.toml.edit.toml_commands import Command, Refusal


@dataclass(frozen=True, slots=True)
class EditText:
    """Apply one command to the text of a file."""

    path: str
    command: Command


@dataclass(frozen=True, slots=True)
class CreateFile:
    """Create a file."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Delete a file."""

    path: str


Step = EditText | CreateFile | DeleteFile


def text_of(content: bytes | str) -> str | Refusal:
    """Decode the content of a file as a view returns it, or return why it cannot be edited."""
    if isinstance(content, str):
        return Refusal("missing", f"The file {content}.", "Make it a readable file.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        return Refusal("unreadable", f"The file is not UTF-8 (byte {error.start}).", "Save it as UTF-8 first.")


MAX_STATEMENTS = 20_000
"""Larger files are refused: no real configuration has so many keys and tables."""


def perform(content: bytes | str, step: Step) -> bytes | Refusal | None:
    """The content of a file after a step (None: deleted); `content` is from a view. Never raises."""
    if isinstance(step, CreateFile):
        if isinstance(content, bytes):
            return Refusal("exists", "The file already exists.", "Edit it instead.")
        return step.text.encode("utf-8")
    if isinstance(step, DeleteFile) and isinstance(content, bytes):
        return None
    text = text_of(content)
    if isinstance(text, Refusal):
        return text
    assert isinstance(step, EditText)
    if text.count("\n") > MAX_STATEMENTS and _statements(text) > MAX_STATEMENTS:
        return Refusal(
            "shape",
            f"The file has more than {MAX_STATEMENTS:,} keys and tables, too many to edit here.",
            "Use a text editor, then press R to reload.",
        )
    edited = apply(text, step.command)
    return edited if isinstance(edited, Refusal) else edited.text.encode("utf-8")


def _statements(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
