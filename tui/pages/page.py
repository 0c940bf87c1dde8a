"""A page over the main screen: something to read, with links into the tree, to copy and to keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult

from core.records import dataclass
from tui.actions import Action, Situation
from tui.details.sheet import Sheet
from tui.editing.work import Worked
from tui.keys import key_words
from tui.pages.export import Export, offer
from tui.panes.bar import Bar
from tui.panes.inspector import Inspector
from tui.screens.footer import footer_runs
from tui.screens.keyed import Keyed
from tui.screens.read import ReadScreen, help_lines
from tui.things import thing_of
from tui.widgets.lines import Lines
from tui.widgets.runs import Run, Runs

if TYPE_CHECKING:
    from tui.faces.app import AppFace
    from tui.faces.main import MainFace

T = TypeVar("T")

MOST_COLUMNS = 118
"""Lines are no longer: the places at their ends would be too far from what they are the places of."""


@dataclass(frozen=True)
class Page:
    """What a page shows. `note` stands at the right of its title.

    `export` is what can be copied or written. `copies` are texts that `y` copies on links that lead to no thing.
    `parts` are the lines where parts begin; `at` names the one to begin with.
    """

    sheet: Sheet
    note: Runs = ()
    export: Export | None = None
    copies: Mapping[str, str] = field(default_factory=dict)
    priced: bool = False


class PageScreen(Keyed, Generic[T]):
    """A page. `build` makes it for a width; what takes its time is worked out in a thread by `prepare`."""

    AUTO_FOCUS = "#page"

    app: AppFace

    def __init__(
        self,
        main: MainFace,
        build: Callable[[int, T | None], Page],
        prepare: Callable[[], T] | None = None,
    ) -> None:
        super().__init__("page", main.table)
        self.main = main
        self._build = build
        self._prepare = prepare
        self._prepared: T | None = None
        self.page: Page | None = None

    def compose(self) -> ComposeResult:
        """Title, lines, keys."""
        yield Bar(id="page-title")
        yield Inspector(id="page")
        yield Bar(id="page-foot")

    def on_mount(self) -> None:
        """Show what is known, and begin to work out what is not."""
        self.show()
        if self._prepare is not None:
            self.run_worker(partial(self._work, self._prepare), thread=True, group="page", exit_on_error=False)

    def _work(self, prepare: Callable[[], T]) -> None:
        done = prepare()
        self.post_message(Worked(partial(self._have, done)))

    def _have(self, done: T) -> None:
        self._prepared = done
        self.show(keep_place=True)

    @on(Worked)
    def go_on(self, event: Worked) -> None:
        """A thread has worked something out."""
        event.stop()
        event.then()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new width."""
        if self.page is not None and min(event.size.width - 2, MOST_COLUMNS) != self.page.sheet.width:
            self.show(keep_place=True)

    def show(self, *, keep_place: bool = False) -> None:
        """Make the page and show it."""
        self.page = page = self._build(min(self.app.size.width - 2, MOST_COLUMNS), self._prepared)
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), *page.sheet.title),
            (*page.note, (" ━", "accent")) if page.note else (),
            rule="━",
            rule_tone="accent",
        )
        self.lines.set_lines(page.sheet.lines, keep_place=keep_place)
        self.tell()

    @property
    def lines(self) -> Inspector:
        """The lines."""
        return self.query_one("#page", Inspector)

    @property
    def link(self) -> str:
        """Where the line under the cursor leads; empty when it leads nowhere."""
        cursor = self.lines.cursor
        return self.lines.lines[cursor].link if cursor is not None else ""

    @property
    def kind(self) -> str:
        """What kind of thing the line under the cursor names."""
        return thing_of(self.link).kind

    def situation(self) -> Situation:
        """What decides which actions can be done now."""
        now = self.main.situation()
        return Situation(
            where="page",
            links=int(self.lines.cursor is not None),
            colours=now.colours,
            kind=self.kind,
            priced=self.page is not None and self.page.priced,
        )

    def tell(self, message: str = "") -> None:
        """Say something in the last line; without a message, the keys that are of use now."""
        if message:
            self.main.session.log.note(message)
            self.query_one("#page-foot", Bar).show(((f" {message}", "warn"),))
            return
        now = self.situation()
        runs: list[Run] = []
        if now.links and (keys := self.table.by_id["open"].keys):
            runs = [(f" {key_words(keys[0])}", "accent"), (" go there ", "")]
        width = self.app.size.width - sum(len(text) for text, _ in runs)
        self.query_one("#page-foot", Bar).show((*runs, *footer_runs(now, width, self.table)))

    # ---- keys

    def action_key(self, key: str) -> None:
        """A key of the table of actions was pressed."""
        self.do(self.table.meant("page", key, self.situation()))

    def do(self, action: Action) -> None:
        """Do an action, or say why it cannot be done now."""
        reason = action.why_not(self.situation())
        if reason:
            self.tell(reason)
            return
        self.tell()
        match action.id:
            case "page-back":
                self.dismiss(None)
            case "page-next":
                self._next_part()
            case "copy":
                self._copy()
            case "export":
                self._export()
            case "explain":
                self._explain()
            case "what-if":
                self._what_if()
            case "help":
                self.app.push_screen(ReadScreen("keys of this page", help_lines(self.situation(), self.table)))
            case "theme":
                self.tell(f"colours: {self.app.next_theme()}")
            case "redraw":
                self.app.redraw()
            case _:
                self.act(action)

    def _explain(self) -> None:
        from tui.pages.opening import explain_thing

        if not self.link:
            self.tell("put the cursor on a name first")
        else:
            explain_thing(self.main, thing_of(self.link))

    def _what_if(self) -> None:
        from tui.pages.opening import without

        without(self.main, thing_of(self.link), self.tell)

    def act(self, action: Action) -> None:
        """Do an action that only some pages have."""

    def _next_part(self) -> None:
        """Scroll to the next heading; after the last one to the top."""
        lines, top = self.lines, self.lines.scroll_offset.y
        starts = [
            lines.row_of(index)
            for index, line in enumerate(lines.lines)
            if line.spans[:1] and line.spans[0][1] == "heading"
        ]
        ahead = next((row for row in starts if row > top), 0)
        lines.scroll_to_line(ahead)
        lines.repaint()

    def _copy(self) -> None:
        page, link = self.page, self.link
        if page is None:
            return
        if link in page.copies:
            self.app.copy(page.copies[link])
        else:
            from tui.copying import name_of

            thing = thing_of(link) if link else self.main.session.thing
            self.app.copy(name_of(page.sheet.facts, thing))

    def _export(self) -> None:
        if self.page is not None and self.page.export is not None:
            offer(self.app, self.page.export)

    @on(Lines.Followed)
    def follow(self, event: Lines.Followed) -> None:
        """Enter on a line that leads somewhere: to that thing in its list."""
        event.stop()
        self.follow_link(event.link)

    def follow_link(self, link: str) -> None:
        """Go to the thing that a link names."""
        self.dismiss(None)
        self.main.arrive(thing_of(link))
