"""The review of edits before they are written: their layers, their impact and the diff."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from core.edits.intent import EditLayer, EditRefused
from core.formatting import counted
from core.workspace import NeedsConsent, NotSaved, SaveResult
from tui.dialogs.ask import AskScreen, Option
from tui.dialogs.dialog import Dialog, is_open
from tui.editing.review_lines import EDIT, review_lines
from tui.labels import plain, problem_symbol
from tui.widgets.lines import Line, Lines

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

MAX_ERRORS = 50
"""The number of new errors listed in the question."""


class ReviewScreen(Dialog[None]):
    """All unwritten edits, to write or to move to another layer."""

    KEYS = (("w", "write"), ("b", "to base"), ("o", "to override"), ("u", "undo"), ("esc", "back"))
    FULL_SIZE = True
    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", show=False, priority=True),
        Binding("w", "write", "Write", show=False, priority=True),
        Binding("b", "send('base')", "To base", show=False),
        Binding("o", "send('override')", "To override", show=False),
        Binding("u", "undo", "Undo", show=False),
        Binding("ctrl+r", "redo", "Redo", show=False),
    ]

    def __init__(self, main: MainScreen) -> None:
        super().__init__()
        self._main = main
        self.answered = False
        """Whether the last line answers a key: other notices wait for the next key."""

    def compose_body(self) -> ComposeResult:
        """The edits, their impact and the diff."""
        yield Lines(id="page")

    def on_mount(self) -> None:
        """Show the edits."""
        self._show()

    def _show(self, message: str = "") -> None:
        workspace = self._main.session.workspace
        files = counted(len(workspace.pending), "file")
        self.show_title(f"review: {files} to write", "nothing written yet")
        self.query_one("#page", Lines).set_lines(review_lines(self._main.session), keep_place=True)
        self.show_status(message)

    @on(Lines.Followed)
    def followed(self, event: Lines.Followed) -> None:
        """Write, as with `w`."""
        event.stop()
        self.action_write()

    def action_undo(self) -> None:
        """Undo the last edit."""
        self.answered = False
        self._main.editing.undo(show_status=self._show_change)

    def action_redo(self) -> None:
        """Redo the last undone edit."""
        self.answered = False
        self._main.editing.redo(show_status=self._show_change)

    def _show_change(self, message: str) -> None:
        """Show the edits that are left; close the review when there are none."""
        self.answered = bool(message)
        if not is_open(self):
            self._main.show_status(message)
        elif self._main.session.unwritten:
            self._show(message)
        else:
            self.dismiss(None)
            self._main.show_status(message)

    def action_send(self, layer: str) -> None:
        """Move the edit under the cursor to a layer."""
        self.answered = False
        page = self.query_one("#page", Lines)
        link = page.lines[page.cursor].link if page.cursor is not None else ""
        if not link.startswith(EDIT):
            self.show_status("select an edit first")
            return

        def moved(refused: EditRefused | None) -> None:
            if refused is None:
                self._show_change(f"edit moved to the {layer}")
            elif is_open(self):
                self._show()
                self._explain(plain(refused.message))

        self._main.editing.move_to_layer(int(link.removeprefix(EDIT)), EditLayer(layer), moved)

    def _explain(self, message: str) -> None:
        self.answered = True
        if len(message) < self.app.size.width - 1:
            self.show_status(message)
        else:
            self.app.push_screen(AskScreen("not possible", [Line(((message, ""),))], [Option("", "close")]))

    def action_write(self, *, agreed: bool = False) -> None:
        """Write all edits."""
        if self._main.editing.busy:
            self.show_status("writing already")
            return
        self.answered = False
        workspace = self._main.session.workspace
        self.show_status("writing ...")
        self._main.editing.run_task("writing", lambda: workspace.save(accept_errors=agreed), self._saved, slow=True)

    def _saved(self, result: SaveResult) -> None:
        if isinstance(result, NotSaved) and result.moved:
            self._main.editing.refresh(on_done=self._moved)
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
        self._show_change(f"{message}; w: write" if message and self._main.session.unwritten else message)

    def _ask(self, result: NeedsConsent) -> None:
        lines = [Line((("The edits add these errors:", "heading"),)), Line()]
        errors = result.errors[:MAX_ERRORS]
        lines += [Line((problem_symbol(problem), (f" {plain(problem.message)}", ""))) for problem in errors]
        if len(result.errors) > len(errors):
            lines.append(Line(((f"and {len(result.errors) - len(errors):,} more", "dim"),)))

        def answer(key: str | None) -> None:
            if key == "write":
                self.action_write(agreed=True)

        options = [Option("", "do not write"), Option("write", "write with these errors")]
        self.app.push_screen(AskScreen(counted(len(result.errors), "new error"), lines, options), answer)
