"""The form of an item: its fields, each change of which is an edit of the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events, getters, on
from textual.app import ComposeResult

from core.dialects.field_values import ValueKind
from core.edits.intent import Intent
from tui.command import CommandContext
from tui.dialogs.pick import WIDE, PickScreen
from tui.editing.session_edits import proposal_message
from tui.forms.form_fields import Field, Form
from tui.forms.value_input import ValueInput
from tui.labels import plain
from tui.messages import EditMade, EditRejected, HistoryStepped
from tui.screens.command_dialog import EditDialog
from tui.view_model import ViewModel
from tui.widgets.fields import FieldLine, Fields
from tui.widgets.lines import Bar, Line, Lines
from tui.widgets.runs import Run

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

Make = Callable[[ViewModel], Form | None]


class FormScreen(EditDialog[None]):
    """A list of fields; Enter changes the field under the cursor at once, `u` undoes it."""

    AUTO_FOCUS = "#fields"
    LIST = "#fields"
    fields = getters.query_one("#fields", Fields)
    _typing = getters.query_one("#typing", ValueInput)

    def __init__(self, main: MainScreen, make: Make) -> None:
        """`make` builds the form from the view model, after each edit; None when the item is gone."""
        super().__init__(main, "form", "form-typing")
        self._make = make
        self._form: Form | None = None
        self._next: int | None = None
        """The field that gets the cursor after the running edit."""

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
        self.show_edit()

    @property
    def field(self) -> Field | None:
        """The field under the cursor."""
        fields = self._form.fields if self._form is not None else ()
        return fields[self.fields.index] if self.fields.index < len(fields) else None

    def show_edit(self, message: str = "") -> None:
        """Build the form from the current view model; close it when the item is gone."""
        view = self.main.session.view
        form = self._make(view) if view is not None else None
        if form is None:
            self.dismiss(None)
            self.main.show_status(message)
            return
        self._form = form
        self.show_title(form.title)
        intro = self.query_one("#about", Lines)
        intro.set_lines([Line(form.intro)])
        intro.styles.height = 1
        self.fields.set_fields([FieldLine(field.label, field.shown, field.origin) for field in form.fields])
        self.show_status(message)
        self._hint()

    def context(self) -> CommandContext:
        """The context of the field under the cursor."""
        field, typing = self.field, self._typing.display
        kind = "" if field is None else "choice" if field.choices else "boolean" if field.is_boolean else "text"
        return replace(
            super().context(),
            where="form-typing" if typing else "form",
            kind=kind,
            removable=field is not None and field.unset is not None,
            ordered=field is not None and field.move is not None,
        )

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
        if not self.main.session.unwritten:
            return ()
        impact = self.main.session.workspace.impact
        return ((f"* {'not written' if impact.nothing else impact.summary()} ", "accent"),)

    @on(Fields.Moved)
    def moved(self, event: Fields.Moved) -> None:
        """Show the hint of the field under the cursor."""
        event.stop()
        self.show_status()
        self._hint()

    @on(Fields.Chosen)
    def chosen(self, event: Fields.Chosen) -> None:
        """Change the field, as with Enter."""
        event.stop()
        self.run_command(self.table.by_id["change"])

    def pick(self, field: Field) -> None:
        """Choose a value from a list."""
        assert field.choices is not None
        current = field.value if isinstance(field.value, str) else None

        def choose(key: str | None) -> None:
            if key is not None:
                self.edit(field.set(key))

        self.app.push_screen(PickScreen(field.label, field.choices(), current=current, free=True, columns=WIDE), choose)

    def start_typing(self, field: Field) -> None:
        """Type a value."""
        top = self.query_one("#about", Lines).styles.height
        above = 1 + (int(top.value) if top is not None else 0)
        self.fields.set_hint(field.spec.expected or field.note)
        self.show_status()
        typing = self._typing
        left = self.fields.value_left
        typing.begin(field, left, above + self.fields.cursor_row, self.fields.size.width - left - 1)

    @on(ValueInput.Submitted)
    def submitted(self, event: ValueInput.Submitted) -> None:
        """Make the edit of a typed value that is valid for the release."""
        event.stop()
        field = self.field
        if field is None:
            return
        self.edit(field.set(event.value))

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
        self.show_status()

    def _end_typing(self) -> None:
        self.fields.set_hint(None)
        self.fields.focus()

    def edit(self, intent: Intent, *, at: int | None = None) -> None:
        """Make an edit; then move the cursor to the field at an index."""
        self._next = at
        self.main.editing.do(intent, sender=self)

    @on(EditMade)
    def edited(self, event: EditMade) -> None:
        """Show the form after an edit."""
        event.stop()
        if self._typing.display:
            self._typing.end()
            self._end_typing()
        self.show_edit(proposal_message(event.proposal))
        if self._next is not None and self._form is not None:
            self.fields.go_to(self._next)
            self._hint()

    @on(EditRejected)
    def refused(self, event: EditRejected) -> None:
        """Show why an edit is refused, at the typed value or in the last line."""
        event.stop()
        typed = self._typing.display
        if typed:
            self.fields.set_hint(plain(event.refusal.message), "bad")
        if not typed or event.has_offers:
            self.main.editing.refuse(event, self)

    @on(HistoryStepped)
    def stepped(self, event: HistoryStepped) -> None:
        """Show the form after an edit was undone or redone."""
        event.stop()
        self.show_edit(event.message)

    def action_leave(self) -> None:
        """Cancel typing, or close the form."""
        typing = self._typing
        if typing.display:
            typing.action_leave()
        else:
            self.dismiss(None)

    def on_resize(self, _: events.Resize) -> None:
        """Keep the input line at its field."""
        if self._typing.display and self.field is not None:
            self.start_typing(self.field)
