"""The base class of dialogs: a box over the main screen with a title line, a body, and a footer of keys."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen

from tui.styles import DIALOGS
from tui.widgets.line_widget import LineWidget
from tui.widgets.lines import Bar
from tui.widgets.runs import Run, Runs, Tone

T = TypeVar("T")


class Dialog(ModalScreen[T], Generic[T]):
    """A box with a title line; subclasses compose the body."""

    CSS_PATH = DIALOGS
    FULL_SIZE: ClassVar[bool] = False
    """Whether the box covers the whole screen."""
    LIST: ClassVar[str] = ""
    """The selector of the list whose position the title shows; empty without one."""

    _shown_title: tuple[Runs, str, Tone] = ((), "", "dim")

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
        """Show the title, with a note at the right, and the position in the list."""
        self._shown_title = (((title, "accent"),) if isinstance(title, str) else title, note, tone)
        self._draw_title()

    def on_mount(self) -> None:
        """Follow the position in the list."""
        if self.LIST:
            self.query_one(self.LIST, LineWidget).on_position = self._draw_title
            self._draw_title()

    def _draw_title(self) -> None:
        runs, note, tone = self._shown_title
        right: list[Run] = [(f"{note} ", tone)] if note else []
        if self.LIST and (position := self.query_one(self.LIST, LineWidget).position):
            right += [(f" {position} ", "")]
        bar = self.query_one("#page-title", Bar)
        bar.show((("━ ", "accent"), *runs), (*right, ("━", "accent")), rule="━", rule_tone="accent")

    def action_leave(self) -> None:
        """Close the dialog without a result."""
        self.dismiss(None)


def is_open(screen: Screen[Any]) -> bool:
    """Whether a screen is still shown: it may have been closed while a thread worked for it."""
    return screen.is_attached and screen in screen.app.screen_stack
