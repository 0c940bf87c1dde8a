"""An input line that shows control characters in a safe form."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input

from core.safe_text import in_place


class SafeInput(Input):
    """An input line whose control characters are shown escaped, as file names and pasted text may contain them."""

    def __init__(
        self, value: str | None = None, *, placeholder: str = "", id: str | None = None, select_on_focus: bool = False
    ) -> None:
        super().__init__(value, placeholder=placeholder, compact=True, id=id, select_on_focus=select_on_focus)
        self.cursor_blink = False

    @property
    def _value(self) -> Text:
        return Text(in_place(self.value), no_wrap=True, overflow="ignore", end="")
