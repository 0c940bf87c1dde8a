"""The main screen: verdict, five lists at the left, what is selected at the right, keys below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from tui.actions import Action, Situation, bindings, meant
from tui.details import sheet_of
from tui.facts import Facts
from tui.panes import PANE_SPECS
from tui.panes.bar import Bar
from tui.panes.inspector import Inspector
from tui.panes.pane import Pane, PaneTable
from tui.screens.doing import DOING
from tui.screens.filter import FilterInput
from tui.screens.footer import footer_runs
from tui.screens.header import header_runs, verdict_runs
from tui.screens.sizes import LEAST_COLUMNS, LEAST_ROWS, Sizes, too_small
from tui.session import PANES, Session
from tui.things import OVERVIEW, Thing, thing_of
from tui.widgets.lines import Lines
from tui.widgets.table import Table

if TYPE_CHECKING:
    from tui.app import PipedeckApp


class MainScreen(Screen[None]):
    """The screen one works on. What it shows is the session's; it keeps nothing of its own but the status line."""

    AUTO_FOCUS = "#inspector"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("main")]

    app: PipedeckApp

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.panes = {spec.id: Pane(spec) for spec in PANE_SPECS}
        self.inspector = Inspector(id="inspector")
        self.filter = FilterInput()
        self.foot = Bar(id="foot")
        self._sizes = Sizes.of(80, 24)
        self._footer: Situation | None = None

    # Building and showing.

    def compose(self) -> ComposeResult:
        """Header, panes and inspector, footer; and one line for terminals that are too small."""
        yield Bar(id="head", fill="header")
        yield Bar(id="verdict")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield from self.panes.values()
            with Vertical(id="side"):
                yield Bar(id="side-title")
                yield self.inspector
        yield self.filter
        yield self.foot
        yield Bar(id="small")

    def on_mount(self) -> None:
        """Lay out for the terminal's size before anything is painted."""
        self._fit(self.app.size.width, self.app.size.height)
        self.show_facts()

    def on_resize(self, event: events.Resize) -> None:
        """Divide the new size; the details are laid out anew for their new width."""
        before = self._sizes
        self._fit(event.size.width, event.size.height)
        if self._sizes != before:
            self.show_thing(self.session.thing, keep_place=True)
            self._footer = None
            self.tell()

    def _fit(self, columns: int, rows: int) -> None:
        small = too_small(columns, rows)
        self.set_class(small, "-small")
        if small:
            words = f" {columns} x {rows} is too small: pipedeck needs {LEAST_COLUMNS} x {LEAST_ROWS}"
            self.query_one("#small", Bar).show(((words, "warn"),))
        self._sizes = Sizes.of(columns, rows)
        self.query_one("#left").styles.width = self._sizes.left
        for pane in self.panes.values():
            pane.styles.height = None if pane.has_class("-current") else 1 + self._sizes.others

    def show_facts(self) -> None:
        """Show the session's report in every part of the screen."""
        facts = self.session.facts
        head = self.query_one("#head", Bar)
        if facts is None:
            head.show(((" pipedeck", "heading"), (f"  reading {self.session.tree_label} ...", "")))
            return
        head.show(*header_runs(self.session, facts))
        self.query_one("#verdict", Bar).show(*verdict_runs(facts))
        for name, pane in self.panes.items():
            pane.show(facts, self.session.scopes.get(name))
        self._grow(self.session.pane)
        self.show_thing(self.session.thing, keep_place=True)
        self._footer = None
        self.tell()

    def show_thing(self, thing: Thing, *, keep_place: bool = False) -> None:
        """Show a thing in the inspector."""
        facts = self.session.facts
        if facts is None:
            return
        self.session.thing = thing
        sheet = sheet_of(facts, thing, self._sizes.inspector)
        focused = self.inspector.has_focus
        rule, tone = ("━", "accent") if focused else ("─", "dim")
        self.query_one("#side-title", Bar).show(
            ((f"{rule} ", tone), *sheet.title, (" ", "")), rule=rule, rule_tone="accent" if focused else "dim"
        )
        self.inspector.set_lines(sheet.lines, keep_place=keep_place)

    def tell(self, message: str = "") -> None:
        """Say something in the last line; without a message, the keys that are of use now."""
        if message:
            self._footer = None
            self.foot.show(((f" {message}", "warn"),))
            return
        now = self.situation()
        if now != self._footer:
            self._footer = now
            self.foot.show(footer_runs(now, self.app.size.width))

    # Where one is.

    @property
    def pane(self) -> Pane:
        """The current pane."""
        return self.panes[self.session.pane]

    def situation(self) -> Situation:
        """What decides which actions can be done now."""
        session, facts = self.session, self.session.facts
        inside = self.inspector.has_focus
        return Situation(
            where="inspector" if inside else "pane",
            pane=session.pane,
            rows=min(self.pane.table.shown, 1),
            links=int(self.inspector.cursor is not None),
            narrowed=self._narrowed(),
            back=session.history.has(-1),
            forward=session.history.has(1),
            profiles=len(facts.catalog.profiles) if facts is not None else 0,
            colours=not self.app.colourless,
        )

    def _narrowed(self) -> bool:
        name = self.session.pane
        scoped = name in self.session.scopes or (name == "backends" and "models" in self.session.scopes)
        return bool(self.pane.table.filter_text) or scoped

    def _grow(self, name: str) -> None:
        for other, pane in self.panes.items():
            current = other == name
            pane.styles.height = None if current else 1 + self._sizes.others
            pane.set_current(current)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A pane that gets the focus grows and shows what is selected in it."""
        widget = event.widget
        if isinstance(widget, PaneTable):
            if self.session.pane != widget.pane_id:
                self.session.pane = widget.pane_id
                self._grow(widget.pane_id)
            self._selected(widget)
        elif widget is self.inspector:
            self.show_thing(self.session.thing, keep_place=True)
        self.tell()

    @on(Table.Highlighted)
    def follow_cursor(self, event: Table.Highlighted) -> None:
        """What is under the cursor of the current pane is shown at the right."""
        event.stop()
        table = event.table
        if isinstance(table, PaneTable) and table.pane_id == self.session.pane and not self.inspector.has_focus:
            self._selected(table)
            self.tell()

    def _selected(self, table: PaneTable) -> None:
        key = table.selected_key
        if key is None:
            return
        thing = thing_of(key)
        if thing.kind == "backend":
            self.narrow_to("models", thing)
        if thing != self.session.thing:
            self.show_thing(thing)
        elif not self.inspector.has_focus:
            self.show_thing(thing, keep_place=True)

    def narrow_to(self, name: str, scope: Thing | None) -> None:
        """Narrow a pane to the models of a backend or the problems of a cause, or show all of it again."""
        if scope is None:
            self.session.scopes.pop(name, None)
        else:
            self.session.scopes[name] = scope
        if self.session.facts is not None:
            self.panes[name].show(self.session.facts, scope)

    # Going somewhere.

    def go(self, thing: Thing) -> None:
        """Go to a thing in its pane, remembering where one was."""
        facts = self.session.facts
        if facts is None or not facts.exists(thing):
            self.tell("it is not in any list")
            return
        self.session.history.leave(self.session.thing, thing)
        self._arrive(facts, thing)

    def travel(self, by: int) -> None:
        """Back or forward along what was visited; what is no longer there is passed over."""
        facts = self.session.facts
        while facts is not None and (thing := self.session.history.step(self.session.thing, by)) is not None:
            if facts.exists(thing):
                self._arrive(facts, thing)
                return

    def _arrive(self, facts: Facts, thing: Thing) -> None:
        name = thing.pane
        if name is None:
            self.show_thing(OVERVIEW)
            self.inspector.focus()
            self.tell()
            return
        pane = self.panes[name]
        if thing.kind == "cause":
            self.narrow_to(name, thing)
            pane.narrow("")
        elif not pane.reveal(thing.key):
            self.narrow_to(name, self._scope_of(facts, thing))
            pane.reveal(thing.key)
        if self.session.pane != name:
            self.session.pane = name
            self._grow(name)
        if not pane.table.has_focus:
            pane.table.focus()
        self._selected(pane.table)
        self.tell()

    def _scope_of(self, facts: Facts, thing: Thing) -> Thing | None:
        """What the pane of a thing must be narrowed to so that the thing is in it: for a problem its cause."""
        if thing.kind != "problem":
            return None
        return next((found for found, cause in facts.causes.items() if thing in facts.problems_behind(cause)), None)

    @on(Lines.Followed)
    def follow_link(self, event: Lines.Followed) -> None:
        """Enter on a line of the inspector that leads somewhere."""
        event.stop()
        self.go(thing_of(event.link))

    @on(Table.Opened)
    def open_row(self, event: Table.Opened) -> None:
        """Enter in a list: into the details; a cause lists its problems, a problem leads to what it is about."""
        event.stop()
        facts, thing = self.session.facts, thing_of(event.key)
        if facts is None:
            return
        if thing.kind == "cause":
            self.go(thing)
        elif thing.kind == "problem":
            subject = facts.subject(facts.problems[thing])
            if subject is None:
                self.tell("what it is about is in no list; the place is at the right")
            else:
                self.go(subject)
        else:
            self.inspector.focus()

    # Keys.

    def action_key(self, key: str) -> None:
        """A key of the table of actions was pressed."""
        self.do(meant("main", key, self.situation()))

    def do(self, action: Action) -> None:
        """Do an action, or say why it cannot be done now."""
        reason = action.why_not(self.situation())
        if reason:
            self.tell(reason)
            return
        self.tell()
        if action.id in PANES:
            self.panes[action.id].table.focus()
        else:
            DOING[action.id](self)
