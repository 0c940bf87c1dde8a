"""A list to pick from, with a line to type in: go anywhere, choose a profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.dialogs.fuzzy import best
from tui.widgets.bar import Bar
from tui.widgets.columns import Column
from tui.widgets.rows import Row
from tui.widgets.safe_input import SafeInput
from tui.widgets.table import Table

COLUMNS = (
    Column("name", "name", 20, flex=3),
    Column("what", "what", 12, flex=2, max_width=50, priority=1),
)
WIDE = (
    Column("name", "name", 20, flex=1, max_width=40),
    Column("what", "what", 12, flex=4, max_width=90, priority=1),
)
"""With more room for what each is."""


class Choice(NamedTuple):
    """One item to pick: what `dismiss` gives, its name, and what it is."""

    key: str
    name: str
    what: str = ""


class PickTable(Table, can_focus=False):
    """The list; the line above it keeps the focus and hands on the keys that move."""


class PickScreen(ModalScreen[str | None]):
    """Type to narrow, Enter to take, Esc to leave."""

    AUTO_FOCUS = "#query"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", show=False),
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
        """`free`: when nothing answers what was typed, Enter takes that itself."""
        super().__init__()
        self._free = free
        self._columns = columns
        self._title = title
        self._choices = choices
        self._current = current

    def compose(self) -> ComposeResult:
        """A title, the line to type in, the list."""
        with Vertical(id="box"):
            yield Bar(id="pick-title")
            query = SafeInput(placeholder="type to narrow", compact=True, id="query", select_on_focus=False)
            query.cursor_blink = False
            yield query
            yield PickTable(self._columns, header=False, empty="nothing to pick", id="choices")

    def on_mount(self) -> None:
        """Show all there is."""
        self._show("")
        if self._current is not None:
            self.query_one(PickTable).select(self._current)

    @on(Input.Changed, "#query")
    def narrow(self, event: Input.Changed) -> None:
        """Show what answers the query."""
        event.stop()
        self._show(event.value)

    def _show(self, query: str) -> None:
        found = best(query, self._choices, lambda choice: choice.name)
        table = self.query_one(PickTable)
        table.set_rows([Row(choice.key, (choice.name, (choice.what, "dim"))) for choice in found])
        if found and query:
            table.select(found[0].key)
        count = f"{len(found)} of {len(self._choices)}"
        self.query_one("#pick-title", Bar).show(
            (("━ ", "accent"), (self._title, "accent")),
            ((f"{count} ", "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )

    @on(Input.Submitted, "#query")
    def take(self, event: Input.Submitted) -> None:
        """Take what is under the cursor."""
        event.stop()
        picked = self.query_one(PickTable).selected_key
        typed = event.value.strip()
        self.dismiss(typed if picked is None and self._free and typed else picked)

    @on(Table.Opened)
    def take_clicked(self, event: Table.Opened) -> None:
        """A second click takes too."""
        event.stop()
        self.dismiss(event.key)

    def action_step(self, lines: int) -> None:
        """Move in the list."""
        self.query_one(PickTable).step(lines)

    def action_page(self, pages: int) -> None:
        """Move by a screen of the list."""
        self.query_one(PickTable).action_page(pages)

    def action_nothing(self) -> None:
        """There is one place to type in, so Tab leads nowhere."""

    def action_leave(self) -> None:
        """Pick nothing."""
        self.dismiss(None)
