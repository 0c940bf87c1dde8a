"""The form of one item: fields to type into or to pick for; every change is an edit of the session at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from core.dialects.field_values import ValueKind
from core.edits.intent import EditRefused, Intent
from core.workspace import Proposal
from tui.dialogs.dialog import is_open
from tui.dialogs.pick import WIDE, PickScreen
from tui.editing.flow import words_of
from tui.forms.form_fields import Field, Form, is_boolean
from tui.forms.value_input import ValueInput
from tui.labels import plain
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.bar import Bar
from tui.widgets.fields import FieldLine, Fields
from tui.widgets.lines import Line, Lines
from tui.widgets.runs import Run

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

KEYS = (("esc", "back"), ("u", "undo"), ("w", "write"))
"""The keys that always count."""

Make = Callable[[ViewModel], Form | None]


class FormScreen(ModalScreen[None]):
    """Enter changes the field under the cursor. Nothing waits for a button: what Enter takes is done, `u` undoes it."""

    AUTO_FOCUS = "#fields"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,h,left", "leave", "Back", show=False),
        Binding("space", "flip", "Yes or no", show=False),
        Binding("x,delete", "unset", "Take away", show=False),
        Binding("J", "move(1)", "Down", show=False),
        Binding("K", "move(-1)", "Up", show=False),
        Binding("u", "undo", "Undo", show=False),
        Binding("ctrl+r", "redo", "Redo", show=False),
        Binding("w", "write", "Write", show=False),
    ]

    def __init__(self, main: MainScreen, make: Make, ref: ItemRef) -> None:
        """`make` makes the form from view model, anew after each edit."""
        super().__init__()
        self._main = main
        self._make = make
        self._thing = ref
        self._form: Form | None = None

    def compose(self) -> ComposeResult:
        """Title, a few lines, the fields, the line that is typed into, words, keys."""
        with Vertical(id="box"):
            yield Bar(id="page-title")
            yield Lines(id="about")
            yield Fields(id="fields")
            yield Bar(id="form-hint")
            yield Bar(id="form-status")
            yield Bar(id="page-foot")
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
        """Make the form anew from what the tree is now; leave it when the item is gone."""
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
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), *form.title), (("━", "accent"),), rule="━", rule_tone="accent"
        )
        about = self.query_one("#about", Lines)
        about.set_lines([Line(runs) for runs in form.about])
        about.styles.height = len(form.about)
        self.fields.set_fields([FieldLine(one.label, one.shown, one.origin, one.set is None) for one in form.fields])
        self.show_status(message)
        self._hint()

    def show_status(self, message: str = "") -> None:
        """Say something in the last line, or the keys."""
        runs: list[Run] = [(f" {message}", "warn")] if message else [(" ", "")]
        if not message:
            for key, label in (*self._keys(), *KEYS):
                runs += [(key, "accent"), (f" {label}  ", "")]
        self.query_one("#page-foot", Bar).show(tuple(runs))

    def _keys(self) -> Iterator[tuple[str, str]]:
        """The keys that count on the field under the cursor."""
        one = self.field
        if one is None or one.set is None:
            return
        yield "enter", "pick" if one.picks is not None else "change"
        if is_boolean(one):
            yield "space", "yes/no"
        if one.unset is not None:
            yield "x", "take away"
        if one.move is not None:
            yield "J K", "move"

    def _hint(self) -> None:
        """What the field takes and means; and what all edits change so far."""
        one = self.field
        words = below = ""
        if one is not None:
            takes = "" if one.takes.expected == ValueKind.TEXT else one.takes.expected
            words, below = one.fixed or ", ".join(part for part in (one.about, takes) if part), one.below
        self.query_one("#form-hint", Bar).show(((f" {words}", "dim"),))
        self.query_one("#form-status", Bar).show(((f" {below}", "dim"),), self._impact())

    def _impact(self) -> tuple[Run, ...]:
        if not self._main.session.unwritten:
            return ()
        impact = self._main.session.workspace.impact
        return ((f"* {'not written' if impact.nothing else impact.summary()} ", "warn"),)

    # ---- changing

    @on(Fields.Moved)
    def moved(self, event: Fields.Moved) -> None:
        """Say what the field under the cursor takes."""
        event.stop()
        self.show_status()
        self._hint()

    @on(Fields.Chosen)
    def chosen(self, event: Fields.Chosen) -> None:
        """Enter: pick, change over, or type."""
        event.stop()
        one = self.field
        if one is None or not self._editable(one):
            return
        if one.picks is not None:
            self._pick(one)
        elif is_boolean(one):
            self.action_flip()
        else:
            self._type(one)

    def _editable(self, one: Field) -> bool:
        reason = self._main.session.locked
        if reason or one.set is None:
            self.show_status(f"nothing can be edited: {reason}" if reason else one.fixed or "it cannot be changed here")
            return False
        return True

    def _pick(self, one: Field) -> None:
        assert one.picks is not None
        current = one.value if isinstance(one.value, str) else None

        def take(key: str | None) -> None:
            if key is not None and one.set is not None:
                self._do(one.set(key))

        self.app.push_screen(PickScreen(one.label, one.picks(), current=current, free=True, columns=WIDE), take)

    def _type(self, one: Field) -> None:
        top = self.query_one("#about", Lines).styles.height
        above = 1 + (int(top.value) if top is not None else 0)
        self.fields.set_hint(one.takes.expected or one.about)
        typing = self.query_one("#typing", ValueInput)
        left = self.fields.value_left
        typing.begin(one, left, above + self.fields.cursor_row, self.fields.size.width - left - 1)

    @on(ValueInput.Taken)
    def taken(self, event: ValueInput.Taken) -> None:
        """A value was typed that the release takes: try it."""
        event.stop()
        one = self.field
        if one is None or one.set is None:
            return
        self._do(one.set(event.value), typed=True)

    @on(ValueInput.Said)
    def said(self, event: ValueInput.Said) -> None:
        """Words about what is typed: below the field."""
        event.stop()
        self.fields.set_hint(event.words, "bad" if event.wrong else "dim")

    @on(ValueInput.Left)
    def left(self, event: ValueInput.Left) -> None:
        """Typing has ended without a change."""
        event.stop()
        self._end_typing()

    def _end_typing(self) -> None:
        self.fields.set_hint(None)
        self.fields.focus()

    def _do(self, intent: Intent, *, typed: bool = False, at: int | None = None) -> None:
        def done(proposal: Proposal) -> None:
            if typed and is_open(self):
                self.query_one("#typing", ValueInput).end()
                self._end_typing()
            self.show(words_of(proposal))
            if at is not None and is_open(self):
                self.fields.go_to(at)
                self._hint()

        def refused(found: EditRefused) -> None:
            if not is_open(self):
                self._main.editing.refuse(intent, None, found)
                return
            if typed:
                self.fields.set_hint(plain(found.message), "bad")
            if not typed or found.offers or found.others:
                self._main.editing.refuse(intent, None, found, show_status=self.show_status, after=self.show)

        self._main.editing.do(intent, done=done, refused=refused)

    # ---- keys

    def action_flip(self) -> None:
        """Change true and false over."""
        one = self.field
        if one is None or not self._editable(one):
            return
        if not is_boolean(one) or one.set is None:
            self.show_status("space changes what is true or false; enter changes this")
            return
        self._do(one.set(one.value is not True))

    def action_unset(self) -> None:
        """Take the value away."""
        one = self.field
        if one is None or not self._editable(one):
            return
        if one.unset is None:
            self.show_status("nothing is set here that could be taken away")
            return
        self._do(one.unset)

    def action_move(self, by: int) -> None:
        """Move an entry among its like."""
        one = self.field
        if one is None or not self._editable(one):
            return
        intent = one.move(by) if one.move is not None else None
        if intent is None:
            self.show_status("it is at the end" if one.move is not None else "its place does not count")
            return
        self._do(intent, at=self.fields.index + by)

    def action_undo(self) -> None:
        """Take the last edit back."""
        self._main.editing.undo(show_status=self.show)

    def action_redo(self) -> None:
        """Do it again."""
        self._main.editing.redo(show_status=self.show)

    def action_write(self) -> None:
        """Go to the review."""
        self.dismiss(None)
        self.call_later(partial(self._main.run_command, self._main.table.by_id["review"]))

    def action_leave(self) -> None:
        """Back; edits stay, not yet written."""
        self.dismiss(None)

    def on_resize(self, _: events.Resize) -> None:
        """What is typed into stays at its field."""
        if self.query_one("#typing", ValueInput).display and self.field is not None:
            self._type(self.field)
