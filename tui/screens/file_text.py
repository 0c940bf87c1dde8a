"""The text of a file: to view with secrets hidden, and to edit here or in an external editor."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.widgets import TextArea

from core.edits.fixes.fix_base import ReplaceText
from core.files.environment import without_values
from core.masking import in_backend_file
from core.safe_text import safe
from core.toml.redaction import redact
from core.toml.toml_reader import read_toml
from core.workspace import UnfinishedText
from tui.command import CommandContext
from tui.dialogs.ask import AskScreen, Option
from tui.editing.file_editing import Typing, Written, edit_outside, part_of, with_part
from tui.editing.session_edits import proposal_message
from tui.labels import plain
from tui.messages import EditMade, EditRejected, HistoryStepped, SecretsHidden
from tui.screens.command_dialog import EditDialog
from tui.widgets.lines import Bar, Line, Lines
from tui.widgets.runs import Tone
from tui.widgets.toml_text import TomlText

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

THREAD_CHARACTERS = 256 * 1024
"""From this length on, secrets are hidden in a thread."""


def open_text(
    main: MainScreen, place: Written, message: str = "", *, outside: bool = False, typed: str | None = None
) -> None:
    """Show a file at a line, or open it in the external editor with `outside`; `message` is shown first.

    `typed` is unfinished text of a previous session, to edit in place of the file's text.
    """
    screen = FileTextScreen(main, place, message, typed)
    main.app.push_screen(screen)
    if outside:
        screen.call_after_refresh(screen.open_text, outside=True)


NOT_OF_TREE = "shown only: pipedeck edits the files that the release reads as the tree"


class FileTextScreen(EditDialog[None]):
    """The text of a file: read-only with secrets hidden, or as it is while it is edited."""

    FULL_SIZE = True
    AUTO_FOCUS = "#text"
    area = getters.query_one("#text", TomlText)

    def __init__(self, main: MainScreen, place: Written, message: str = "", typed: str | None = None) -> None:
        """`message` is shown first; `typed` is unfinished text to edit in place of the file's text."""
        super().__init__(main, "file", "file-edit")
        self._place = place
        self._message = message
        self._text = ""
        self._edited_text = ""
        self._edited_lines: Sequence[str] = ()
        """The text being edited and its lines, of which the text area shows a part."""
        self._draft = typed
        self._typing = Typing(self, main.session, self._unfinished)
        self._lines: Sequence[str] = ()
        self._hidden: Sequence[str] = ()
        """The lines of the text with secrets hidden."""
        self._part = part_of(("",), 0)
        self._loaded = ""
        """The initial text of the text area while editing."""
        self._warned = False

    def compose_body(self) -> ComposeResult:
        """The text, and a line for the beginning of long messages."""
        yield Lines(id="ink")  # the bars take their colours from it
        yield TomlText(id="text")
        yield Bar(id="page-said")

    def on_mount(self) -> None:
        """Show the file at the line."""
        self.read(self._place.line - 1)
        self.show_status(self._message)

    @property
    def editing(self) -> bool:
        """Whether the text is being edited."""
        return not self.area.read_only

    @property
    def line(self) -> int:
        """The line of the file under the cursor, from 0."""
        return self._part.first + self.area.cursor_location[0]

    def read(self, line: int | None = None) -> None:
        """Show the current text with secrets hidden, with the cursor at a line, from 0; None keeps the cursor."""
        content = self.main.session.workspace.view.content(self._place.path)
        self._text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
        cursor = self.line if line is None else line
        if len(self._text) < THREAD_CHARACTERS:
            self._show_text(cursor, self._text.split("\n"), self._without_secrets(self._text).split("\n"))
            return
        self._show_text(0, (), ("reading ...",))
        text = self._text

        def task() -> None:
            self.post_message(SecretsHidden(cursor, text.split("\n"), self._without_secrets(text).split("\n")))

        self.run_worker(task, thread=True, exclusive=True, exit_on_error=False)

    def _without_secrets(self, text: str) -> str:
        in_tree = self._place.in_tree
        if not in_tree and ".toml" not in self._place.shown.lower():
            return without_values(text)
        return redact(text, strict=not in_tree or in_backend_file(self._place.path))

    @on(SecretsHidden)
    def show_hidden(self, event: SecretsHidden) -> None:
        """Show a large file whose secrets were hidden in a thread."""
        self._show_text(event.line, event.lines, event.hidden)

    def _show_text(self, line: int, lines: Sequence[str], shown: Sequence[str]) -> None:
        self._lines, self._hidden = lines, shown
        self.area.read_only = True
        self._show_lines(shown, line)
        self._title()
        if lines and self._draft is not None:
            typed, self._draft = self._draft, None
            self._edit_text(typed, line)
            self.show_status(self._message)
            self._typing.keep()

    def _show_lines(self, lines: Sequence[str], line: int, column: int = 0) -> None:
        """Show the lines of a text around a line; of long texts, a part."""
        self._part = part = part_of(lines, line)
        area = self.area
        area.line_number_start = part.first + 1
        if self.editing:
            area.text = _with_line_feeds(part.text)
            self._loaded = area.text
        else:
            area.text = "\n".join(map(safe, part.lines))
        area.move_cursor((line - part.first, column), center=True)

    @on(TextArea.SelectionChanged)
    def show_next_part(self, event: TextArea.SelectionChanged) -> None:
        """Show the next part of a long text when the cursor is at the end of one."""
        event.stop()
        if not self.editing and self._part.near_end(self.area.cursor_location[0]):
            self._show_lines(self._hidden, self.line)
            self._title()

    def _title(self) -> None:
        state = "editing" if self.editing else "secrets hidden"
        note = ", ".join(filter(None, (self._part.description, state)))
        self.show_title(safe(self._place.shown), note, "accent" if self.editing else "dim")

    def context(self) -> CommandContext:
        """The context of reading or of editing."""
        return replace(super().context(), where="file-edit" if self.editing else "file")

    @property
    def line_count(self) -> int:
        """The number of lines of the file."""
        return self._part.total

    def show_status(self, message: str = "", tone: Tone = "") -> None:
        """Show a message in the last two lines, or the keys in the last one."""
        message = message.replace(safe(self._place.shown), "this file")  # the title names it
        lines = textwrap.wrap(message, max(self.app.size.width - 2, 20), max_lines=2, placeholder=" …")
        above, last = lines if len(lines) > 1 else ("", message)
        message_bar = self.query_one("#page-said", Bar)
        if message_bar.display is not bool(above):
            message_bar.display = bool(above)
            self.call_after_refresh(self.area.scroll_cursor_visible)
        message_bar.show(((f" {above}", tone),))
        super().show_status(last, tone)

    def go_to(self, line: int) -> None:
        """Go to a line of the file, from 0."""
        if self._part.first <= line < self._part.last:
            self.area.move_cursor((line - self._part.first, 0))
        else:
            self._show_lines(self._hidden, line)
            self._title()

    def show_edit(self, message: str) -> None:
        """Show the current text after the typed one was applied or discarded."""
        self._typing.over()
        self.read()
        self.show_status(message)

    def start_editing(self) -> None:
        """Start editing; the text is shown with its secrets."""
        if not self._place.in_tree:
            self.show_status(NOT_OF_TREE)
            return
        if self.main.session.locked:
            self.show_status(f"nothing can be edited: {self.main.session.locked}")
            return
        if not self._lines:
            self.show_status("still reading the file")
            return
        self._edit_text(self._text, self.line, self.area.cursor_location[1])

    def _edit_text(self, text: str, line: int, column: int = 0) -> None:
        """Edit a text, with the cursor at a line and column."""
        self._edited_text = text
        self._edited_lines = self._lines if text is self._text else text.split("\n")
        self.area.read_only = False
        self._show_lines(self._edited_lines, line, column)
        # A text area knows more line ends than TOML, and would change them all to one kind.
        if self._part.cut or self._loaded != _with_line_feeds(self._part.text):
            reason = "a line is too long" if self._part.cut else "unusual line ends"
            self._show_text(line, self._lines, self._hidden)
            self.show_status(f"not editable here: {reason}; E opens the external editor")
            return
        self._warned = False
        self._title()
        self.show_status()
        self._typing.begin()

    def _unfinished(self) -> UnfinishedText | None:
        """The typed text, if it differs from that of the file."""
        if not self.editing or not self._is_changed:
            return None
        return UnfinishedText(self._place.path, self._typed, self.line)

    @on(TextArea.Changed)
    def changed(self, event: TextArea.Changed) -> None:
        """Save the typed text in the draft soon; text of a large file only when the app exits."""
        event.stop()
        if self.editing and len(self._text) < THREAD_CHARACTERS:
            self._typing.soon()

    def action_leave(self) -> None:
        """Stop editing, or close the view; changed text is discarded at the second time only."""
        if not self.editing:
            self.dismiss(None)
            return
        if self._is_changed and not self._warned:
            self._warned = True
            self.show_status("not applied: ^s applies, a second esc discards")
            return
        self.show_edit("")

    @property
    def _typed(self) -> str:
        """The typed text, with the line ends of the file."""
        text = self.area.text
        if text == self._loaded:
            return self._edited_text
        if "\r\n" in self._edited_text:
            more = "\r" if self._part.last < self._part.total else ""
            text = text.replace("\r\n", "\n").replace("\n", "\r\n") + more
        return with_part(self._edited_lines, self._part, text)

    @property
    def _is_changed(self) -> bool:
        """Whether the typed text differs from the file."""
        if self._edited_text is self._text:
            return self.area.text != self._loaded  # without making the whole of a large text
        return self._typed != self._text

    def apply(self) -> None:
        """Make an edit of the typed text."""
        self._warned = False
        self._apply(self._typed)

    def _apply(self, text: str) -> None:
        intent = ReplaceText(self._place.path, text, f"edit the text of {self._place.shown}")
        self.main.editing.do(intent, sender=self)

    @on(EditMade)
    def applied(self, event: EditMade) -> None:
        """Show the text after an edit."""
        event.stop()
        self.show_edit(proposal_message(event.proposal))

    @on(EditRejected)
    def refused(self, event: EditRejected) -> None:
        """Show why a text is refused, at its fault; a text of the external editor can be reopened."""
        event.stop()
        text = event.intent.text if isinstance(event.intent, ReplaceText) else ""
        fault = read_toml(text.encode("utf-8", "surrogatepass")).parse_error
        message = plain(event.refusal.message if fault is None else f"line {fault.line}: {fault.message}")
        if self.editing:
            if fault is not None:
                self.area.move_cursor((max(fault.line - 1 - self._part.first, 0), fault.column - 1), center=True)
            self.show_status(message, "bad")
            return
        options = [Option("reopen", "reopen your text"), Option("", "discard your changes")]
        self.app.push_screen(
            AskScreen("not applied", [Line(((message, "bad"),))], options),
            lambda key: self.open_text(text) if key else self.show_edit("changes discarded"),
        )

    @on(HistoryStepped)
    def stepped(self, event: HistoryStepped) -> None:
        """Show the text after an edit was undone or redone."""
        event.stop()
        self.show_edit(event.message)

    def open_text(self, text: str | None = None, *, outside: bool = True) -> None:
        """Edit the text, or a previous version of it, in the external editor."""
        if not self._place.in_tree:
            self.show_status(NOT_OF_TREE)
            return
        name = self._place.path.rpartition("/")[2]
        line = self.line + 1
        original = self._text if text is None else text
        result = edit_outside(self.main.app, original, name, line)
        if result.text is None or result.text == self._text or (result.problem and result.text == original):
            self.show_edit(result.problem or "no changes")
        elif result.problem:
            self._offer(result.text, result.problem)
        else:
            self._apply(result.text)

    def _offer(self, typed: str, problem: str) -> None:
        """Offer what an editor saved before it failed."""
        options = [
            Option("apply", "apply what it saved"),
            Option("reopen", "reopen what it saved"),
            Option("", "discard it"),
        ]

        def choose(key: str | None) -> None:
            if key == "apply":
                self._apply(typed)
            elif key == "reopen":
                self.open_text(typed)
            else:
                self.show_edit(f"discarded: {problem}")

        self.app.push_screen(AskScreen("the editor failed", [Line(((problem, "bad"),))], options), choose)


def _with_line_feeds(text: str) -> str:
    """A text with line feeds only; the last line of a part may end with the first half of a line end."""
    return text.replace("\r\n", "\n").removesuffix("\r")
