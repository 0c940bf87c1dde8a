"""The text of a file: to read with its secrets hidden, to edit through the same gate as every edit, or in an editor."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import TextArea

from core.edits.fixes.fix_base import ReplaceText
from core.edits.intent import EditRefused
from core.safe_text import safe
from core.toml.redaction import redact
from core.toml.toml_reader import read_toml
from core.workspace import Proposal, UnfinishedText
from tui.dialogs.ask import AskScreen, Option
from tui.dialogs.dialog import is_open
from tui.editing.external import edit_outside
from tui.editing.flow import words_of
from tui.editing.part import part_of, with_part
from tui.editing.places import Written
from tui.editing.typing import Typing
from tui.labels import plain
from tui.messages import SecretsHidden
from tui.widgets.bar import Bar
from tui.widgets.lines import Line, Lines
from tui.widgets.runs import Run, Tone
from tui.widgets.toml_text import TomlText

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

READING = (("enter", "edit"), ("E", "in your editor"), ("u", "undo"), ("esc", "back"))
WRITING = (("^s", "take it"), ("esc", "leave it"))


def open_text(
    main: MainScreen, place: Written, words: str = "", *, outside: bool = False, typed: str | None = None
) -> None:
    """Show a file at a line, `outside` in the person's own editor. `words` are said first.

    `typed` is gone on with: somebody has typed it in place of the text, and not taken it yet.
    """
    screen = RawScreen(main, place, words, typed)
    main.app.push_screen(screen)
    if outside:
        screen.call_after_refresh(screen.action_reading, "outside")


def _in_two(message: str, width: int) -> tuple[str, str]:
    """A message as one line, or as two when it is wider: the first may be empty."""
    lines = textwrap.wrap(message, max(width, 20), max_lines=2, placeholder=" …")
    return (lines[0], lines[1]) if len(lines) > 1 else ("", message)


MUCH = 256 * 1024
"""From so many characters on secrets are looked for in a thread."""


class RawScreen(ModalScreen[None]):
    """A file, at the line of the item that was selected."""

    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, priority=True),
        Binding("ctrl+s", "take", "Take it", show=False, priority=True),
        Binding("enter,i", "edit", "Edit", show=False, priority=True),
        Binding("q,v,h", "reading('leave')", "Back", show=False, priority=True),
        Binding("E", "reading('outside')", "Editor", show=False, priority=True),
        Binding("u", "reading('undo')", "Undo", show=False, priority=True),
        Binding("j", "reading('down')", "Down", show=False, priority=True),
        Binding("k", "reading('up')", "Up", show=False, priority=True),
        Binding("g", "reading('first')", "First", show=False, priority=True),
        Binding("G", "reading('last')", "Last", show=False, priority=True),
    ]

    def __init__(self, main: MainScreen, place: Written, words: str = "", typed: str | None = None) -> None:
        """`words` are said first: what is wrong with the file. `typed` stands in place of its text at first."""
        super().__init__()
        self._main = main
        self._place = place
        self._words = words
        self._text = ""
        self._whole = ""
        """The text of which a part is edited: that of the file, or what an earlier session has typed in place of it."""
        self._earlier = typed
        self._typing = Typing(self, main.session, self._not_taken)
        self._lines: Sequence[str] = ()
        self._hidden: Sequence[str] = ()
        """The lines of the text, as they are and with their secrets hidden."""
        self._part = part_of(("",), 0)
        self._loaded = ""
        """What was put into the text area to be edited."""
        self._warned = False

    def compose(self) -> ComposeResult:
        """Title, text, keys."""
        with Vertical(id="box", classes="whole"):
            yield Bar(id="page-title")
            yield Lines(id="ink")  # the bars take their colours from it
            yield TomlText(id="text")
            yield Bar(id="page-said")
            yield Bar(id="page-foot")

    def on_mount(self) -> None:
        """Show the file at the line."""
        self.read(self._place.line - 1)
        self.show_status(self._words)

    @property
    def area(self) -> TomlText:
        """The text."""
        return self.query_one("#text", TomlText)

    @property
    def editing(self) -> bool:
        """Whether one is typing."""
        return not self.area.read_only

    @property
    def line(self) -> int:
        """The line of the file under the cursor, from 0."""
        return self._part.first + self.area.cursor_location[0]

    def read(self, line: int | None = None) -> None:
        """Show the file as edited now, with secrets hidden; at a line of it, from 0, else where one is."""
        content = self._main.session.workspace.view.content(self._place.path)
        self._text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
        at = self.line if line is None else line
        if len(self._text) < MUCH:
            self._read(at, self._text.split("\n"), redact(self._text).split("\n"))
            return
        self._read(0, (), ("reading ...",))
        text = self._text

        def work() -> None:
            self.post_message(SecretsHidden(at, text.split("\n"), redact(text).split("\n")))

        self.run_worker(work, thread=True, exclusive=True, exit_on_error=False)

    @on(SecretsHidden)
    def show_hidden(self, event: SecretsHidden) -> None:
        """Show a large file, whose secrets were looked for in a thread."""
        self._read(event.line, event.lines, event.hidden)

    def _read(self, line: int, lines: Sequence[str], shown: Sequence[str]) -> None:
        self._lines, self._hidden = lines, shown
        self.area.read_only = True
        self._show(shown, line)
        self._title()
        if lines and self._earlier is not None:
            typed, self._earlier = self._earlier, None
            self._type(typed, line)
            self.show_status(self._words)
            self._typing.keep()

    def _show(self, lines: Sequence[str], line: int, column: int = 0) -> None:
        """Show the part of a text around a line."""
        self._part = part = part_of(lines, line)
        area = self.area
        area.line_number_start = part.first + 1
        if self.editing:
            area.text = _plain_ends(part.text)
            self._loaded = area.text
        else:
            area.text = "\n".join(map(safe, part.lines))
        area.move_cursor((line - part.first, column), center=True)

    @on(TextArea.SelectionChanged)
    def moved(self, event: TextArea.SelectionChanged) -> None:
        """At the end of what is shown of a long text, show what follows."""
        event.stop()
        if not self.editing and self._part.near_end(self.area.cursor_location[0]):
            self._show(self._hidden, self.line)
            self._title()

    def _title(self) -> None:
        state = "editing" if self.editing else "secrets are hidden"
        state = ", ".join(part for part in (self._part.words, state) if part)
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), (safe(self._place.shown), "accent")),
            ((f"{state} ", "warn" if self.editing else "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )

    def show_status(self, message: str = "", *, wrong: bool = False) -> None:
        """Say something in the last line, or the keys; what is too long for one line begins in the one above."""
        tone: Tone = "bad" if wrong else "warn"
        message = message.replace(safe(self._place.shown), "this file")  # its name stands above
        above, last = _in_two(message, self.app.size.width - 2)
        runs: list[Run] = [(f" {last}", tone)] if message else [(" ", "")]
        if not message:
            for key, label in WRITING if self.editing else READING:
                runs += [(key, "accent"), (f" {label}  ", "")]
        said = self.query_one("#page-said", Bar)
        if said.display is not bool(above):
            said.display = bool(above)
            self.call_after_refresh(self.area.scroll_cursor_visible)
        said.show(((f" {above}", tone),))
        self.query_one("#page-foot", Bar).show(tuple(runs))

    # ---- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While one types, letters are letters."""
        if action in ("edit", "reading"):
            return not self.editing
        return self.editing if action == "take" else True

    def action_reading(self, what: str) -> None:
        """A key that counts while one reads."""
        area = self.area
        match what:
            case "leave":
                self.dismiss(None)
            case "outside":
                self._outside()
            case "undo":
                self._main.editing.undo(show_status=self._again)
            case "down":
                area.action_cursor_down()
            case "up":
                area.action_cursor_up()
            case "first":
                self._go(0)
            case "last":
                self._go(self._part.total - 1)

    def _go(self, line: int) -> None:
        """Go to a line of the file, from 0."""
        if self._part.first <= line < self._part.last:
            self.area.move_cursor((line - self._part.first, 0))
        else:
            self._show(self._hidden, line)
            self._title()

    def _again(self, message: str) -> None:
        """The text as it is edited now: what was typed is taken, or dropped."""
        self._typing.over()
        if not is_open(self):
            self._main.show_status(message)
            return
        self.read()
        self.show_status(message)

    def action_edit(self) -> None:
        """Begin to type; now the text is shown as it is."""
        if self._main.session.locked:
            self.show_status(f"nothing can be edited: {self._main.session.locked}")
            return
        if not self._lines:
            self.show_status("it is being read")
            return
        self._type(self._text, self.line, self.area.cursor_location[1])

    def _type(self, text: str, line: int, column: int = 0) -> None:
        """Go on typing in a text, at a place of it."""
        self._whole = text
        self.area.read_only = False
        self._show(text.split("\n"), line, column)
        # A text area knows more line ends than TOML has, and would write all of them in one way.
        if self._part.cut or self._loaded != _plain_ends(self._part.text):
            words = "a line is too long" if self._part.cut else "it holds odd line ends"
            self._read(line, self._lines, self._hidden)
            self.show_status(f"{words}, so it cannot be edited here: E opens your editor")
            return
        self._warned = False
        self._title()
        self.show_status()
        self._typing.begin()

    def _not_taken(self) -> UnfinishedText | None:
        """What is typed, while it is another text than that of the file."""
        if not self.editing or self._typed == self._text:
            return None
        return UnfinishedText(self._place.path, self._typed, self.line)

    @on(TextArea.Changed)
    def changed(self, event: TextArea.Changed) -> None:
        """What is typed is kept; where looking through the text takes its time, only when the end comes."""
        event.stop()
        if self.editing and len(self._text) < MUCH:
            self._typing.soon()

    def action_leave(self) -> None:
        """Out of typing, then out of the view; what was typed is not dropped without a word."""
        if not self.editing:
            self.dismiss(None)
            return
        if self._typed != self._text and not self._warned:
            self._warned = True
            self.show_status("not taken yet: ^s takes it, esc once more drops it")
            return
        self._again("")

    @property
    def _typed(self) -> str:
        """What is typed, with the line ends of the file."""
        text = self.area.text
        if text == self._loaded:
            return self._whole
        if "\r\n" in self._whole:
            more = "\r" if self._part.last < self._part.total else ""
            text = text.replace("\r\n", "\n").replace("\n", "\r\n") + more
        return with_part(self._whole, self._part, text)

    def action_take(self) -> None:
        """Make what is typed an edit."""
        self._warned = False
        self._take(self._typed, lambda words: self.show_status(words, wrong=True))

    def _take(self, text: str, wrong: object) -> None:
        intent = ReplaceText(self._place.path, text, f"edit the text of {self._place.shown}")

        def done(proposal: Proposal) -> None:
            self._again(words_of(proposal))

        def refused(found: EditRefused) -> None:
            assert callable(wrong)
            fault = read_toml(text.encode("utf-8", "surrogatepass")).parse_error
            words = plain(found.message) if fault is None else f"not taken, line {fault.line}: {plain(fault.message)}"
            if not is_open(self):
                self._main.show_status(words)
                return
            if fault is not None and self.editing:
                self.area.move_cursor((max(fault.line - 1 - self._part.first, 0), fault.column - 1), center=True)
            wrong(words)

        self._main.editing.do(intent, done=done, refused=refused)

    # ---- an editor of the person's own

    def _outside(self, text: str | None = None) -> None:
        if self._main.session.locked:
            self.show_status(f"nothing can be edited: {self._main.session.locked}")
            return
        name = self._place.path.rpartition("/")[2]
        line = self.line + 1
        typed, words = edit_outside(self._main.app, self._text if text is None else text, name, line)
        if typed is None or typed == self._text:
            self._again(words or "nothing was changed")
            return

        def wrong(reason: str) -> None:
            options = [Option("again", "open it again, as you left it"), Option("", "drop what was changed")]
            self.app.push_screen(
                AskScreen("not taken", [Line(((reason, "bad"),))], options),
                lambda key: self._outside(typed) if key else self._again("dropped"),
            )

        self._take(typed, wrong)


def _plain_ends(text: str) -> str:
    """A text with line feeds alone; the last line of a part may still hold the first half of its end."""
    return text.replace("\r\n", "\n").removesuffix("\r")
