"""The input line over the value of a form field, which validates while the user types."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from core.dialects.field_values import parse_value
from core.records import dataclass
from tui.forms.form_fields import Field
from tui.widgets.safe_input import SafeInput


class ValueInput(SafeInput):
    """The input line of a value: Enter submits a valid value; Esc cancels, a changed value needs a second Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab,shift+tab,up,down", "stay", show=False, priority=True)]

    @dataclass
    class Submitted(Message):
        """Enter was pressed on a valid value."""

        value: object

    @dataclass
    class Hint(Message):
        """A hint about the input has changed."""

        text: str
        is_error: bool

    class Cancelled(Message):
        """The input was closed without a change."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.display = False
        self._field: Field | None = None
        self._warned = False

    def begin(self, field: Field, left: int, top: int, width: int) -> None:
        """Show the input over the value of a field, at a position of the box in cells."""
        self.styles.offset = (left, top)
        self.styles.width = width
        if field is not self._field:
            self._field = field
            self.password = field.is_secret
            self.value = field.text
        self.display = True
        self.cursor_position = len(self.value)
        self._warned = False
        self.focus()

    def end(self) -> None:
        """Hide the input."""
        self.display = False
        self._field = None

    def watch_value(self, value: str) -> None:
        """Validate the input and show a hint."""
        if self._field is None or not self.display:
            return
        self._warned = False
        error = self._error(value)
        self.post_message(self.Hint(error or self._field.spec.expected or self._field.note, bool(error)))

    def _error(self, value: str) -> str:
        field = self._field
        assert field is not None
        if not value.strip():
            return ""
        expected = None if "${" in value else field.validator(parse_value(value, field.spec))
        return f"must be {expected}" if expected else ""

    async def action_submit(self) -> None:
        """Submit a changed, valid value."""
        field = self._field
        if field is None:
            return
        if self.value == field.text:
            self.action_leave()
            return
        error = self._error(self.value)
        if error:
            self.post_message(self.Hint(error, True))
        else:
            self.post_message(self.Submitted(parse_value(self.value, field.spec)))

    def action_leave(self) -> None:
        """Close the input; warn first if the value is changed."""
        if self._field is not None and self.value != self._field.text and not self._warned:
            self._warned = True
            self.post_message(self.Hint("not saved: enter saves, a second esc discards", True))
            return
        self.end()
        self.post_message(self.Cancelled())

    def action_stay(self) -> None:
        """Do nothing: these keys move the focus or the cursor of the form otherwise."""
