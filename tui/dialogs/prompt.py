"""One line to type: a name. What is wrong with it is said below, and nothing typed is lost without a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.dialogs.dialog import is_open
from tui.widgets.bar import Bar
from tui.widgets.lines import Line, Lines
from tui.widgets.safe_input import SafeInput

Wrong = Callable[[str], None]
Take = Callable[[str, Callable[[], None], Wrong], None]
"""Given what was typed: calls the first when it was taken, the second with words when it was not."""


class PromptScreen(ModalScreen[None]):
    """Enter takes what is typed, Esc leaves."""

    AUTO_FOCUS = "#query"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", show=False, priority=True)]

    def __init__(self, title: str, value: str, take: Take, *, about: Sequence[Line] = ()) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._take = take
        self._about = about
        self._warned = False

    def compose(self) -> ComposeResult:
        """A title, the line to type in, words about it."""
        with Vertical(id="box"):
            yield Bar(id="page-title")
            query = SafeInput(self._value, compact=True, id="query", select_on_focus=False)
            query.cursor_blink = False
            yield query
            yield Lines(self._about, id="page")

    def on_mount(self) -> None:
        """Say what this is."""
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), (self._title, "accent")),
            (("enter takes  esc leaves ", "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )
        self.query_one(Input).cursor_position = len(self._value)

    @on(Input.Submitted, "#query")
    def submit(self, event: Input.Submitted) -> None:
        """Try what was typed."""
        event.stop()
        self._take(event.value, self._taken, self._say)

    def _taken(self) -> None:
        if is_open(self):
            self.dismiss(None)

    @on(Input.Changed, "#query")
    def changed(self, event: Input.Changed) -> None:
        """Words about what was typed before no longer hold."""
        event.stop()
        self._warned = False
        self.query_one("#page", Lines).set_lines(self._about)

    def _say(self, words: str) -> None:
        if not is_open(self):
            return
        self.query_one("#page", Lines).set_lines([Line(((words, "bad"),)), Line(), *self._about])

    def action_leave(self) -> None:
        """Leave; when something was typed, say first that it would be lost."""
        if self.query_one(Input).value != self._value and not self._warned:
            self._warned = True
            self._say("not taken yet: enter takes it, esc once more drops it")
        else:
            self.dismiss(None)
