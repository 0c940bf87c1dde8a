"""An input line that shows control characters in a safe form."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input

from core.safe_text import in_place


class SafeInput(Input):
    """An input line. File names, values and pasted text are shown without control characters."""

    @property
    def _value(self) -> Text:
        return Text(in_place(self.value), no_wrap=True, overflow="ignore", end="")
