"""Dialogs with input lines: one line, or several labelled ones. Errors are shown below the input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from tui.dialogs.dialog import Dialog, is_open
from tui.labels import plain
from tui.messages import EditMade, EditRejected
from tui.widgets.lines import Bar, Line, Lines
from tui.widgets.safe_input import SafeInput

Values = Mapping[str, str]
Submit = Callable[["InputDialog", str], None]
"""Gets the dialog and its input; calls `accept` when it is valid, `reject` with a message when it is not."""
SubmitFields = Callable[["InputDialog", Values], None]
"""The same for the values of several input lines, by key."""


class InputDialog(Dialog[None]):
    """A dialog that asks before it discards input."""

    offers = False
    """Whether a refused edit is offered in another layer or another way, in place of the dialog."""

    def __init__(self, title: str, values: Sequence[str], intro: Sequence[Line]) -> None:
        """`values` are the initial values of the input lines, `intro` the text below them."""
        super().__init__()
        self._title = title
        self._initial = [value.strip() for value in values]
        self._about = intro
        self.warned = False
        """Whether the user was told that the input is not saved."""

    @property
    def typed(self) -> list[str]:
        """The input of each line."""
        return [line.value.strip() for line in self.query(Input)]

    def show_message(self, message: str) -> None:
        """Show why the input is not valid, above the text about it; without a message, that text alone."""
        lines = [Line(((message, "bad"),)), Line(), *self._about] if message else self._about
        self.query_one("#page", Lines).set_lines(lines)

    def accept(self) -> None:
        """Close the dialog after valid input."""
        if is_open(self):
            self.dismiss(None)

    def reject(self, message: str) -> None:
        """Show why the input is not valid, unless the dialog was closed meanwhile."""
        if is_open(self):
            self.show_message(message)

    @on(EditMade)
    def close_after_edit(self) -> None:
        """Close the dialog; the main screen shows the result."""
        self.accept()

    @on(EditRejected)
    def show_refusal(self, event: EditRejected) -> None:
        """Show why the edit is refused; with `offers`, the main screen offers what is possible instead."""
        self.reject(plain(event.refusal.message))
        if self.offers and event.has_offers:
            self.accept()
        else:
            event.stop()

    def action_leave(self) -> None:
        """Close the dialog; changed input is discarded at the second time only."""
        if self.typed != self._initial and not self.warned:
            self.warned = True
            self.show_message("not saved: enter saves, a second esc discards")
        else:
            self.dismiss(None)


class PromptScreen(InputDialog):
    """An input line."""

    AUTO_FOCUS = "#query"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", show=False, priority=True)]

    def __init__(self, title: str, value: str, submit: Submit, *, intro: Sequence[Line] = ()) -> None:
        super().__init__(title, (value,), intro)
        self._value = value
        self._submit = submit

    def compose_body(self) -> ComposeResult:
        """The input line, and text about it."""
        yield SafeInput(self._value, id="query")
        yield Lines(self._about, id="page")

    def on_mount(self) -> None:
        """Show the title; put the cursor behind the value."""
        self.show_title(self._title, "enter save  esc cancel")
        self.query_one(Input).cursor_position = len(self._value)

    @on(Input.Submitted, "#query")
    def submit(self, event: Input.Submitted) -> None:
        """Submit the input."""
        event.stop()
        self._submit(self, event.value)

    @on(Input.Changed, "#query")
    def changed(self, event: Input.Changed) -> None:
        """Remove a message about previous input."""
        event.stop()
        self.warned = False
        self.show_message("")


class InputField(NamedTuple):
    """A labelled input line: its key, label, initial value and placeholder."""

    key: str
    label: str
    value: str = ""
    hint: str = ""


class FieldsScreen(InputDialog):
    """Labelled input lines; Enter moves to the next one, and submits at the last."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, priority=True),
        Binding("down,tab", "app.focus_next", "Next", show=False, priority=True),
        Binding("up,shift+tab", "app.focus_previous", "Back", show=False, priority=True),
        Binding("ctrl+s", "submit", "Save", show=False, priority=True),
    ]

    def __init__(self, title: str, fields: Sequence[InputField], submit: SubmitFields, *, intro: str = "") -> None:
        super().__init__(title, [field.value for field in fields], (Line(), Line(((intro, "dim"),))))
        self._fields = fields
        self._submit = submit

    def compose_body(self) -> ComposeResult:
        """The input lines, and text about them."""
        for field in self._fields:
            with Horizontal(classes="asked"):
                label = Bar(classes="label")
                label.show(((f"  {field.label}", "dim"),))
                yield label
                yield SafeInput(field.value, placeholder=field.hint, id=f"asked-{field.key}")
        yield Lines(id="page")

    def on_mount(self) -> None:
        """Show the title; focus the first empty input line."""
        self.show_title(self._title, "enter: next field, then save  esc cancel")
        self.query_one("#page", Lines).can_focus = False
        inputs = list(self.query(Input))
        next((line for line in inputs if not line.value), inputs[0]).focus()
        self.show_message("")

    def show_message(self, message: str) -> None:
        """Show why the input is not valid, in place of the text about it."""
        self.query_one("#page", Lines).set_lines([Line(), Line(((message, "bad"),))] if message else self._about)

    @on(Input.Submitted)
    def next_field(self, event: Input.Submitted) -> None:
        """Focus the next input line, or submit all."""
        event.stop()
        inputs = list(self.query(Input))
        index = inputs.index(event.input) + 1
        if index < len(inputs):
            inputs[index].focus()
        else:
            self.action_submit()

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        """Remove the warning about unsaved input."""
        event.stop()
        if self.warned:
            self.warned = False
            self.show_message("")

    def action_submit(self) -> None:
        """Submit the input."""
        values = {field.key: text for field, text in zip(self._fields, self.typed, strict=True)}
        self._submit(self, values)
