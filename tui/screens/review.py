"""The review of edits before they are written: their layers, their impact and the diff."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from core.edits.intent import EditLayer
from core.formatting import counted
from core.workspace import NeedsConsent, NotSaved
from tui.command import Command, CommandContext
from tui.dialogs.ask import AskScreen, Option
from tui.editing.review_lines import EDIT, EFFECTS, FILE, HUNK, review_lines, shows_diff
from tui.editing.session_edits import moved_message
from tui.labels import plain, problem_symbol
from tui.messages import EditMoved, EditsSaved, FilesRefreshed, HistoryStepped
from tui.screens.command_dialog import DialogLines, EditDialog
from tui.widgets.lines import Line, Lines
from tui.widgets.runs import Runs

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

MAX_ERRORS = 50
"""The number of new errors listed in the question."""


class ReviewScreen(EditDialog[None]):
    """All unwritten edits, to write or to move to another layer."""

    FULL_SIZE = True
    LIST = "#page"
    AUTO_FOCUS = "#page"

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main, "review")
        self._answered = False
        """Whether the last line answers a key: other notices wait for the next key."""
        self._toggled: set[str] = set()
        """The links of files and effects that are folded or unfolded by hand."""

    def compose_body(self) -> ComposeResult:
        """The edits, their impact and the diff."""
        yield DialogLines(id="page")

    def on_mount(self) -> None:
        """Show the edits, with the cursor on the first."""
        self._show()
        self._go_to(EDIT)

    def _show(self, message: str = "") -> None:
        self._lines.set_lines(review_lines(self.main.session, self._toggled), keep_place=True)
        self._title()
        self.show_status(message)

    @property
    def _lines(self) -> Lines:
        return self.query_one("#page", Lines)

    def _title(self) -> None:
        """The number of files, and which of them the cursor is at."""
        diffs = self.main.session.workspace.diff()
        note, link = "nothing written yet", self._link
        for number, diff in enumerate(diffs, 1):
            if link == FILE + diff.path or (link.startswith(HUNK) and link.partition(":")[2].endswith(f":{diff.path}")):
                note = f"file {number} of {len(diffs)}"
                if link.startswith(HUNK):
                    note += f", hunk {int(link.split(':')[1]) + 1} of {len(diff.hunks)}"
        self.show_title(f"review: {counted(len(diffs), 'file')} to write", note)

    def _go_to(self, prefix: str) -> None:
        """Move to the first line whose link begins so."""
        index = next((index for index, line in enumerate(self._lines.lines) if line.link.startswith(prefix)), None)
        if index is not None:
            self._lines.go_to(index)
            self._title()
            self.show_status()

    @on(Lines.Followed)
    def followed(self, event: Lines.Followed) -> None:
        """Fold or unfold a file or the effects; on an edit write, as with `w`."""
        event.stop()
        if event.link.startswith(EDIT):
            self.run_command(self.table.by_id["write"])
        elif not event.link.startswith(HUNK):
            self._toggled ^= {event.link}
            self._show()

    @on(Lines.Highlighted)
    def show_position(self, event: Lines.Highlighted) -> None:
        """Show where the cursor is."""
        event.stop()
        self._title()

    def footer_note(self) -> Runs:
        """The key of the line under the cursor."""
        if not self._link.startswith((FILE, EFFECTS)):
            return ()
        return ((" enter", "accent"), (" fold " if self._is_unfolded(self._link) else " unfold ", ""))

    def _is_unfolded(self, link: str) -> bool:
        diffs = self.main.session.workspace.diff()
        diff = next((diff for diff in diffs if FILE + diff.path == link), None)
        return shows_diff(diff, diffs, self._toggled) if diff is not None else link in self._toggled

    def next_file(self) -> None:
        """Go to the next file; after the last one to the first."""
        links = [FILE + diff.path for diff in self.main.session.workspace.diff()]
        at = next((at for at, link in enumerate(links) if self._link.endswith(link.removeprefix(FILE))), -1)
        if links:
            self._go_to(links[(at + 1) % len(links)])

    def next_hunk(self) -> None:
        """Go to the next hunk, unfolding its file; after the last one to the first."""
        diffs = self.main.session.workspace.diff()
        hunks = [f"{HUNK}{number}:{diff.path}" for diff in diffs for number in range(len(diff.hunks))]
        after = self._link
        if after.startswith(FILE):
            at = next((at for at, link in enumerate(hunks) if link.endswith(f":{after.removeprefix(FILE)}")), 0)
        else:
            at = hunks.index(after) + 1 if after in hunks else 0
        if not hunks:
            return
        wanted = hunks[at % len(hunks)]
        file = FILE + wanted.split(":", 2)[2]
        if not self._is_unfolded(file):
            self._toggled ^= {file}
            self._show()
        self._go_to(wanted)

    @property
    def can_notify(self) -> bool:
        """Whether the last line does not answer a key."""
        return not self._answered

    @property
    def _link(self) -> str:
        page = self._lines
        return page.lines[page.cursor].link if page.cursor is not None else ""

    def context(self) -> CommandContext:
        """The context of the line under the cursor."""
        return replace(super().context(), where="review", kind="edit" if self._link.startswith(EDIT) else "")

    def run_command(self, command: Command) -> None:
        """Run a command; its answer stays until the next one."""
        self._answered = False
        super().run_command(command)

    @on(HistoryStepped)
    @on(FilesRefreshed)
    def show_change(self, event: HistoryStepped | FilesRefreshed) -> None:
        """Show the edits that are left after a step, or after changes on disk."""
        event.stop()
        hint = "; w: write" if isinstance(event, FilesRefreshed) and self.main.session.unwritten else ""
        self._show_left(event.message + hint)

    def _show_left(self, message: str) -> None:
        """Show the edits that are left; close the review when there are none."""
        self._answered = True
        if self.main.session.unwritten:
            self._show(message)
        else:
            self.dismiss(None)
            self.main.show_status(message)

    def send(self, layer: EditLayer) -> None:
        """Move the edit under the cursor to a layer."""
        self.main.editing.move_to_layer(int(self._link.removeprefix(EDIT)), layer, self)

    @on(EditMoved)
    def show_moved(self, event: EditMoved) -> None:
        """Show the edits, or why the edit cannot be moved."""
        event.stop()
        if event.refusal is None:
            self._show_left(moved_message(event))
        else:
            self._show()
            self._explain(plain(event.refusal.message))

    def _explain(self, message: str) -> None:
        self._answered = True
        if len(message) < self.app.size.width - 1:
            self.show_status(message)
        else:
            self.app.push_screen(AskScreen("not possible", [Line(((message, ""),))], [Option("", "close")]))

    def write(self, *, agreed: bool = False) -> None:
        """Write all edits."""
        if self.main.editing.busy:
            self.show_status("writing already")
            return
        self.show_status("writing ...")
        self.main.editing.save(self, accept_errors=agreed)

    @on(EditsSaved)
    def show_saved(self, event: EditsSaved) -> None:
        """Close the review, or show why the edits are not written."""
        event.stop()
        result = event.result
        if isinstance(result, NotSaved) and result.moved:
            self.main.editing.refresh(self)
        elif isinstance(result, NeedsConsent):
            self.show_status()
            self._ask(result)
        elif isinstance(result, NotSaved):
            self.show_status()
            self._explain(plain(result.message))
        else:
            self.dismiss(None)
            self.main.show_status(plain(result.message))

    def _ask(self, result: NeedsConsent) -> None:
        lines = [Line((("The edits add these errors:", "heading"),)), Line()]
        errors = result.errors[:MAX_ERRORS]
        lines += [Line((problem_symbol(problem), (f" {plain(problem.message)}", ""))) for problem in errors]
        if len(result.errors) > len(errors):
            lines.append(Line(((f"and {len(result.errors) - len(errors):,} more", "dim"),)))

        def answer(key: str | None) -> None:
            if key == "write":
                self.write(agreed=True)

        options = [Option("", "do not write"), Option("write", "write with these errors")]
        self.app.push_screen(AskScreen(counted(len(result.errors), "new error"), lines, options), answer)
