"""The screen of a page over the main screen: lines with links into the tree, and their export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from textual import events, getters, on
from textual.app import ComposeResult

from tui.base_app import CommandScreen, footer_runs
from tui.command import Command, CommandContext
from tui.key_names import key_label
from tui.messages import HistoryStepped, PagePrepared
from tui.pages.page_sheet import MAX_COLUMNS, PLACE, Page
from tui.selection import OVERVIEW, ItemRef, parse_ref
from tui.styles import DIALOGS
from tui.widgets.lines import Bar, Inspector, Lines
from tui.widgets.runs import Run

if TYPE_CHECKING:
    from tui.base_app import BaseApp
    from tui.editing.file_editing import Written
    from tui.screens.main import MainScreen
    from tui.view_model import ViewModel


T = TypeVar("T")


class PageLines(Inspector):
    """The lines of a page: the footer shows the keys of the line under the cursor."""

    def step(self, lines: int) -> None:
        """Move, and show the keys of the line."""
        super().step(lines)
        if isinstance(self.screen, PageScreen):
            self.screen.show_key_labels()


class PageScreen(CommandScreen[None], Generic[T]):
    """A page. `build` makes it from the view model for a width, with the data that `prepare` computes in a thread.

    It is rebuilt after an edit of the tree, and closed when its `subject` no longer exists.
    """

    CSS_PATH = DIALOGS
    AUTO_FOCUS = "#page"
    lines = getters.query_one("#page", Inspector)

    app: BaseApp

    def __init__(
        self,
        main: MainScreen,
        build: Callable[[ViewModel, int, T | None], Page],
        prepare: Callable[[ViewModel], T] | None = None,
        subject: ItemRef = OVERVIEW,
    ) -> None:
        super().__init__(main.table, "page")
        self.main = main
        self.subject = subject
        self._build = build
        self._prepare = prepare
        self.view: ViewModel | None = None
        """The view model that it is made of."""
        self._shown_hints: Sequence[tuple[str, str]] | None = None
        self.explains = False
        """Whether it is the explanation of its subject."""
        self._prepared: T | None = None
        self.page: Page | None = None

    def compose(self) -> ComposeResult:
        """Title, lines, keys."""
        yield Bar(id="page-title")
        yield PageLines(id="page")
        yield Bar(id="page-foot")

    def on_mount(self) -> None:
        """Show the page, and prepare its data in a thread."""
        self._begin()

    def _begin(self) -> None:
        self.show(keep_place=self.page is not None)
        if self._prepare is not None and self.view is not None:
            task = partial(self._work, self._prepare, self.view)
            self.run_worker(task, thread=True, group="page", exit_on_error=False)

    def _work(self, prepare: Callable[[ViewModel], T], view: ViewModel) -> None:
        self.post_message(PagePrepared(view, prepare(view)))

    @on(PagePrepared)
    def show_prepared(self, event: PagePrepared) -> None:
        """Show what a thread has prepared, unless the view model has changed since."""
        event.stop()
        if event.view is self.view:
            self._prepared = cast("T", event.result)
            self.show(keep_place=True)

    def on_screen_resume(self) -> None:
        """Update the page if the tree was edited on a screen above it."""
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

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new width."""
        if self.page is not None and min(event.size.width - 2, MAX_COLUMNS) != self.page.sheet.width:
            self.show(keep_place=True)

    def show(self, *, keep_place: bool = False) -> None:
        """Make the page and show it."""
        view = self.view = self.main.session.view
        if view is None:
            return
        self.page = page = self._build(view, min(self.app.size.width - 2, MAX_COLUMNS), self._prepared)
        self.lines.on_position = self._show_title
        self.lines.set_lines(page.sheet.lines, keep_place=keep_place)
        self._show_title()
        self.show_status()

    def _show_title(self) -> None:
        """Show the title of the page, its note and the position of the cursor."""
        page, position = self.page, self.lines.position
        if page is None:
            return
        right: list[Run] = list(page.note)
        if position:
            right.append((f"  {position}", ""))
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), *page.sheet.title),
            (*right, (" ━", "accent")) if right else (),
            rule="━",
            rule_tone="accent",
        )

    @property
    def link(self) -> str:
        """The link of the line under the cursor; empty without one."""
        cursor = self.lines.cursor
        return self.lines.lines[cursor].link if cursor is not None else ""

    @property
    def selected(self) -> ItemRef:
        """The item of the line under the cursor, else the subject of the page."""
        return self.subject if not self.link or self.link.startswith(PLACE) else parse_ref(self.link)

    @property
    def kind(self) -> str:
        """The kind of the item of the line under the cursor."""
        return self.selected.kind

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """The first commands of the last line: those of the line under the cursor, with their labels."""
        label = "its text" if self.link.startswith(PLACE) else "jump"
        hints = [("open", label)] if self.link else []
        return [*hints, ("tokens", "tokens")] if self.page is not None and self.page.priced else hints

    def context(self) -> CommandContext:
        """The context that enables and disables commands."""
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

    def show_status(self, message: str = "") -> None:
        """Show a message in the last line; without a message, the keys."""
        if message:
            self.main.session.log.add(message)
            self._shown_hints = None
            self.query_one("#page-foot", Bar).show(((f" {message}", ""),))
            return
        now = self.context()
        runs: list[Run] = []
        self._shown_hints = self.hints
        for id_, label in self._shown_hints:
            if keys := self.table.by_id[id_].keys:
                runs += [(f" {key_label(keys[0])}", "accent"), (f" {label} ", "")]
        width = self.app.size.width - sum(len(text) for text, _ in runs)
        self.query_one("#page-foot", Bar).show((*runs, *footer_runs(now, width, self.table)))

    def show_key_labels(self) -> None:
        """Show the keys of the line under the cursor, if they changed."""
        if self._shown_hints != self.hints:
            self.show_status()

    # ---- commands

    def leave(self) -> None:
        """Close the page."""
        self.dismiss(None)

    def run_command(self, command: Command) -> None:
        """Run a command on the page, or close the page and run it on the main screen."""
        reason = command.disabled_reason(self.context())
        self.show_status(reason or "")
        if reason:
            return
        if command.closes_pages:
            close_pages(self.app)
            self.main.run_command(command)
        elif command.run is not None:
            command.run(self)

    @on(HistoryStepped)
    def show_step(self, event: HistoryStepped) -> None:
        """Show the page after an edit was undone or redone."""
        event.stop()
        self.show_edit(event.message)

    def show_edit(self, message: str) -> None:
        """Show the page after an edit, and a message about it."""
        self.show_anew()
        self.show_status(message)

    @property
    def explain_refusal(self) -> str:
        """Why there is no explanation of the line under the cursor; empty when there is one."""
        if self.explains and self.selected == self.subject:
            return "already explained: select another name"
        return ""

    def copied_text(self) -> str:
        """The text to copy of the line under the cursor: a text of the page, a location, a name."""
        page, link, view = self.page, self.link, self.view
        if page is None or view is None:
            return ""
        if link in page.copies:
            return page.copies[link]
        if link.startswith(PLACE):
            return link.removeprefix(PLACE)
        return view.copied_text(parse_ref(link) if link else self.main.session.selected)

    def open_text(self, *, outside: bool = False) -> None:
        """Open the file at the line under the cursor, or of the subject; `outside`: in an external editor."""
        from tui.editing.file_editing import written_at
        from tui.screens.file_text import open_text

        if self.view is None:
            return
        place = self._place_under_cursor(self.view) or written_at(self.view, self.selected)
        if place is None:
            self.show_status("no file of the tree defines it")
        else:
            open_text(self.main, place, outside=outside)

    def _place_under_cursor(self, view: ViewModel) -> Written | None:
        from tui.editing.file_editing import Written, written_there

        cursor, page = self.lines.cursor, self.page
        place = page.sheet.places.get(cursor, "") if page is not None and cursor is not None else ""
        if not place or page is None:
            return None
        path = page.sheet.files.get(place)
        if path is None:
            return written_there(view, place)
        shown, _, line = place.rpartition(":")
        return Written(path, shown, int(line)) if line.isdecimal() else None

    @on(Lines.Followed)
    def follow(self, event: Lines.Followed) -> None:
        """Enter on a line with a link: to that item in its list."""
        event.stop()
        self.follow_link(event.link)

    def follow_link(self, link: str) -> None:
        """Go to the item that a link names."""
        if link.startswith(PLACE):
            self.open_text()
            return
        close_pages(self.app)
        self.main.arrive(parse_ref(link))


def close_pages(app: BaseApp) -> None:
    """Close all pages, down to the main screen."""
    while isinstance(app.screen, PageScreen):
        app.pop_screen()
