"""A line to type in that shows what it holds in a form that no terminal obeys, as everything on screen is shown."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input

from core.safe_text import in_place


class TypedLine(Input):
    """Names of files and values of trees are put into it, and whatever somebody pastes."""

    @property
    def _value(self) -> Text:
        return Text(in_place(self.value), no_wrap=True, overflow="ignore", end="")
