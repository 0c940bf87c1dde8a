"""Dialogs whose keys are commands: their footer, the list of commands and the help follow from the table."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from textual.app import ComposeResult

from tui.base_app import CommandScreen, footer_runs
from tui.command import Command, CommandContext
from tui.dialogs.dialog import Dialog, is_open
from tui.widgets.lines import Bar, Lines
from tui.widgets.runs import Runs, Tone

if TYPE_CHECKING:
    from tui.base_app import BaseApp
    from tui.screens.main import MainScreen

T = TypeVar("T")


class CommandDialog(CommandScreen[T], Dialog[T]):
    """A box with a last line for messages and commands."""

    FOOT = "#page-foot"
    MIXES_TEXT = True

    app: BaseApp

    def compose_footer(self) -> ComposeResult:
        """The last line."""
        yield Bar(id="page-foot")

    def show_status(self, message: str = "", tone: Tone = "") -> None:
        """Show a message in the last line; without one, the keys that can be used now."""
        note = self.footer_note()
        width = self.app.size.width - sum(len(text) for text, _ in note)
        runs = (*note, *footer_runs(self.context(), width, self.table))
        self.query_one(self.FOOT, Bar).show(((f" {message}", tone),) if message else runs)

    def footer_note(self) -> Runs:
        """Text before the keys."""
        return ()


class DialogLines(Lines):
    """The lines of a dialog: the footer shows the keys of the line under the cursor."""

    def step(self, lines: int) -> None:
        """Move, and show the keys of the line."""
        super().step(lines)
        if isinstance(self.screen, CommandDialog):
            self.screen.show_status()


class EditDialog(CommandDialog[T]):
    """A dialog over the main screen, in which the tree is edited."""

    def __init__(self, main: MainScreen, *places: str) -> None:
        super().__init__(main.table, *places)
        self.main = main

    def context(self) -> CommandContext:
        """The context of the main screen, of which dialogs change what is their own."""
        return replace(self.main.context(), pane="", kind="")

    def run_command(self, command: Command) -> None:
        """Run a command, or close the dialog and run it on the main screen; some wait for the running edit."""
        if command.after_edits and self.main.busy:
            self.main.editing.enqueue(partial(self._run_if_open, command))
        elif command.closes_pages and not command.disabled_reason(self.context()):
            self.dismiss(None)
            self.call_later(partial(self.main.run_command, command))
        else:
            super().run_command(command)

    def _run_if_open(self, command: Command) -> None:
        if is_open(self):
            self.run_command(command)
