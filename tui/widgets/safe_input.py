"""An input line that shows control characters in a safe form."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input

from core.safe_text import in_place


class SafeInput(Input):
    """An input line whose control characters are shown escaped, as file names and pasted text may contain them."""

    @property
    def _value(self) -> Text:
        return Text(in_place(self.value), no_wrap=True, overflow="ignore", end="")
