"""A few lines to type, one under the other, for what is to be added; what is wrong is said below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.dialogs.dialog import is_open
from tui.dialogs.prompt import Wrong
from tui.widgets.bar import Bar
from tui.widgets.lines import Line, Lines
from tui.widgets.safe_input import SafeInput

Values = Mapping[str, str]
Take = Callable[[Values, Callable[[], None], Wrong], None]


class Asked(NamedTuple):
    """One line to type: its name, what stands there first, what may be typed."""

    key: str
    label: str
    value: str = ""
    hint: str = ""


class AskFieldsScreen(ModalScreen[None]):
    """Enter goes to the next line and, at the last one, takes all of them; Tab and the arrows move between lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, priority=True),
        Binding("down,tab", "app.focus_next", "Next", show=False, priority=True),
        Binding("up,shift+tab", "app.focus_previous", "Back", show=False, priority=True),
        Binding("ctrl+s", "take", "Take it", show=False, priority=True),
    ]

    def __init__(self, title: str, fields: Sequence[Asked], take: Take, *, about: str = "") -> None:
        super().__init__()
        self._title = title
        self._fields = fields
        self._take = take
        self._about = about
        self._warned = False

    def compose(self) -> ComposeResult:
        """Title, lines, words."""
        with Vertical(id="box"):
            yield Bar(id="page-title")
            for field in self._fields:
                with Horizontal(classes="asked"):
                    label = Bar(classes="label")
                    label.show(((f"  {field.label}", "dim"),))
                    yield label
                    line = SafeInput(field.value, placeholder=field.hint, compact=True, id=f"asked-{field.key}")
                    line.select_on_focus = False
                    line.cursor_blink = False
                    yield line
            yield Lines(id="page")

    def on_mount(self) -> None:
        """Say what this is; begin at the first line that is empty."""
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), (self._title, "accent")),
            (("enter next, then takes  esc leaves ", "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )
        self.query_one("#page", Lines).can_focus = False
        lines = list(self.query(Input))
        next((line for line in lines if not line.value), lines[0]).focus()
        self._say(self._about, wrong=False)

    def _say(self, words: str, *, wrong: bool = True) -> None:
        if not is_open(self):
            return
        self.query_one("#page", Lines).set_lines([Line(), Line(((words, "bad" if wrong else "dim"),))])

    @property
    def values(self) -> Values:
        """What is typed."""
        return {field.key: line.value.strip() for field, line in zip(self._fields, self.query(Input), strict=True)}

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Enter: on to the next line, or take all."""
        event.stop()
        lines = list(self.query(Input))
        at = lines.index(event.input)
        if at + 1 < len(lines):
            lines[at + 1].focus()
        else:
            self.action_take()

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        """What was wrong may be right now."""
        event.stop()
        if self._warned:
            self._warned = False
            self._say(self._about, wrong=False)

    def action_take(self) -> None:
        """Try what is typed."""
        self._take(self.values, self._taken, self._say)

    def _taken(self) -> None:
        if is_open(self):
            self.dismiss(None)

    def action_leave(self) -> None:
        """Leave; when something was typed, say first that it would be lost."""
        typed = any(self.values[field.key] != field.value.strip() for field in self._fields)
        if typed and not self._warned:
            self._warned = True
            self._say("not taken yet: enter takes it, esc once more drops it")
        else:
            self.dismiss(None)
