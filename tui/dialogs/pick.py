"""Dialogs with a list to choose from, filtered by typing with fuzzy search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import ClassVar, NamedTuple, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.dialogs.dialog import Dialog, is_open
from tui.messages import ImpactsFound
from tui.price_columns import aligned
from tui.widgets.lines import Bar
from tui.widgets.runs import Cell, Runs, Tone
from tui.widgets.safe_input import SafeInput
from tui.widgets.table import Table
from tui.widgets.table_model import Column, Row

T = TypeVar("T")

_STARTS = frozenset(" -_./:@$~(")


def score(query: str, text: str) -> float | None:
    """The score of a text, higher for a better match; None when it does not contain all letters in order.

    Runs of letters score more than scattered ones, starts of words more than the middle, short texts more than
    long ones. Words of the query are separated by blanks, and match in any order.
    """
    folded = text.casefold()
    total = 0.0
    for word in query.casefold().split():
        points = _word_score(word, folded)
        if points is None:
            return None
        total += points
    return total - len(text) / 200


def _word_score(word: str, text: str) -> float | None:
    at = text.find(word)
    if at >= 0:
        starts = at == 0 or text[at - 1] in _STARTS
        return 10.0 * len(word) + (8 if at == 0 else 5 if starts else 0) + (4 if len(word) == len(text) else 0)
    total, last = 0.0, -1
    for letter in word:
        at = text.find(letter, last + 1)
        if at < 0:
            return None
        starts = at == 0 or text[at - 1] in _STARTS
        total += 3.0 if at == last + 1 and last >= 0 else 2.0 if starts else 0.2
        last = at
    return total


def best(query: str, items: Iterable[T], text: Callable[[T], str], limit: int = 200) -> list[T]:
    """The items whose text matches a query, best first; equal ones, and all of an empty query, in their order."""
    if not query.strip():
        return list(items)[:limit]
    scored = [
        (points, number, item) for number, item in enumerate(items) if (points := score(query, text(item))) is not None
    ]
    scored.sort(key=lambda entry: (-entry[0], entry[1]))
    return [item for _, _, item in scored[:limit]]


COLUMNS = (
    Column("name", "name", 20, flex=3, cut="middle"),
    Column("note", "note", 12, flex=2, max_width=50, priority=1),
)
WIDE = (
    Column("name", "name", 20, flex=1, max_width=40, cut="middle"),
    Column("note", "note", 12, flex=4, max_width=90, priority=1),
)
"""Columns for choices with long notes."""
SECTIONS = (
    Column("", "section", 9),
    Column("name", "name", 20, flex=3, cut="middle"),
    Column("note", "note", 12, flex=1, max_width=24, priority=1),
)
"""Columns for choices in sections, each named once where it begins."""


MODELS = (
    Column("name", "name", 20, flex=3, max_width=48, cut="middle"),
    Column("in $", "input", 5, align="right", priority=1),
    Column("out $", "output", 5, align="right", priority=1),
    Column("max", "max", 6, align="right", priority=3),
    Column("backend", "backend", 8, flex=1, max_width=22, priority=2),
    Column("note", "note", 16, flex=4, priority=1),
)
"""Columns for models, and for names that end at one."""


class Choice(NamedTuple):
    """A row to choose: its key, which is the result of the dialog, its name, a note, and the group of a long list.

    The group is the beginning of the names in it. `cells` are those between name and note, for models. Choices of
    one `section` stand together until something is typed.
    """

    key: str
    name: str
    note: str = ""
    group: str = ""
    cells: tuple[Cell, ...] = ()
    tone: Tone = "dim"
    section: str = ""

    def row(self, columns: Sequence[Column]) -> Row:
        """The row in such columns; the note is in the last one."""
        blank = ("",) * (len(columns) - 2)
        return Row(self.key, (self.name, *(self.cells or blank), (self.note, self.tone)))


class PickTable(Table, can_focus=False):
    """The list; the input line keeps the focus and forwards the keys that move the cursor."""


class PickScreen(Dialog[str | None]):
    """An input line over a list; the result is the key of the chosen row."""

    AUTO_FOCUS = "#query"
    LIST = "#choices"
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
        self._columns = MODELS if any(choice.cells for choice in choices) else columns
        self._sections = {choice.key: choice.section for choice in choices if choice.section}
        if self._sections:
            self._columns = SECTIONS
        self._title = title
        self._choices = choices
        self._current = current

    def compose_body(self) -> ComposeResult:
        """The input line and the list."""
        yield SafeInput(placeholder="type to filter; enter choose, esc cancel", id="query")
        models = self._columns is MODELS
        yield PickTable(self._columns, header=models, empty="no match", id="choices")
        if models or self._sections:
            yield Bar(id="choice-note")

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
        self._list([choice.row(self._columns) for choice in matches])
        if matches and query:
            table.select(matches[0].key)
        filtered = len(matches) < len(self._choices)
        self.show_title(self._title, f"{len(matches)} of {len(self._choices)}" if filtered else "")

    def _list(self, rows: Sequence[Row]) -> None:
        """Show rows, with prices aligned and the names of sections where they begin."""
        columns, shown = aligned(self._columns, rows)
        if self._sections:
            names = [self._sections.get(row.key, "") for row in shown]
            shown = [
                replace(row, cells=(("" if name == before else name, "accent"), row.cells[0], row.cells[-1]))
                for row, name, before in zip(shown, names, ("", *names), strict=False)
            ]
        table = self.query_one(PickTable)
        table.set_columns(columns)
        table.set_rows(shown)

    @on(Table.Highlighted)
    def show_note(self, event: Table.Highlighted) -> None:
        """Show the whole note of a model, or the row of a section, under the list, whose columns may cut it."""
        event.stop()
        for bar in self.query("#choice-note").results(Bar):
            choice = next((choice for choice in self._choices if choice.key == event.key), None)
            name: Runs = ((f"  {choice.name}", ""),) if choice is not None and self._sections else ()
            bar.show((*name, (f"  {choice.note}", choice.tone)) if choice is not None else ())

    def show_message(self, message: str) -> None:
        """Show why the input is not valid, until it changes."""
        self.show_title(self._title, message, "bad")

    @on(Input.Submitted, "#query")
    def choose(self, event: Input.Submitted) -> None:
        """Close the dialog with the row under the cursor."""
        event.stop()
        key = self.query_one(PickTable).selected_key
        text = event.value.strip()
        self.finish(text if key is None and self._free and text else key)

    @on(Table.Opened)
    def choose_clicked(self, event: Table.Opened) -> None:
        """Close the dialog with a row that is clicked twice."""
        event.stop()
        self.finish(event.key)

    def finish(self, key: str | None) -> None:
        """Close the dialog with the key of a row."""
        self.dismiss(key)

    def action_step(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.query_one(PickTable).step(rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self.query_one(PickTable).action_page(pages)

    def action_nothing(self) -> None:
        """Keep the focus: Tab has no other place to go."""


_GROUP = "group "
"""Prefix of the keys of rows that stand for a group."""


class GroupedPickScreen(PickScreen):
    """A long list whose groups are one row each until something is typed; Enter on that row types its name."""

    FEWEST = 4
    """Choices that a group needs to be one row."""

    def _show(self, query: str) -> None:
        if query.strip():
            super()._show(query)
            return
        sizes = Counter(choice.group for choice in self._choices if choice.group)
        rows: dict[str, Row] = {}
        for choice in self._choices:
            if sizes[choice.group] < self.FEWEST:
                rows[choice.key] = choice.row(self._columns)
            elif choice.group not in rows:
                note = f"{sizes[choice.group]} to choose from"
                rows[choice.group] = Row(_GROUP + choice.group, (f"{choice.group} ...", (note, "dim")))
        self._list(list(rows.values()))
        self.show_title(self._title, f"{len(self._choices)} in all")

    def finish(self, key: str | None) -> None:
        """Close the dialog with a row, or type the name of a group."""
        if key is None or not key.startswith(_GROUP):
            super().finish(key)
            return
        query = self.query_one("#query", Input)
        query.value = key.removeprefix(_GROUP) + " "
        query.cursor_position = len(query.value)


LOOK = "look "
"""Prefix of the result when a profile is only to be viewed."""


class ProfilesScreen(PickScreen):
    """A list of profiles: Enter makes one active, as an edit; Tab views the tree as if it were active."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "look", "Look", show=False, priority=True)]

    def __init__(self, choices: Sequence[Choice], *, current: str | None, locked: bool) -> None:
        title = "view a profile" if locked else "profile: enter switch, tab view only"
        super().__init__(title, choices, current=current, columns=WIDE)

    @on(ImpactsFound)
    def show_impacts(self, event: ImpactsFound) -> None:
        """Show the impact of switching to each profile."""
        if not is_open(self):
            return
        key = self.query_one(PickTable).selected_key
        self._choices = [choice._replace(note=event.impacts.get(choice.key, choice.note)) for choice in self._choices]
        self._show(self.query_one("#query", Input).value)
        if key is not None:
            self.query_one(PickTable).select(key)

    def action_look(self) -> None:
        """Close the dialog to view the profile under the cursor."""
        key = self.query_one(PickTable).selected_key
        if key is not None:
            self.dismiss(LOOK + key)
