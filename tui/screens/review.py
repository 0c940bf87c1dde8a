"""The review before anything is written: the edits and where each goes, what they change, and every line of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from core.edits.intent import EditLayer, EditRefused
from core.formatting import counted
from core.workspace import NeedsConsent, NotSaved, SaveResult
from tui.dialogs.ask import AskScreen, Option
from tui.dialogs.dialog import is_open
from tui.editing.review_lines import EDIT, review_lines
from tui.labels import plain, problem_symbol
from tui.widgets.bar import Bar
from tui.widgets.lines import Line, Lines
from tui.widgets.runs import Run

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

MOST_TOLD = 50
"""Errors named before it is written all the same."""

KEYS = (("w", "write"), ("b", "to the base"), ("o", "to the override"), ("u", "undo"), ("esc", "back"))


class ReviewScreen(ModalScreen[None]):
    """All edits at once. `w` or Enter writes, `b` and `o` send the edit under the cursor to another layer."""

    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", show=False, priority=True),
        Binding("w", "write", "Write", show=False, priority=True),
        Binding("b", "send('base')", "To the base", show=False),
        Binding("o", "send('override')", "To the override", show=False),
        Binding("u", "undo", "Undo", show=False),
        Binding("ctrl+r", "redo", "Redo", show=False),
    ]

    def __init__(self, main: MainScreen) -> None:
        super().__init__()
        self._main = main

    def compose(self) -> ComposeResult:
        """Title, everything there is to read, and the keys."""
        with Vertical(id="box", classes="whole"):
            yield Bar(id="page-title")
            yield Lines(id="page")
            yield Bar(id="page-foot")

    def on_mount(self) -> None:
        """Show what there is."""
        self._show()

    answered = False
    """Whether the last line answers a key: what somebody has to say unasked waits for the next one."""

    def _show(self, message: str = "") -> None:
        workspace = self._main.session.workspace
        files = counted(len(workspace.pending), "file")
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), (f"review: {files} to write", "accent")),
            (("nothing is written yet ", "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )
        self.query_one("#page", Lines).set_lines(review_lines(self._main.session), keep_place=True)
        self.show_status(message)

    def show_status(self, message: str = "") -> None:
        """Say something in the last line, or the keys."""
        runs: list[Run] = [(f" {message}", "warn")] if message else [(" ", "")]
        if not message:
            for key, label in KEYS:
                runs += [(key, "accent"), (f" {label}  ", "")]
        self.query_one("#page-foot", Bar).show(tuple(runs))

    # ---- keys

    @on(Lines.Followed)
    def followed(self, event: Lines.Followed) -> None:
        """Enter: what was reviewed is written."""
        event.stop()
        self.action_write()

    def action_leave(self) -> None:
        """Back, with nothing written."""
        self.dismiss(None)

    def action_undo(self) -> None:
        """Take the last edit back."""
        self.answered = False
        self._main.editing.undo(show_status=self._after)

    def action_redo(self) -> None:
        """Do it again."""
        self.answered = False
        self._main.editing.redo(show_status=self._after)

    def _after(self, message: str) -> None:
        """Something else is to be written now, or nothing."""
        self.answered = bool(message)
        if not is_open(self):
            self._main.show_status(message)
        elif self._main.session.unwritten:
            self._show(message)
        else:
            self.dismiss(None)
            self._main.show_status(message)

    def action_send(self, layer: str) -> None:
        """Send the edit under the cursor to a layer."""
        self.answered = False
        page = self.query_one("#page", Lines)
        link = page.lines[page.cursor].link if page.cursor is not None else ""
        if not link.startswith(EDIT):
            self.show_status("put the cursor on an edit first")
            return

        def then(refused: EditRefused | None) -> None:
            if refused is None:
                self._after(f"it goes to the {layer} now")
            elif is_open(self):
                self._show()
                self._explain(plain(refused.message))

        self._main.editing.send(int(link.removeprefix(EDIT)), EditLayer(layer), then)

    def _explain(self, message: str) -> None:
        self.answered = True
        if len(message) < self.app.size.width - 1:
            self.show_status(message)
        else:
            self.app.push_screen(AskScreen("not done", [Line(((message, ""),))], [Option("", "leave it as it is")]))

    # ---- writing

    def action_write(self, *, agreed: bool = False) -> None:
        """Write everything."""
        if self._main.editing.busy:
            self.show_status("it is being written")
            return
        self.answered = False
        workspace = self._main.session.workspace
        self.show_status("writing ...")
        self._main.editing.work("writing", lambda: workspace.save(accept_errors=agreed), self._saved, slow=True)

    def _saved(self, result: SaveResult) -> None:
        if isinstance(result, NotSaved) and result.moved:
            self._main.editing.refresh(then=self._moved)
        elif not isinstance(result, NeedsConsent | NotSaved):
            self._main.editing.show()
            if is_open(self):
                self.dismiss(None)
            self._main.show_status(plain(result.message))
        elif not is_open(self):
            self._main.show_status(plain(result.message))
        elif isinstance(result, NeedsConsent):
            self.show_status()
            self._ask(result)
        else:
            self.show_status()
            self._explain(plain(result.message))

    def _moved(self, message: str) -> None:
        self._after(f"{message}; w writes now" if message and self._main.session.unwritten else message)

    def _ask(self, result: NeedsConsent) -> None:
        lines = [Line((("This adds what keeps the tree, or a part of it, from working:", "heading"),)), Line()]
        told = result.errors[:MOST_TOLD]
        lines += [Line((problem_symbol(problem), (f" {plain(problem.message)}", ""))) for problem in told]
        if len(result.errors) > len(told):
            lines.append(Line(((f"and {len(result.errors) - len(told):,} more", "dim"),)))

        def answer(key: str | None) -> None:
            if key == "write":
                self.action_write(agreed=True)

        options = [Option("", "do not write"), Option("write", "write it all the same")]
        self.app.push_screen(AskScreen(counted(len(result.errors), "new error"), lines, options), answer)
