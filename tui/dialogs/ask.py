"""A question with a few answers, one under the other; what happens when one leaves it is the safe one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.widgets.bar import Bar
from tui.widgets.lines import Line, Lines
from tui.widgets.runs import Run, Runs, wrap

BOX_WIDTH, BOX_TOP = 100, 2
"""The most columns of a page over the main screen, and the lines of that which stay in view: see the style sheet."""


class Option(NamedTuple):
    """One answer: what `dismiss` gives for it (empty: as if one had left), its words, and more about it."""

    id: str
    words: str
    note: str = ""


class AskScreen(ModalScreen[str | None]):
    """Text, then the answers; Enter takes the one under the cursor, which starts at `default`, Esc leaves."""

    AUTO_FOCUS = "#answers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", show=False, priority=True),
        Binding("pagedown,ctrl+d", "scroll(1)", "Down", show=False, priority=True),
        Binding("pageup,ctrl+u", "scroll(-1)", "Up", show=False, priority=True),
    ]

    def __init__(self, title: str, lines: Sequence[Line], options: Sequence[Option], *, default: int = 0) -> None:
        super().__init__()
        self._title = title
        self._text = [Line(line.spans, "", line.hang) for line in lines]
        self._options = options
        self._default = default

    def compose(self) -> ComposeResult:
        """A title, the text, the answers below it: these are always in view."""
        answers = [Line(_answer(option), str(at), -1) for at, option in enumerate(self._options)]
        with Vertical(id="box"):
            yield Bar(id="page-title")
            yield Lines([*self._text, Line()] if self._text else [], id="page")
            yield Lines(answers, id="answers")

    def on_mount(self) -> None:
        """Say what this is, and put the cursor on the answer that is meant to be given."""
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), (self._title, "accent")),
            (("enter takes  esc leaves ", "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )
        self._fit()
        self.query_one("#answers", Lines).go_to(self._default)

    def on_resize(self) -> None:
        """Keep the answers in view."""
        self._fit()

    def _fit(self) -> None:
        """The text gets the lines it needs, as long as the answers have theirs."""
        width, rows = min(self.app.size.width, BOX_WIDTH) - 2, self.app.size.height - BOX_TOP - 1
        needed = sum(len(wrap(line.spans, width, line.hang)) for line in self._text) + bool(self._text)
        page = self.query_one("#page", Lines)
        page.styles.height = max(min(needed, rows - len(self._options)), 0)

    def action_scroll(self, by: int) -> None:
        """Scroll the text."""
        page = self.query_one("#page", Lines)
        page.step(by * max(page.page_size - 1, 2))

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
