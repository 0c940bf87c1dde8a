"""A question with a few answers, one under the other; what happens when one leaves it is the safe one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.panes.bar import Bar
from tui.widgets.lines import Line, Lines
from tui.widgets.runs import Run, Runs


class Option(NamedTuple):
    """One answer: what `dismiss` gives for it (empty: as if one had left), its words, and more about it."""

    id: str
    words: str
    note: str = ""


class AskScreen(ModalScreen[str | None]):
    """Text, then the answers; Enter takes the one under the cursor, which starts at `default`, Esc leaves."""

    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", "Back", show=False, priority=True)]

    def __init__(self, title: str, lines: Sequence[Line], options: Sequence[Option], *, default: int = 0) -> None:
        super().__init__()
        self._title = title
        self._text = [Line(line.spans, "", line.hang) for line in lines]
        self._options = options
        self._default = default

    def compose(self) -> ComposeResult:
        """A title, the text, the answers."""
        answers = [Line(_answer(option), str(at), 4) for at, option in enumerate(self._options)]
        with Vertical(id="box"):
            yield Bar(id="page-title")
            yield Lines([*self._text, Line(), *answers], id="page")

    def on_mount(self) -> None:
        """Say what this is, and put the cursor on the answer that is meant to be given."""
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), (self._title, "accent")),
            (("enter takes  esc leaves ", "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )
        page = self.query_one("#page", Lines)
        page.go_to(len(self._text) + 1 + self._default)

    @on(Lines.Followed)
    def take(self, event: Lines.Followed) -> None:
        """An answer was given."""
        event.stop()
        self.dismiss(self._options[int(event.link)].id or None)

    def action_leave(self) -> None:
        """Give no answer."""
        self.dismiss(None)


def _answer(option: Option) -> Runs:
    words: Run = (f"  {option.words}", "accent")
    return (words, (f"  {option.note}", "dim")) if option.note else (words,)
