"""The main screen: the verdict, the panes at the left, the inspector at the right, the keys below."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from tui.base_app import footer_runs
from tui.command import LISTS, Command, CommandContext, CommandTable
from tui.inspector import sheet_of
from tui.panes import PANE_SPECS
from tui.panes.pane import Pane, PaneTable
from tui.panes.pane_spec import has_tried
from tui.screens.main_layout import (
    MIN_COLUMNS,
    MIN_ROWS,
    WIDE_LIST,
    Sizes,
    context_of,
    header_runs,
    show_verdict,
    status_runs,
    too_small,
    welcome_text,
)
from tui.screens.navigation import go, restore_view
from tui.screens.work_screen import WorkScreen
from tui.selection import ItemRef, parse_ref
from tui.session import Session
from tui.terminal.compositor import SpanScreen
from tui.widgets.lines import Bar, Inspector, Lines
from tui.widgets.runs import Runs, Tone
from tui.widgets.table import Table

if TYPE_CHECKING:
    from tui.screens.filter_input import FilterInput


class MainScreen(SpanScreen, WorkScreen):
    """The panes, the inspector and the commands on the selected item; its state is the session."""

    AUTO_FOCUS = "#inspector"
    MOVES_AT_ONCE = True

    def __init__(self, session: Session, table: CommandTable) -> None:
        super().__init__(table)
        self.session = session
        self.panes = {spec.id: Pane(spec) for spec in PANE_SPECS}
        self.panes["methods"].display = False
        self.inspector = Inspector(id="inspector")
        self.status = Bar(id="status")
        self.foot = Bar(id="foot")
        self._sizes = Sizes.of(80, 24)
        self._footer: CommandContext | None = None
        self._sheet_title: Runs = ()
        self.on_live_results: Callable[[], None] | None = None
        """Called when there are new live results, for a screen over this one."""

    def compose(self) -> ComposeResult:
        """Header, panes and inspector, footer."""
        yield Bar(id="head")
        yield Bar(id="verdict")
        yield Bar(id="verdict-rest")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield from self.panes.values()
            with Vertical(id="side"):
                yield Bar(id="side-title")
                yield self.inspector
        yield self.status
        yield self.foot

    @cached_property
    def filter(self) -> FilterInput:
        """The filter input, mounted at its first use."""
        from tui.screens.filter_input import filter_line

        return filter_line(self, before=self.status)

    @cached_property
    def _small(self) -> Bar:
        """The message in a terminal that is too small."""
        bar = Bar(id="small")
        self.mount(bar)
        return bar

    def on_mount(self) -> None:
        """Lay out for the terminal's size before the first paint."""
        self._fit(self.app.size.width, self.app.size.height)
        for pane in self.panes.values():
            pane.table.on_moved = self._show_row
        self.show_view()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new size."""
        before = self._sizes
        self._fit(event.size.width, event.size.height)
        if self._sizes != before:
            self.show_view()

    def _fit(self, columns: int, rows: int) -> None:
        small = too_small(columns, rows)
        self.set_class(small, "-small")
        if small:
            message = f" too small: {columns} x {rows}, required {MIN_COLUMNS} x {MIN_ROWS}"
            self._small.show(((message, "warn"),))
        self._sizes = Sizes.of(columns, rows, tried=self._tried)
        self.set_class(self.session.zoomed, "-zoomed")
        width = columns if self.session.zoomed else self._sizes.left
        self.query_one("#left").styles.width, self.session.narrow_lists = width, width < WIDE_LIST
        for pane in self.panes.values():
            pane.styles.height = None if pane.has_class("-current") else 1 + self._sizes.other_rows

    @property
    def _tried(self) -> bool:
        return self.session.view is not None and has_tried(self.session.view)

    def fit_live(self) -> None:
        """Give the lists room for the column of live checks, or take it back."""
        size = self.app.size
        if self._sizes != Sizes.of(size.width, size.height, tried=self._tried):
            self._fit(size.width, size.height)

    def zoom(self, zoomed: bool) -> None:
        """Give the current pane the full width, or show the inspector."""
        if zoomed != self.session.zoomed:
            self.session.zoomed = zoomed
            self._fit(self.app.size.width, self.app.size.height)
            if self.session.view is not None:
                self.panes["models"].show(self.session.view, self.session.list_filter("models"))

    def show_view(self) -> None:
        """Show the session's report in every part of the screen."""
        view = self.session.view
        head = self.query_one("#head", Bar)
        if view is None:
            head.show(((" pipedeck", "heading"), (f"  reading {self.session.tree_label} ...", "")))
            self.grow(self.session.pane)
            self.show_status()
            return
        self.fit_live()
        head.show(*header_runs(self.session, view, self.app.size.width))
        show_verdict(self, view, reading=self.session.reading_long)
        for name, pane in self.panes.items():
            pane.show(view, self.session.list_filter(name))
        self.panes["methods"].display = bool(view.pipes)
        if self.session.pane == "methods" and not view.pipes:
            self.session.pane = LISTS[0]
        if (state := self.session.view_state) is not None:
            self.session.view_state = None
            restore_view(self, view, state)
        self.grow(self.session.pane)
        self.show_item(self.session.selected, keep_place=True)
        self._show_status()
        self._footer = None
        self.show_status()
        self.look_for_drift()

    def show_live_results(self, *, ages_only: bool = False) -> None:
        """Show the live results; with `ages_only` only their ages."""
        view = self.session.view
        if view is None:
            return
        self.fit_live()
        show_verdict(self, view, reading=self.session.reading_long)
        for name, pane in self.panes.items():
            if ages_only:
                pane.show_again()
            else:
                pane.show(view, self.session.list_filter(name))
        self.show_item(self.session.selected, keep_place=True)
        if self.on_live_results is not None:
            self.on_live_results()

    def _show_status(self) -> None:
        """Show the number and impact of unwritten edits in the status line, if there are any."""
        unwritten = self.session.unwritten
        self.set_class(unwritten, "-unwritten")
        if unwritten:
            self.status.show(*status_runs(self.session, self.table, self.app.size.width))

    @property
    def main(self) -> MainScreen:
        """This screen: pages have the same property for commands."""
        return self

    @property
    def selected(self) -> ItemRef:
        """The selected item."""
        return self.session.selected

    def show_edit(self, message: str) -> None:
        """Show a message about an edit, which is shown already."""
        self.show_status(message)

    def copied_text(self) -> str:
        """The text to copy for the selected item."""
        return self.session.view.copied_text(self.selected) if self.session.view is not None else ""

    def arrive(self, ref: ItemRef) -> None:
        """Go to an item that was just made or renamed."""
        go(self, ref)

    def show_item(self, ref: ItemRef, *, keep_place: bool = False) -> None:
        """Show an item in the inspector."""
        view = self.session.view
        if view is None:
            return
        if ref != self.session.selected:
            self.session.hint = False
        self.session.selected = ref
        sheet = sheet_of(view, ref, self._sizes.inspector)
        self._sheet_title = sheet.title
        self._title()
        self.inspector.set_lines(sheet.lines, keep_place=keep_place)

    def _title(self) -> None:
        """The title of the inspector; its rule is heavy where the focus is."""
        tone: Tone = "accent" if self.inspector.has_focus else "dim"
        rule = "━" if self.inspector.has_focus else "─"
        runs = ((f"{rule} ", tone), *self._sheet_title)
        self.query_one("#side-title", Bar).show(runs, rule=rule, rule_tone=tone)

    def show_status(self, message: str = "") -> None:
        """Show a message in the footer; without one, the keys that can be used now."""
        if message:
            self.session.log.add(message)
        elif self.session.hint and self.session.view is not None:
            message = welcome_text(self.table, self.app.invalid_settings, fixable=self.context().fixable)
        tone: Tone = ""
        if not message and self.session.view is None:
            message, tone = f"keys wait until the tree is read   {self.table.key_labels('quit')} quit", "dim"
        if message:
            self._footer = None
            self.foot.show(((f" {message}", tone),))
            return
        context = self.context()
        if context != self._footer:
            self._footer = context
            self.foot.show(footer_runs(context, self.app.size.width, self.table))

    @property
    def pane(self) -> Pane:
        """The current pane."""
        return self.panes[self.session.pane]

    def context(self) -> CommandContext:
        """The context that decides which commands can run now."""
        return context_of(self, checking=self.checking is not None and self.checking.running)

    def grow(self, name: str) -> None:
        """Make a pane the current one."""
        self.session.pane = name
        for pane_name, pane in self.panes.items():
            current = pane_name == name
            pane.styles.height = None if current else 1 + self._sizes.other_rows
            pane.set_current(current)

    def enter(self, widget: PaneTable | Inspector) -> None:
        """Focus a pane or the inspector, at once: the next key may be queued already."""
        if widget is self.inspector:
            self.zoom(False)
        self.set_focus(widget)
        if isinstance(widget, PaneTable):
            if self.session.pane != widget.pane_id:
                self.grow(widget.pane_id)
            self.select(widget)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Grow the pane that gets the focus, and show its selected item."""
        widget = event.widget
        for pane in self.panes.values():
            pane.show_title()
        if isinstance(widget, PaneTable):
            if self.session.pane != widget.pane_id:
                self.grow(widget.pane_id)
            self.select(widget)
        elif widget is self.inspector:
            self._title()
            self.inspector.repaint()
        self.show_status()

    @on(Table.Highlighted)
    def follow_cursor(self, event: Table.Highlighted) -> None:
        """Show the item under the cursor of the current pane."""
        event.stop()
        if isinstance(event.table, PaneTable) and event.key not in (None, self.session.selected.key):
            self._show_row(event.table)

    def _show_row(self, table: PaneTable) -> None:
        if table.pane_id == self.session.pane and self.focused is not self.inspector:
            self.select(table)
            self.show_status()
            self.draw_now()

    def select(self, table: PaneTable) -> None:
        """Show the item under the cursor of a pane; for a backend, its models in their pane too."""
        key = table.selected_key
        if key is None:
            return
        ref = parse_ref(key)
        if ref.kind == "backend":
            self.set_scope("models", ref)
        if ref != self.session.selected:
            self.show_item(ref)
        else:
            self._title()

    def set_scope(self, name: str, scope: ItemRef | None) -> None:
        """Restrict a pane to the models of a backend or the problems of a cause; None lifts that."""
        if scope is None:
            self.session.scopes.pop(name, None)
        else:
            self.session.scopes[name] = scope
        if self.session.view is not None:
            self.panes[name].show(self.session.view, self.session.list_filter(name))

    @on(Lines.Highlighted)
    def show_keys_of_line(self, event: Lines.Highlighted) -> None:
        """Show the keys of the line under the cursor of the inspector."""
        event.stop()
        self.show_status()

    @on(Lines.Followed)
    def follow_link(self, event: Lines.Followed) -> None:
        """Go to the item that a line of the inspector links to."""
        event.stop()
        go(self, parse_ref(event.link))

    @on(Table.Opened)
    def open_row(self, event: Table.Opened) -> None:
        """Open the item of a row."""
        event.stop()
        if (ref := parse_ref(event.key)) != self.selected:
            self.show_item(ref)
        self.table.run("open", self)

    def run_command(self, command: Command) -> None:
        """Run a command, or show why it cannot run now; some wait for the running edit."""
        self.session.hint = False
        if self.busy and command.after_edits:
            self.editing.enqueue(partial(self.run_command, command))
        else:
            super().run_command(command)
