"""The base class of dialogs: a box over the main screen with a title line, a body, and a footer of keys."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen

from tui.styles import DIALOGS
from tui.widgets.lines import Bar
from tui.widgets.runs import Runs, Tone

T = TypeVar("T")


class Dialog(ModalScreen[T], Generic[T]):
    """A box with a title line; subclasses compose the body."""

    CSS_PATH = DIALOGS
    FULL_SIZE: ClassVar[bool] = False
    """Whether the box covers the whole screen."""

    def compose(self) -> ComposeResult:
        """The title, the body, the footer."""
        with Vertical(id="box", classes="whole" if self.FULL_SIZE else ""):
            yield Bar(id="page-title")
            yield from self.compose_body()
            yield from self.compose_footer()

    def compose_body(self) -> ComposeResult:
        """The widgets between title and footer."""
        yield from ()

    def compose_footer(self) -> ComposeResult:
        """The last line, if there is one for messages."""
        yield from ()

    def show_title(self, title: str | Runs, note: str = "", tone: Tone = "dim") -> None:
        """Show the title, with a note at the right."""
        runs: Runs = ((title, "accent"),) if isinstance(title, str) else title
        right: Runs = ((f"{note} ", tone), ("━", "accent")) if note else (("━", "accent"),)
        self.query_one("#page-title", Bar).show((("━ ", "accent"), *runs), right, rule="━", rule_tone="accent")

    def action_leave(self) -> None:
        """Close the dialog without a result."""
        self.dismiss(None)


def is_open(screen: Screen[Any]) -> bool:
    """Whether a screen is still shown: it may have been closed while a thread worked for it."""
    return screen.is_attached and screen in screen.app.screen_stack
