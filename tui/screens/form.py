"""The form of an item: its fields, each change of which is an edit of the session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from core.dialects.field_values import ValueKind
from core.edits.intent import EditRefused, Intent
from core.workspace import Proposal
from tui.dialogs.dialog import Dialog, is_open
from tui.dialogs.pick import WIDE, PickScreen
from tui.editing.flow import proposal_message
from tui.forms.form_fields import Field, Form
from tui.forms.value_input import ValueInput
from tui.labels import plain
from tui.view_model import ViewModel
from tui.widgets.fields import FieldLine, Fields
from tui.widgets.lines import Bar, Line, Lines
from tui.widgets.runs import Run

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

Make = Callable[[ViewModel], Form | None]


class FormScreen(Dialog[None]):
    """A list of fields; Enter changes the field under the cursor at once, `u` undoes it."""

    KEYS = (("esc", "back"), ("u", "undo"), ("w", "write"))
    AUTO_FOCUS = "#fields"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,h,left", "leave", "Back", show=False),
        Binding("space", "flip", "Yes or no", show=False),
        Binding("x,delete", "unset", "Remove", show=False),
        Binding("J", "move(1)", "Down", show=False),
        Binding("K", "move(-1)", "Up", show=False),
        Binding("u", "undo", "Undo", show=False),
        Binding("ctrl+r", "redo", "Redo", show=False),
        Binding("w", "write", "Write", show=False),
    ]

    def __init__(self, main: MainScreen, make: Make) -> None:
        """`make` builds the form from the view model, after each edit; None when the item is gone."""
        super().__init__()
        self._main = main
        self._make = make
        self._form: Form | None = None

    def compose_body(self) -> ComposeResult:
        """A few lines about the item, the fields, a hint and the impact of all edits."""
        yield Lines(id="about")
        yield Fields(id="fields")
        yield Bar(id="form-hint")
        yield Bar(id="form-status")
        yield ValueInput(id="typing")

    def on_mount(self) -> None:
        """Show the form."""
        self.fields.set_fields(())
        self.show()

    @property
    def fields(self) -> Fields:
        """The list of fields."""
        return self.query_one("#fields", Fields)

    @property
    def field(self) -> Field | None:
        """The field under the cursor."""
        fields = self._form.fields if self._form is not None else ()
        return fields[self.fields.index] if self.fields.index < len(fields) else None

    def show(self, message: str = "") -> None:
        """Build the form from the current view model; close it when the item is gone."""
        if not is_open(self):
            self._main.show_status(message)
            return
        view = self._main.session.view
        form = self._make(view) if view is not None else None
        if form is None:
            self.dismiss(None)
            self._main.show_status(message)
            return
        self._form = form
        self.show_title(form.title)
        intro = self.query_one("#about", Lines)
        intro.set_lines([Line(form.intro)])
        intro.styles.height = 1
        self.fields.set_fields([FieldLine(field.label, field.shown, field.origin) for field in form.fields])
        self.show_status(message)
        self._hint()

    def keys(self) -> Iterator[tuple[str, str]]:
        """The keys of the field under the cursor, and those of the form."""
        if self.field is not None:
            yield from _field_keys(self.field)
        yield from self.KEYS

    def _hint(self) -> None:
        """Show the meaning of the field and its valid values, and the impact of all edits."""
        field = self.field
        hint = below = ""
        if field is not None:
            expected = "" if field.spec.expected == ValueKind.TEXT else field.spec.expected
            hint, below = ", ".join(filter(None, (field.note, expected))), field.removal
        self.query_one("#form-hint", Bar).show(((f" {hint}", "dim"),))
        self.query_one("#form-status", Bar).show(((f" {below}", "dim"),), self._impact())

    def _impact(self) -> tuple[Run, ...]:
        if not self._main.session.unwritten:
            return ()
        impact = self._main.session.workspace.impact
        return ((f"* {'not written' if impact.nothing else impact.summary()} ", "warn"),)

    @on(Fields.Moved)
    def moved(self, event: Fields.Moved) -> None:
        """Show the hint of the field under the cursor."""
        event.stop()
        self.show_status()
        self._hint()

    @on(Fields.Chosen)
    def chosen(self, event: Fields.Chosen) -> None:
        """Change the field: choose from a list, toggle, or type."""
        event.stop()
        field = self.field
        if field is None or not self._editable():
            return
        if field.choices is not None:
            self._pick(field)
        elif field.is_boolean:
            self.action_flip()
        else:
            self._type(field)

    def _editable(self) -> bool:
        reason = self._main.session.locked
        if reason:
            self.show_status(f"nothing can be edited: {reason}")
        return not reason

    def _pick(self, field: Field) -> None:
        assert field.choices is not None
        current = field.value if isinstance(field.value, str) else None

        def choose(key: str | None) -> None:
            if key is not None:
                self._do(field.set(key))

        self.app.push_screen(PickScreen(field.label, field.choices(), current=current, free=True, columns=WIDE), choose)

    def _type(self, field: Field) -> None:
        top = self.query_one("#about", Lines).styles.height
        above = 1 + (int(top.value) if top is not None else 0)
        self.fields.set_hint(field.spec.expected or field.note)
        typing = self.query_one("#typing", ValueInput)
        left = self.fields.value_left
        typing.begin(field, left, above + self.fields.cursor_row, self.fields.size.width - left - 1)

    @on(ValueInput.Submitted)
    def submitted(self, event: ValueInput.Submitted) -> None:
        """Make the edit of a typed value that is valid for the release."""
        event.stop()
        field = self.field
        if field is None:
            return
        self._do(field.set(event.value), typed=True)

    @on(ValueInput.Hint)
    def show_hint(self, event: ValueInput.Hint) -> None:
        """Show a message about the typed value below the field."""
        event.stop()
        self.fields.set_hint(event.text, "bad" if event.is_error else "dim")

    @on(ValueInput.Cancelled)
    def cancelled(self, event: ValueInput.Cancelled) -> None:
        """Cancel typing without a change."""
        event.stop()
        self._end_typing()

    def _end_typing(self) -> None:
        self.fields.set_hint(None)
        self.fields.focus()

    def _do(self, intent: Intent, *, typed: bool = False, at: int | None = None) -> None:
        def finish(proposal: Proposal) -> None:
            if typed and is_open(self):
                self.query_one("#typing", ValueInput).end()
                self._end_typing()
            self.show(proposal_message(proposal))
            if at is not None and is_open(self):
                self.fields.go_to(at)
                self._hint()

        def refused(refusal: EditRefused) -> None:
            if not is_open(self):
                self._main.editing.refuse(intent, None, refusal)
                return
            if typed:
                self.fields.set_hint(plain(refusal.message), "bad")
            if not typed or refusal.layers or refusal.alternatives:
                self._main.editing.refuse(intent, None, refusal, show_status=self.show_status, after=self.show)

        self._main.editing.do(intent, on_done=finish, refused=refused)

    def action_flip(self) -> None:
        """Toggle true and false."""
        field = self.field
        if field is None or not self._editable():
            return
        if not field.is_boolean:
            self.show_status("space toggles true and false only: press enter to change this field")
            return
        self._do(field.set(field.value is not True))

    def action_unset(self) -> None:
        """Remove the value."""
        field = self.field
        if field is None or not self._editable():
            return
        if field.unset is None:
            self.show_status("no value to remove")
            return
        self._do(field.unset)

    def action_move(self, delta: int) -> None:
        """Move an entry of a list."""
        field = self.field
        if field is None or not self._editable():
            return
        intent = field.move(delta) if field.move is not None else None
        if intent is None:
            self.show_status("at the end already" if field.move is not None else "not part of an ordered list")
            return
        self._do(intent, at=self.fields.index + delta)

    def action_undo(self) -> None:
        """Undo the last edit."""
        self._main.editing.undo(show_status=self.show)

    def action_redo(self) -> None:
        """Redo the last undone edit."""
        self._main.editing.redo(show_status=self.show)

    def action_write(self) -> None:
        """Close the form and open the review."""
        self.dismiss(None)
        self.call_later(partial(self._main.run_command, self._main.table.by_id["review"]))

    def on_resize(self, _: events.Resize) -> None:
        """Keep the input line at its field."""
        if self.query_one("#typing", ValueInput).display and self.field is not None:
            self._type(self.field)


def _field_keys(field: Field) -> Iterator[tuple[str, str]]:
    """The keys of an editable field."""
    yield "enter", "choose" if field.choices is not None else "change"
    if field.is_boolean:
        yield "space", "yes/no"
    if field.unset is not None:
        yield "x", "remove"
    if field.move is not None:
        yield "J K", "move"
