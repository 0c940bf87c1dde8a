"""A dialog with a list to choose from, filtered by typing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.dialogs.dialog import Dialog
from tui.dialogs.fuzzy import best
from tui.widgets.safe_input import SafeInput
from tui.widgets.table import Table
from tui.widgets.table_model import Column, Row

COLUMNS = (
    Column("name", "name", 20, flex=3),
    Column("note", "note", 12, flex=2, max_width=50, priority=1),
)
WIDE = (
    Column("name", "name", 20, flex=1, max_width=40),
    Column("note", "note", 12, flex=4, max_width=90, priority=1),
)
"""Columns for choices with long notes."""


class Choice(NamedTuple):
    """A row to choose: its key, which is the result of the dialog, its name and a note."""

    key: str
    name: str
    note: str = ""


class PickTable(Table, can_focus=False):
    """The list; the input line keeps the focus and forwards the keys that move the cursor."""


class PickScreen(Dialog[str | None]):
    """An input line over a list; the result is the key of the chosen row."""

    AUTO_FOCUS = "#query"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", show=False),
        Binding("down,ctrl+n", "step(1)", "Down", show=False, priority=True),
        Binding("up", "step(-1)", "Up", show=False, priority=True),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True),
        Binding("tab,shift+tab", "nothing", "", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        current: str | None = None,
        free: bool = False,
        columns: Sequence[Column] = COLUMNS,
    ) -> None:
        """`current` is the row that gets the cursor; with `free`, text that matches no row is a result too."""
        super().__init__()
        self._free = free
        self._columns = columns
        self._title = title
        self._choices = choices
        self._current = current

    def compose_body(self) -> ComposeResult:
        """The input line and the list."""
        yield SafeInput(placeholder="type to filter", id="query")
        yield PickTable(self._columns, header=False, empty="no match", id="choices")

    def on_mount(self) -> None:
        """Show all rows."""
        self._show("")
        if self._current is not None:
            self.query_one(PickTable).select(self._current)

    @on(Input.Changed, "#query")
    def filter(self, event: Input.Changed) -> None:
        """Show the rows that match the input."""
        event.stop()
        self._show(event.value)

    def _show(self, query: str) -> None:
        matches = best(query, self._choices, lambda choice: choice.name)
        table = self.query_one(PickTable)
        table.set_rows([Row(choice.key, (choice.name, (choice.note, "dim"))) for choice in matches])
        if matches and query:
            table.select(matches[0].key)
        self.show_title(self._title, f"{len(matches)} of {len(self._choices)}")

    @on(Input.Submitted, "#query")
    def choose(self, event: Input.Submitted) -> None:
        """Close the dialog with the row under the cursor."""
        event.stop()
        key = self.query_one(PickTable).selected_key
        text = event.value.strip()
        self.dismiss(text if key is None and self._free and text else key)

    @on(Table.Opened)
    def choose_clicked(self, event: Table.Opened) -> None:
        """Close the dialog with a row that is clicked twice."""
        event.stop()
        self.dismiss(event.key)

    def action_step(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.query_one(PickTable).step(rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self.query_one(PickTable).action_page(pages)

    def action_nothing(self) -> None:
        """Keep the focus: Tab has no other place to go."""
