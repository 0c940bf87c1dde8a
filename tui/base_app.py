"""The base classes of the app and of its screens: commands and footer, session, settings, clipboard, themes."""

from __future__ import annotations

import contextlib
import os
import sys
from functools import partial
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual import on
from textual.binding import BindingsMap
from textual.screen import Screen
from textual.widget import Widget

from core.errors import PipedeckError
from core.safe_text import safe
from tui.command import Command, CommandContext, CommandTable
from tui.key_names import key_label
from tui.key_queue import KeyQueue
from tui.session import Session
from tui.settings import AppSettings
from tui.shutdown import has_job_control
from tui.styles.themes import THEMES
from tui.terminal.compositor import SpanApp
from tui.terminal.driver import ScreenDiffDriver
from tui.widgets.line_widget import LineWidget
from tui.widgets.lines import Bar, Line
from tui.widgets.refused_paste import LinesRefused, MessageLine
from tui.widgets.runs import Run, Runs, width_of

GAP = "  "


ResultT = TypeVar("ResultT")


class CommandScreen(Screen[ResultT], Generic[ResultT]):
    """A screen that runs the commands of its part of the table, and shows them in its last line."""

    FOOT: ClassVar[str] = "#foot"
    """The selector of the last line."""
    MIXES_TEXT: ClassVar[bool] = False
    """Whether keys are commands in some contexts and text in others, so that they are looked up before widgets."""
    MOVES_AT_ONCE: ClassVar[bool] = False
    """Whether a key moves the cursor of the focused list without the messages and bindings of all widgets around it.

    No binding of the screen may have precedence over those of its lists. It saves a sixth of the instructions of
    a key: `python -m tests.benchmarks --only keys`.
    """

    def __init__(self, table: CommandTable, *parts: str) -> None:
        """`parts`: `main`, `page`, `start`, or the places of a dialog."""
        super().__init__()
        self.table = table
        # Per instance, where Textual has them per class: every user may have other keys.
        own_bindings = BindingsMap(table.bindings(parts, priority=self.MIXES_TEXT)).key_to_bindings
        self._bindings = BindingsMap.from_keys({**self._bindings.key_to_bindings, **own_bindings})

    def context(self) -> CommandContext:
        """The context that decides which commands can run now."""
        return CommandContext("start")

    @property
    def can_notify(self) -> bool:
        """Whether the last line is free for notices."""
        return True

    def show_status(self, message: str = "") -> None:
        """Show a message in the last line; without one, the keys that can be used now."""
        footer = footer_runs(self.context(), self.app.size.width, self.table)
        self.query_one(self.FOOT, Bar).show(((f" {message}", ""),) if message else footer)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave a key to the widgets where it is no command."""
        if action != "key" or not self.MIXES_TEXT:
            return True
        now = self.context()
        command = self.table.command_for(str(parameters[0]), now)
        return command is not None and command.is_in(now)

    def action_key(self, key: str) -> None:
        """Run the command that a key means here."""
        if (command := self.table.command_for(key, self.context())) is not None:
            self.run_command(command)

    def run_command(self, command: Command) -> None:
        """Run a command, or show why it cannot run now."""
        reason = command.disabled_reason(self.context())
        self.show_status(reason or "")
        if not reason and command.run is not None:
            command.run(self)


def footer_runs(now: CommandContext, width: int, table: CommandTable) -> Runs:
    """Keys and labels: help and quit always, the others by their rank as far as there is room; dim when disabled."""
    commands = [command for command in table.in_footer(now) if command.keys]
    last = [command for command in commands if command.rank(now) < 0]
    room = width - 2 - sum(_width(command, now) for command in last)
    shown: list[Command] = []
    for command in commands:
        if command.rank(now) > 0 and _width(command, now) <= room:
            shown.append(command)
            room -= _width(command, now)
    runs: list[Run] = [(" ", "")]
    for command in (*shown, *last):
        disabled = command.disabled_reason(now) is not None
        runs.append((key_label(command.keys[0]), "dim" if disabled else "accent"))
        runs.append((f" {command.label_in(now)}{GAP}", "dim" if disabled else ""))
    return tuple(runs)


def _width(command: Command, now: CommandContext) -> int:
    return width_of(((key_label(command.keys[0]), ""),)) + 1 + len(command.label_in(now)) + len(GAP)


class BaseApp(SpanApp, KeyQueue):
    """An app with a session, without the main screen."""

    session: Session
    settings: AppSettings
    colourless: bool
    """Whether NO_COLOR is set."""
    invalid_settings: int
    """The number of settings and keys of the user that are not valid."""
    watch_every_s: float
    """The interval in seconds at which the disk is polled; 0: never."""

    def moves_cursor(self, target: Widget, key: str) -> bool:
        """Move the cursor of a list at once, where the screen allows it."""
        screen = self.screen
        if not isinstance(screen, CommandScreen) or not screen.MOVES_AT_ONCE or not isinstance(target, LineWidget):
            return False
        return target.move(screen.table.list_bindings.get(key, ""))

    def say(self, message: str) -> None:
        """Show a message in the status line of the current screen; where it has none, add it to the log."""
        if isinstance(self.screen, CommandScreen) and not self.screen.MIXES_TEXT:
            self.screen.show_status(message)
        else:
            self.session.log.add(message)

    @on(LinesRefused)
    def say_refusal(self, event: LinesRefused) -> None:
        """Show on the current screen that nothing was pasted."""
        if isinstance(self.screen, MessageLine):
            self.screen.show_message(event.text)
        elif isinstance(self.screen, CommandScreen):
            self.screen.show_status(event.text)

    def say_failure(self, error: BaseException) -> None:
        """Show an error of a thread in a dialog; without a tree, closing it quits the app."""
        from tui.dialogs.ask import ReadScreen

        lines = [Line(((text, ""),)) for text in self._report(error)]
        title = "cannot read the tree" if isinstance(error, PipedeckError) else "internal error"
        self.push_screen(ReadScreen(title, lines, quits=self.session.view is None))

    def save_typed(self) -> None:
        """Save unfinished text in the draft."""
        self.session.keep_typed()

    def copy(self, text: str) -> None:
        """Copy a text to the clipboard of the user's terminal, and show by which method."""
        from tui.clipboard import clipboard_method, copy

        def send(sequence: str) -> None:
            if self._driver is not None:
                self._driver.write(sequence)
                self._driver.flush()

        setting = self.settings.clipboard
        task = partial(copy, text, setting, os.environ, send)
        if clipboard_method(setting, os.environ) == "tmux":
            self.run_worker(task, thread=True, group="copy", exit_on_error=False)
        else:
            self.say(task().message)

    def next_theme(self) -> str:
        """Change to the next theme; returns its name."""
        names = [theme.name for theme in THEMES.values()]
        at = (names.index(self.theme) + 1) % len(names) if self.theme in names else 0
        self.theme = names[at]
        return list(THEMES)[at]

    def pause(self) -> str:
        """Suspend the app until the shell's `fg`; returns the reason why not, or nothing."""
        if not has_job_control():
            return "cannot suspend: pipedeck was not started from a shell with job control"
        self.action_suspend_process()
        self.call_later(self.redraw)
        return ""

    def redraw(self) -> None:
        """Repaint the whole screen."""
        if isinstance(self._driver, ScreenDiffDriver):
            self._driver.forget()
        self.refresh(layout=True)

    def _fatal_error(self) -> None:
        """Exit with a message in place of a traceback, whose values may show secrets."""
        error = self._exception
        if not self._exit_renderables:  # only the first error counts
            lines = self._report(error) if error is not None else ("pipedeck had to stop.",)
            self._exit_renderables.append(Text("\n".join(safe(line) for line in (*lines, *self._save_work()))))
        self._close_messages_no_wait()

    def _report(self, error: BaseException) -> tuple[str, ...]:
        """Save a crash report; returns the lines to show."""
        from tui.crash import redacted_command, report_crash

        view = self.session.view
        context = {
            "command": redacted_command(sys.argv[1:], ("demo",)),
            "screens": " > ".join(type(s).__name__ for s in self.screen_stack),
        }
        if view is not None:
            context["answering for"] = f"{view.report.release} ({view.catalog.dialect})"
        return report_crash(error, context, os.environ)

    def _save_work(self) -> tuple[str, ...]:
        """Save unwritten edits as a draft, if possible; returns the lines to show."""
        with contextlib.suppress(Exception):
            if (self.session.unwritten or self.session.typed()) and not self.session.keep():
                return ("Your edits are saved as a draft: open the tree to restore them.",)
        return ()
