"""A page over the main screen: something to read, with links into the tree, to copy and to keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult

from tui.actions import Command
from tui.editing.work import Worked
from tui.faces.page import PageFace
from tui.keys import key_words
from tui.pages.content import MOST_COLUMNS, Page
from tui.pages.doing import ON_PAGES, open_text_of
from tui.pages.sheet import PLACE
from tui.reasons import CommandContext
from tui.screens.footer import footer_runs
from tui.selection import OVERVIEW, ItemRef, parse_ref
from tui.widgets.bar import Bar
from tui.widgets.inspector import Inspector
from tui.widgets.lines import Lines
from tui.widgets.runs import Run

if TYPE_CHECKING:
    from tui.faces.app import AppFace
    from tui.faces.main import MainFace
    from tui.view_model import ViewModel

T = TypeVar("T")


class PageLines(Inspector):
    """The lines of a page: as the cursor moves, the last line tells what can be done there."""

    def step(self, lines: int) -> None:
        """Move, and tell what Enter does there."""
        super().step(lines)
        if isinstance(self.screen, PageScreen):
            self.screen.tell_moved()


class PageScreen(PageFace, Generic[T]):
    """A page. `build` makes it of a report, for a width; what takes its time is worked out in a thread by `prepare`.

    When the tree has been edited meanwhile it is made anew; it leaves when `subject`, what it is about, is gone.
    """

    AUTO_FOCUS = "#page"

    app: AppFace

    def __init__(
        self,
        main: MainFace,
        build: Callable[[ViewModel, int, T | None], Page],
        prepare: Callable[[ViewModel], T] | None = None,
        subject: ItemRef = OVERVIEW,
    ) -> None:
        super().__init__("page", main.table)
        self.main = main
        self.subject = subject
        self._build = build
        self._prepare = prepare
        self.view: ViewModel | None = None
        """The view model that it is made of."""
        self._told: Sequence[tuple[str, str]] | None = None
        self.explains = False
        """Whether it is what the key for explanations opens of its subject."""
        self._prepared: T | None = None
        self.page: Page | None = None

    def compose(self) -> ComposeResult:
        """Title, lines, keys."""
        yield Bar(id="page-title")
        yield PageLines(id="page")
        yield Bar(id="page-foot")

    def on_mount(self) -> None:
        """Show what is known, and begin to work out what is not."""
        self._begin()

    def _begin(self) -> None:
        self.show(keep_place=self.page is not None)
        if self._prepare is not None and self.view is not None:
            work = partial(self._work, self._prepare, self.view)
            self.run_worker(work, thread=True, group="page", exit_on_error=False)

    def _work(self, prepare: Callable[[ViewModel], T], view: ViewModel) -> None:
        done = prepare(view)
        self.post_message(Worked(partial(self.have, view, done)))

    def have(self, view: ViewModel, done: T) -> None:
        """Something has been worked out of these view model: show it, unless there are others by now."""
        if view is self.view:
            self._prepared = done
            self.show(keep_place=True)

    def on_screen_resume(self) -> None:
        """Somebody comes back from what was opened over it, where the tree may have been edited."""
        if self.page is not None and self.main.session.view is not self.view:
            self.show_anew()

    def show_anew(self) -> None:
        """Show the tree as it is edited now."""
        view = self.main.session.view
        if view is None or not view.exists(self.subject):
            self.dismiss(None)
            return
        self._prepared = None
        self._begin()

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
        view = self.view = self.main.session.view
        if view is None:
            return
        self.page = page = self._build(view, min(self.app.size.width - 2, MOST_COLUMNS), self._prepared)
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
    def ref(self) -> ItemRef:
        """The item that the line under the cursor names, else what the page is about."""
        return self.subject if not self.link or self.link.startswith(PLACE) else parse_ref(self.link)

    @property
    def kind(self) -> str:
        """What kind of item the line under the cursor names."""
        return self.ref.kind

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """What is first told in the last line: the commands that the line under the cursor is for, and their words."""
        words = "its text" if self.link.startswith(PLACE) else "go there"
        ways = [("open", words)] if self.link else []
        return [*ways, ("tokens", "tokens")] if self.page is not None and self.page.priced else ways

    def context(self) -> CommandContext:
        """What decides which commands can be done now."""
        now = self.main.context()
        return CommandContext(
            where="page",
            links=int(self.lines.cursor is not None),
            colours=now.colours,
            kind=self.kind,
            priced=self.page is not None and self.page.priced,
            back=now.back,
            forward=now.forward,
            profiles=now.profiles,
            locked=now.locked,
            unwritten=now.unwritten,
            undo=now.undo,
            redo=now.redo,
        )

    def tell(self, message: str = "") -> None:
        """Say something in the last line; without a message, the keys that are of use now."""
        if message:
            self.main.session.log.note(message)
            self._told = None
            self.query_one("#page-foot", Bar).show(((f" {message}", "warn"),))
            return
        now = self.context()
        runs: list[Run] = []
        self._told = self.hints
        for id_, words in self._told:
            if keys := self.table.by_id[id_].keys:
                runs += [(f" {key_words(keys[0])}", "accent"), (f" {words} ", "")]
        width = self.app.size.width - sum(len(text) for text, _ in runs)
        self.query_one("#page-foot", Bar).show((*runs, *footer_runs(now, width, self.table)))

    def tell_moved(self) -> None:
        """The cursor has moved: tell what can be done there, if that is something else."""
        if self._told != self.hints:
            self.tell()

    # ---- keys

    def action_key(self, key: str) -> None:
        """A key of the table of commands was pressed."""
        self.do(self.table.meant("page", key, self.context()))

    def do(self, command: Command) -> None:
        """Do a command, or say why it cannot be done now."""
        reason = command.disabled_reason(self.context())
        if reason:
            self.tell(reason)
            return
        self.tell()
        if command.id in ON_PAGES:
            ON_PAGES[command.id](self)
            return
        leave_pages(self.app)
        self.main.do(command)

    def say_of_edit(self, words: str) -> None:
        """Show what an edit made of the page, and say what it did."""
        self.show_anew()
        self.tell(words)

    def explain(self) -> None:
        """Explain what is under the cursor."""
        if self.explains and self.ref == self.subject:
            self.tell("this page explains it: put the cursor on another name")
        else:
            self.main.open_page("explain", self.ref, self.tell)

    def what_if(self) -> None:
        """Show what becomes of everything without what is under the cursor."""
        self.main.open_page("what-if", self.ref, self.tell)

    def drop(self) -> None:
        """Take away what is under the cursor, on pages where that is something to take away."""
        self.tell("values are taken away in the layers of a thing: I")

    @on(Lines.Followed)
    def follow(self, event: Lines.Followed) -> None:
        """Enter on a line that leads somewhere: to that item in its list."""
        event.stop()
        self.follow_link(event.link)

    def follow_link(self, link: str) -> None:
        """Go to the item that a link names."""
        if link.startswith(PLACE):
            open_text_of(self)
            return
        leave_pages(self.app)
        self.main.arrive(parse_ref(link))


def leave_pages(app: AppFace) -> None:
    """Back to the main screen, from however many pages."""
    while isinstance(app.screen, PageScreen):
        app.pop_screen()
