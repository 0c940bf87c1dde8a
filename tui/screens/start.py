"""The screen when there is no tree: where it was looked for, and what can be done instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from core.errors import PipedeckError
from tui.dialogs.read import ReadScreen, help_lines
from tui.keys import DEFAULT, CommandTable
from tui.reasons import CommandContext
from tui.screens.footer import footer_runs
from tui.screens.keyed import Keyed
from tui.widgets.bar import Bar
from tui.widgets.lines import Line, Lines
from tui.widgets.runs import Runs, Tone
from tui.widgets.safe_input import SafeInput

if TYPE_CHECKING:
    from tui.faces.app import AppFace

OFFERS = ("demo", "path", "create", "quit")


class StartScreen(Keyed):
    """No tree was found: the sample, another folder, or out."""

    AUTO_FOCUS = "#offers"

    app: AppFace

    def __init__(self, message: str, table: CommandTable = DEFAULT) -> None:
        super().__init__("start", table)
        self._message = message

    def compose(self) -> ComposeResult:
        """What happened, what can be done."""
        yield Bar(id="head")
        yield Lines(self._lines(), id="offers")
        path = SafeInput(
            placeholder="a project, a .pipelex or an inference folder", compact=True, id="path", select_on_focus=False
        )
        path.cursor_blink = False
        path.display = False
        yield path
        yield Bar(id="foot")

    def on_mount(self) -> None:
        """Say what this is."""
        self.query_one("#head", Bar).show(((" pipedeck", "heading"), ("  no tree yet", "")))
        self.tell()

    def _lines(self) -> list[Line]:
        now = self._situation()
        lines = [
            Line(),
            Line(((" There is nothing to open.", "heading"),)),
            Line(((f" {self._message}", ""),), hang=0),
            Line(),
        ]
        for id_ in OFFERS:
            command = self.table.by_id[id_]
            reason = command.disabled_reason(now)
            note = f"{command.help} ({reason})" if reason else command.help
            tone: Tone = "dim" if reason else "accent"
            words: Tone = "dim" if reason else ""
            runs: Runs = (
                (f" {self.table.told(command) or ' '}  ", tone),
                (f"{command.label:<16}", tone),
                (note, words),
            )
            lines.append(Line(runs, link=id_, hang=20))
        return lines

    def tell(self, message: str = "") -> None:
        """Say something in the last line; without a message, the keys that are of use now."""
        now = self._situation()
        runs = ((f" {message}", "warn"),) if message else footer_runs(now, self.app.size.width, self.table)
        self.query_one("#foot", Bar).show(runs)

    @on(Lines.Followed)
    def follow(self, event: Lines.Followed) -> None:
        """An offer was taken."""
        self._do(event.link)

    def action_key(self, key: str) -> None:
        """A key of the table of commands was pressed."""
        self._do(self.table.meant("start", key, self._situation()).id)

    def _do(self, id_: str) -> None:
        reason = self.table.by_id[id_].disabled_reason(self._situation())
        if reason:
            self.tell(reason)
            return
        self.tell()
        match id_:
            case "demo":
                self.app.open_demo()
            case "path":
                field = self.query_one("#path", Input)
                field.display = True
                field.focus()
            case "create":
                self._create()
            case "help":
                self.app.push_screen(ReadScreen("keys", help_lines(self._situation(), self.table)))
            case "redraw":
                self.app.redraw()
            case "pause":
                self.tell(self.app.pause())
            case "theme":
                self.app.next_theme()
            case "quit":
                self.app.exit(return_code=0)

    def _create(self) -> None:
        from tui.screens.create import CreateScreen

        try:
            screen = CreateScreen(self.app.scaffold())
        except PipedeckError as error:
            self.tell(str(error))
            return

        def then(made: bool | None) -> None:
            problem = self.app.open_created(screen.scaffold) if made else ""
            if problem:
                self.tell(problem)

        self.app.push_screen(screen, then)

    def _situation(self) -> CommandContext:
        return CommandContext("start", colours=not self.app.colourless, locked=self.app.session.locked)

    @on(Input.Submitted, "#path")
    def open_path(self, event: Input.Submitted) -> None:
        """Try another folder; what is wrong with it is said below."""
        if event.value.strip():
            problem = self.app.open_path(event.value.strip())
            if problem:
                self.tell(problem)

    def key_escape(self) -> None:
        """Leave the line to type in."""
        self.query_one("#path", Input).display = False
        self.query_one("#offers", Lines).focus()
        self.tell()
