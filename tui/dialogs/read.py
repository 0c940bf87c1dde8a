"""A page to read over the main screen: the help, a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.widgets.bar import Bar
from tui.widgets.lines import Line, Lines


class ReadScreen(ModalScreen[None]):
    """Lines under a title; Esc, Enter or q goes back."""

    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "leave", "Back", show=False, priority=True)
    ]

    def __init__(self, title: str, lines: Sequence[Line], *, quits: bool = False) -> None:
        """`quits`: leaving the page leaves the app, with exit code 1."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._quits = quits

    def compose(self) -> ComposeResult:
        """Title and lines."""
        with Vertical(id="box"):
            yield Bar(id="page-title")
            yield Lines(self._lines, id="page")

    def on_mount(self) -> None:
        """Say what this is, and how to leave it."""
        way = "esc quits " if self._quits else "esc goes back "
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), (self._title, "accent")),
            ((way, "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )

    def action_leave(self) -> None:
        """Back, or out."""
        if self._quits:
            self.app.exit(return_code=1)
        else:
            self.dismiss(None)
