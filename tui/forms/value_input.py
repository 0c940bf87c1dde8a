"""The line in which a value is typed, in the place of the field; it says at once what the release would not take."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from core.dialects.field_values import parse_value
from core.records import dataclass
from tui.forms.form_fields import Field
from tui.widgets.safe_input import SafeInput


class ValueInput(SafeInput):
    """Enter takes the value when the release would; Esc leaves, and asks once more before what was typed is lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False, priority=True),
        Binding("tab,shift+tab,up,down", "stay", show=False, priority=True),
    ]

    @dataclass
    class Taken(Message):
        """A value was typed that passes the release's test."""

        value: object

    @dataclass
    class Said(Message):
        """Words about what is typed."""

        words: str
        wrong: bool

    class Left(Message):
        """It was left without a change."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.display = False
        self._field: Field | None = None
        self._warned = False

    def begin(self, field: Field, left: int, top: int, width: int) -> None:
        """Be at a place of the box, over a field's value."""
        self.styles.offset = (left, top)
        self.styles.width = width
        if field is not self._field:
            self._field = field
            self.value = field.text
        self.display = True
        self.cursor_position = len(self.value)
        self._warned = False
        self.focus()

    def end(self) -> None:
        """Be gone."""
        self.display = False
        self._field = None

    def watch_value(self, value: str) -> None:
        """Say with each letter whether it would be taken."""
        if self._field is None or not self.display:
            return
        self._warned = False
        wrong = self._wrong(value)
        self.post_message(self.Said(wrong or self._field.takes.expected or self._field.about, bool(wrong)))

    def _wrong(self, value: str) -> str:
        field = self._field
        assert field is not None
        if not value.strip():
            return ""
        expected = None if "${" in value else field.test(parse_value(value, field.takes))
        return f"it has to be {expected}" if expected else ""

    async def action_submit(self) -> None:
        """Enter."""
        field = self._field
        if field is None:
            return
        if self.value == field.text:
            self.action_leave()
            return
        wrong = self._wrong(self.value)
        if wrong:
            self.post_message(self.Said(wrong, True))
        else:
            self.post_message(self.Taken(parse_value(self.value, field.takes)))

    def action_leave(self) -> None:
        """Esc: leave; when something was typed, say so first."""
        if self._field is not None and self.value != self._field.text and not self._warned:
            self._warned = True
            self.post_message(self.Said("not saved: enter saves, esc again discards", True))
            return
        self.end()
        self.post_message(self.Left())

    def action_stay(self) -> None:
        """There is one line to type in."""
