"""The base class of the app, which screens use: session, settings, clipboard, themes, crash reports."""

from __future__ import annotations

import contextlib
import os
import sys
from functools import partial

from rich.text import Text

from core.errors import PipedeckError
from core.safe_text import safe
from tui.command_screen import CommandScreen
from tui.key_queue import KeyQueue
from tui.session import Session
from tui.settings import AppSettings
from tui.shutdown import has_job_control
from tui.styles.themes import THEMES
from tui.terminal.compositor import SpanApp
from tui.terminal.driver import ScreenDiffDriver
from tui.widgets.lines import Line


class BaseApp(SpanApp, KeyQueue):
    """An app with a session, without the main screen."""

    session: Session
    settings: AppSettings
    colourless: bool
    """Whether NO_COLOR is set."""
    invalid_settings: int
    """The number of settings and keys of the user that are not valid."""
    watch_every_s: float
    """How often the disk is polled, in seconds; 0: never."""

    def say(self, message: str) -> None:
        """Show a message in the status line of the current screen; where it has none, add it to the log."""
        if isinstance(self.screen, CommandScreen):
            self.screen.show_status(message)
        else:
            self.session.log.add(message)

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
        work = partial(copy, text, setting, os.environ, send)
        if clipboard_method(setting, os.environ) == "tmux":
            self.run_worker(work, thread=True, group="copy", exit_on_error=False)
        else:
            self.say(work().message)

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
                return ("Your edits are saved as a draft: open the tree again to restore them.",)
        return ()
