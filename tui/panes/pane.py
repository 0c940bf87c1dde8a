"""One list at the left: a title with counts, and a table. The current one is grown and shows its column titles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from tui.panes.pane_spec import PaneSpec, empty_text
from tui.selection import NO_FILTER, ListFilter
from tui.view_model import ViewModel
from tui.widgets.lines import Bar
from tui.widgets.runs import Run, Runs, Tone
from tui.widgets.table import Table
from tui.widgets.table_model import Row


class PaneTable(Table):
    """The table of a pane; it shows its column titles only when there is room for them."""

    FIXED_SIZE = True

    def __init__(self, spec: PaneSpec) -> None:
        super().__init__(spec.columns, header=False, empty="reading ...", id=f"{spec.id}-table")
        self.pane_id = spec.id
        self.on_moved: Callable[[PaneTable], None] | None = None
        """Called at once when a key has moved the cursor, so that list and details change in one picture."""
        self._stepping = False

    def step(self, lines: int) -> None:
        """Move the cursor by so many rows."""
        self._stepping = self.on_moved is not None
        super().step(lines)
        self._stepping = False
        if self.on_moved is not None:
            self.on_moved(self)

    def post_highlighted(self, key: str | None) -> None:
        """Post that the cursor is on another row, unless a key moved it: then `on_moved` is called."""
        if not self._stepping:
            super().post_highlighted(key)

    @property
    def measured_rows(self) -> Sequence[Row]:
        """Of a list that is not current the few rows on screen: others are not made yet."""
        return super().measured_rows if self._header else self.rows_in_view

    def say_empty(self, text: str) -> None:
        """Set the text of an empty table."""
        self._empty = text

    @property
    def hidden_sort(self) -> str:
        """The column the rows are sorted by, when there is no room to show it; else empty."""
        column = self.sorted_by[0]
        return column if column is not None and column not in self.shown_columns else ""

    def to_first(self) -> None:
        """Put the cursor on the first row."""
        self.step(-self.total)

    def next_sort(self) -> None:
        """Sort by the next of the columns that are shown; after the last one, as the file has it."""
        keys = [key for key in self.shown_columns if key != "sign"]
        column = self.sorted_by[0]
        at = keys.index(column) + 1 if column in keys else 0
        self.sort(keys[at] if at < len(keys) else None)


class Pane(Vertical):
    """A pane of the main screen."""

    DEFAULT_CSS = """
    Pane { height: 2; }
    Pane.-current { height: 1fr; }
    """

    def __init__(self, spec: PaneSpec) -> None:
        super().__init__(id=spec.id)
        self.spec = spec
        self.bar = Bar(classes="title")
        self.table = PaneTable(spec)
        self.table.on_position = self.show_title
        self.list_filter = NO_FILTER
        self._facts: ViewModel | None = None

    def compose(self) -> ComposeResult:
        """Title and table."""
        yield self.bar
        yield self.table

    def show(self, view: ViewModel, list_filter: ListFilter) -> None:
        """Show another report, or the same with another filter."""
        if view is self._facts and list_filter == self.list_filter:
            return
        self._facts, self.list_filter = view, list_filter
        self.show_again()

    def show_again(self) -> None:
        """Show the report with changed live results."""
        view = self._facts
        if view is None:
            return
        if self.spec.columns_for is not None:
            self.table.set_columns(self.spec.columns_for(view, self.list_filter))
        self.table.say_empty(self.list_filter.empty or empty_text(self.spec, view))
        self.table.set_rows(self.spec.rows(view, self.list_filter))
        self.show_title()

    def set_current(self, current: bool) -> None:
        """Grow, or shrink to a line or two."""
        self.set_class(current, "-current")
        self.table.show_header(current)
        self.show_title()

    def show_title(self) -> None:
        """Show the counts, the filter with the number of its matches, and the position of the cursor."""
        current, focused = self.has_class("-current"), self.table.has_focus
        tone: Tone = "accent" if focused else "dim"
        rule = "━" if focused else "─"
        name: Run = (f"{self.spec.number} {self.spec.title}", "accent" if current else "heading")
        title: list[Run] = [(f"{rule} ", tone), name, ("  ", "")]
        if self._facts is None:
            title.pop()  # being read
        elif text := self.table.filter_text.strip():
            title.append((f"of {self.table.total}  /{text}", "accent"))
        else:
            title.append((self.spec.counts(self._facts, self.list_filter), "" if current else "dim"))
        if hidden := self.table.hidden_sort:
            title.append((f", by {hidden}", "accent" if current else "dim"))
        # The position in the list, which ends with the number of its rows.
        right: Runs = ()
        if self._facts is not None and self.table.total:
            right = ((self.table.position, "" if current else "dim"),)
        # Of the other lists, which have no keys, the counts come first.
        self.bar.show(tuple(title), right, rule=rule, rule_tone=tone, yields=not current)

    def set_filter(self, text: str) -> None:
        """Show only the rows that hold these words."""
        self.table.filter(text)
        self.show_title()

    def reveal(self, key: str) -> bool:
        """Put the cursor on a row, lifting the filter when it hides it."""
        if self.table.select(key):
            return True
        if self.table.filter_text:
            self.set_filter("")
        return self.table.select(key)
