"""The start screen, when there is no tree: the searched path, and commands to open one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from tui.base_app import CommandScreen
from tui.command import CommandContext, CommandTable
from tui.messages import OpenRequested
from tui.styles import DIALOGS
from tui.widgets.lines import Bar, Line, Lines
from tui.widgets.runs import Runs, Tone
from tui.widgets.safe_input import SafeInput

if TYPE_CHECKING:
    from tui.base_app import BaseApp

OFFERS = ("demo", "path", "create", "quit")


class StartScreen(CommandScreen[None]):
    """A message and commands: open the sample, another folder, create a tree, quit."""

    CSS_PATH = DIALOGS
    AUTO_FOCUS = "#offers"

    app: BaseApp

    def __init__(self, message: str, table: CommandTable) -> None:
        super().__init__(table, "start")
        self._message = message

    def compose(self) -> ComposeResult:
        """The message and the commands, the path input, the footer."""
        yield Bar(id="head")
        yield Lines(self._lines(), id="offers")
        path = SafeInput(placeholder="a project, a .pipelex or an inference folder", id="path")
        path.display = False
        yield path
        yield Bar(id="foot")

    def on_mount(self) -> None:
        """Show the header and the keys."""
        self.query_one("#head", Bar).show(((" pipedeck", "heading"), ("  no tree yet", "")))
        self.show_status()

    def _lines(self) -> list[Line]:
        now = self.context()
        lines = [
            Line(),
            Line(((" No tree found.", "heading"),)),
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
                (f" {self.table.grouped_key_labels(command) or ' '}  ", tone),
                (f"{command.label:<16}", tone),
                (note, words),
            )
            lines.append(Line(runs, link=id_, hang=20))
        return lines

    def context(self) -> CommandContext:
        """The context that decides which commands can run now."""
        return CommandContext("start", colours=not self.app.colourless, locked=self.app.session.locked)

    @on(Lines.Followed)
    def follow(self, event: Lines.Followed) -> None:
        """Run the command of a line."""
        self.run_command(self.table.by_id[event.link])

    def ask_path(self) -> None:
        """Show the path input."""
        field = self.query_one("#path", Input)
        field.display = True
        field.focus()

    @on(Input.Submitted, "#path")
    def open_path(self, event: Input.Submitted) -> None:
        """Open another folder; an error is shown in the footer."""
        if event.value.strip():
            self.post_message(OpenRequested(event.value.strip()))

    def key_escape(self) -> None:
        """Hide the path input."""
        self.query_one("#path", Input).display = False
        self.query_one("#offers", Lines).focus()
        self.show_status()
