"""The base class of dialogs: a box over the main screen with a title line, a body, and a footer of keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen

from tui.widgets.lines import Bar
from tui.widgets.runs import Run, Runs, Tone

T = TypeVar("T")


class Dialog(ModalScreen[T], Generic[T]):
    """A box with a title line; subclasses compose the body."""

    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Keys and labels of the footer; a dialog without keys has no footer."""
    FULL_SIZE: ClassVar[bool] = False
    """Whether the box covers the whole screen."""

    @property
    def has_footer(self) -> bool:
        """Whether there is a line for messages and keys."""
        return bool(self.KEYS)

    def compose(self) -> ComposeResult:
        """The title, the body, the footer."""
        with Vertical(id="box", classes="whole" if self.FULL_SIZE else ""):
            yield Bar(id="page-title")
            yield from self.compose_body()
            if self.has_footer:
                yield Bar(id="page-foot")

    def compose_body(self) -> ComposeResult:
        """The widgets between title and footer."""
        yield from ()

    def show_title(self, title: str | Runs, note: str = "", tone: Tone = "dim") -> None:
        """Show the title, with a note at the right."""
        runs: Runs = ((title, "accent"),) if isinstance(title, str) else title
        right: Runs = ((f"{note} ", tone), ("━", "accent")) if note else (("━", "accent"),)
        self.query_one("#page-title", Bar).show((("━ ", "accent"), *runs), right, rule="━", rule_tone="accent")

    def show_status(self, message: str = "", tone: Tone = "warn") -> None:
        """Show a message in the footer; without one, the keys. A dialog without a footer shows neither."""
        if self.has_footer:
            self.query_one("#page-foot", Bar).show(((f" {message}", tone),) if message else self._key_runs())

    def keys(self) -> Iterable[tuple[str, str]]:
        """The keys and labels to show now."""
        return self.KEYS

    def footer_note(self) -> Run | None:
        """Text behind the keys."""
        return None

    def _key_runs(self) -> Runs:
        runs: list[Run] = [(" ", "")]
        for key, label in self.keys():
            runs += [(key, "accent"), (f" {label}  ", "")]
        note = self.footer_note()
        return (*runs, note) if note is not None else tuple(runs)

    def action_leave(self) -> None:
        """Close the dialog without a result."""
        self.dismiss(None)


def is_open(screen: Screen[Any]) -> bool:
    """Whether a screen is still shown: it may have been closed while a thread worked for it."""
    return screen.is_attached and screen in screen.app.screen_stack
