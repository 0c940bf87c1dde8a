"""The message about a refused paste, and the interface of dialogs that show it. Imports no input, for a fast start."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from textual.message import Message


@runtime_checkable
class MessageLine(Protocol):
    """A dialog that shows messages about its input."""

    def show_message(self, message: str) -> None:
        """Show why the input is not valid."""


class LinesRefused(Message):
    """Several lines were pasted into an input line, and none of them was inserted."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.text = f"{count:,} lines pasted, but one fits here: nothing was inserted"
