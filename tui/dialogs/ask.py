"""Dialogs with text: one to read, and one with a question and its answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.dialogs.dialog import Dialog
from tui.widgets.lines import Line, Lines
from tui.widgets.runs import Run, Runs, wrap

BOX_WIDTH, BOX_TOP = 100, 2
"""The maximum width of a dialog, and its top margin: those of the style sheet."""


class ReadScreen(Dialog[None]):
    """A text under a title."""

    AUTO_FOCUS = "#page"
    LIST = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "leave", "Back", show=False, priority=True)
    ]

    def __init__(self, title: str, lines: Sequence[Line], *, quits: bool = False) -> None:
        """`quits`: closing the dialog quits the app, with exit code 1."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._quits = quits

    def compose_body(self) -> ComposeResult:
        """The text."""
        yield Lines(self._lines, id="page")

    def on_mount(self) -> None:
        """Show the title and the key to close."""
        self.show_title(self._title, "esc quit" if self._quits else "esc back")

    def action_leave(self) -> None:
        """Close the dialog, or quit."""
        if self._quits:
            self.app.exit(return_code=1)
        else:
            self.dismiss(None)


class Option(NamedTuple):
    """An answer: its id, which is the result of the dialog (empty: none), its label and a note.

    `lines` are shown while the answer has the cursor, below the text of the question.
    """

    id: str
    label: str
    note: str = ""
    lines: Sequence[Line] = ()


class AskScreen(Dialog[str | None]):
    """A question with answers; the result is the id of the chosen answer."""

    AUTO_FOCUS = "#answers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", show=False, priority=True),
        Binding("pagedown,ctrl+d", "scroll(1)", "Down", show=False, priority=True),
        Binding("pageup,ctrl+u", "scroll(-1)", "Up", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        lines: Sequence[Line],
        options: Sequence[Option],
        *,
        default: int = 0,
        keys: str = "enter choose  esc cancel",
    ) -> None:
        """`default`: the index of the answer that gets the cursor; `keys`: what the keys do, in the title."""
        super().__init__()
        self._title = title
        self._text = [Line(line.spans, "", line.hang) for line in lines]
        self._options = options
        self._selected = default
        self._keys = keys
        self._brief = False
        """Whether answers are a line each, with the note of the one under the cursor above, to leave room for text."""

    def compose_body(self) -> ComposeResult:
        """The text, and the answers below it, which are always in view."""
        yield Lines(self._page, id="page")
        yield Lines(self._answers, id="answers")

    @property
    def _answers(self) -> list[Line]:
        hang = -1 if self._brief else 6
        return [
            Line(_answer(option, brief=self._brief), str(index), hang) for index, option in enumerate(self._options)
        ]

    def _lines_of(self, option: Option) -> list[Line]:
        note = [Line(((option.note, ""),))] if self._brief and option.note else []
        return [*self._text, *note, *option.lines]

    @property
    def _page(self) -> list[Line]:
        """The text, and the lines of the answer that has the cursor."""
        lines = self._lines_of(self._options[self._selected])
        return [*lines, Line()] if lines else []

    def on_mount(self) -> None:
        """Show the title, and put the cursor on the default answer."""
        self.show_title(self._title, self._keys)
        self._fit()
        self.query_one("#answers", Lines).go_to(self._selected)

    def on_resize(self) -> None:
        """Keep the answers in view."""
        self._fit()

    def _fit(self) -> None:
        """Give the text the lines it needs, as far as the answers leave room."""
        width, rows = min(self.app.size.width, BOX_WIDTH) - 2, self.app.size.height - BOX_TOP - 1
        self._brief = False
        answers = sum(len(wrap(line.spans, width, line.hang)) for line in self._answers)
        if answers > rows // 2 and answers > len(self._options):
            self._brief, answers = True, len(self._options)
        lines = self.query_one("#answers", Lines)
        lines.styles.height = answers
        lines.set_lines(self._answers, keep_place=True)
        self.query_one("#page", Lines).set_lines(self._page)
        pages = [self._lines_of(option) for option in self._options]
        needed = max(sum(len(wrap(line.spans, width, line.hang)) for line in page) + bool(page) for page in pages)
        self.query_one("#page", Lines).styles.height = max(min(needed, rows - answers), 0)

    @on(Lines.Highlighted, "#answers")
    def show_lines(self, event: Lines.Highlighted) -> None:
        """Show the lines of the answer that the cursor moved to."""
        event.stop()
        self._selected = event.index
        self.query_one("#page", Lines).set_lines(self._page)

    def action_scroll(self, delta: int) -> None:
        """Scroll the text."""
        page = self.query_one("#page", Lines)
        page.step(delta * max(page.page_size - 1, 2))

    @on(Lines.Followed)
    def choose(self, event: Lines.Followed) -> None:
        """Close the dialog with the chosen answer."""
        event.stop()
        self.dismiss(self._options[int(event.link)].id or None)


def _answer(option: Option, *, brief: bool) -> Runs:
    label: Run = (f"  {option.label}", "accent")
    return (label, (f"  {option.note}", "dim")) if option.note and not brief else (label,)
