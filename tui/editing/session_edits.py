"""The edits of a session: each is proposed, accepted or refused, and shown; undo, redo, and conflicts with the disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message
from textual.screen import Screen

from core.api import Report
from core.edits.intent import EditLayer, EditRefused, Intent
from core.workspace import ConflictSide, History, NeedsConsent, NotSaved, Proposal, Refreshed
from tui.dialogs.ask import AskScreen, Option
from tui.editing.task_queue import TaskQueue
from tui.labels import plain
from tui.loading import build_view
from tui.messages import (
    EditMade,
    EditMoved,
    EditRejected,
    EditResult,
    EditsSaved,
    FilesRefreshed,
    HistoryStepped,
    MethodsRead,
    ProfileViewed,
)
from tui.selection import ItemRef
from tui.session import Made
from tui.startup import collection_paused
from tui.view_model import ViewModel
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from tui.base_app import CommandScreen
    from tui.dialogs.prompt import InputDialog
    from tui.protocols import MainScreenProtocol

    EditScreen = CommandScreen[Any]

T = TypeVar("T")
Sides = Mapping[int, ConflictSide]

LAYER_LABELS = {
    EditLayer.AUTO: "in the file of its value",
    EditLayer.BASE: "in the base file",
    EditLayer.OVERRIDE: "in the override file",
}


class Editing(TaskQueue):
    """The edits that are made from the main screen."""

    def __init__(self, screen: MainScreenProtocol) -> None:
        super().__init__(screen)
        self._prepared: ViewModel | None = None
        """The view model of the last edit, built in the thread that made the edit."""

    def _prepare(self, report: Report) -> None:
        """Build the view model of a report, in the thread of the task if there is one."""
        session = self.screen.session
        self._prepared = view = build_view(report)
        session.workspace.impact_of(report).summary()
        if view.large:
            for name, pane in self.screen.panes.items():
                list(pane.spec.rows(view, session.list_filter(name)))
                pane.spec.counts(view, session.list_filter(name))

    def do(
        self,
        intent: Intent,
        layer: EditLayer = EditLayer.AUTO,
        *,
        select: ItemRef | None = None,
        sender: Screen[Any] | None = None,
        slow: bool = False,
    ) -> None:
        """Make an edit and show its result; then go to the item `select`.

        `sender` gets `EditMade` or `EditRejected` in place of the main screen. `slow` edits run in a thread in any
        tree.
        """
        workspace = self.screen.session.workspace

        def task() -> EditMade | EditRejected:
            result = workspace.propose(intent, layer)
            if isinstance(result, EditRefused):
                return EditRejected(intent, select, result)
            self._prepare(result.after)
            result.impact.summary()
            return EditMade(intent, select, result)

        self.run_task(intent.label, task, sender, slow=slow)

    def deliver(self, result: Message, sender: Screen[Any] | None) -> None:
        """Change the session by a result, and post it to the screen that asked."""
        match result:
            case EditMade() if not result.proposal.changes_nothing:
                self._accept(result.intent, result.proposal, result.select)
            case HistoryStepped(moved=True) | EditMoved():
                self.show()
            case EditsSaved() if not isinstance(result.result, NeedsConsent | NotSaved):
                self.show()
            case FilesRefreshed() if result.refreshed.conflicts:
                ask_sides(
                    self.screen,
                    result.refreshed,
                    {},
                    partial(self.refresh, sender, prefix=result.prefix, notice=result.notice),
                )
                return
            case FilesRefreshed():
                self._renumber(result.before)
                self.show()
            case ProfileViewed():
                session = self.screen.session
                session.request = replace(session.request, profile=result.profile)
                self.show()
        super().deliver(result, sender)

    def show_result(self, result: EditResult) -> None:
        """Show a result on the main screen."""
        match result:
            case EditMade():
                self.screen.show_status(proposal_message(result.proposal))
            case EditRejected():
                self.refuse(result)
            case HistoryStepped() | FilesRefreshed():
                self.screen.show_status(result.message)
            case EditMoved() if result.refusal is None:
                self.screen.show_status(moved_message(result))
            case EditsSaved():
                self.screen.show_status(plain(result.result.message))

    def _accept(self, intent: Intent, proposal: Proposal, select: ItemRef | None) -> None:
        session = self.screen.session
        number = session.workspace.history.at
        session.made = {index: edit for index, edit in session.made.items() if index < number}
        session.made[number] = Made(intent, proposal.layer)
        session.workspace.accept(proposal)
        self.show(select)

    def submit(
        self, make: Callable[[T], Intent], ref_of: Callable[[T], ItemRef | None]
    ) -> Callable[[InputDialog, T], None]:
        """The handler of a dialog's input: it makes an edit, whose result the dialog gets.

        `make` may raise ValueError; `ref_of` is the item to select.
        """

        def submit(dialog: InputDialog, value: T) -> None:
            try:
                intent = make(value)
            except ValueError as error:
                dialog.reject(str(error))
            else:
                self.do(intent, select=ref_of(value), sender=dialog)

        return submit

    def refuse(self, rejected: EditRejected, sender: EditScreen | None = None) -> None:
        """Show why an edit is refused, and offer alternatives; `sender` gets the result of the chosen one."""
        intent, select, refusal = rejected.intent, rejected.select, rejected.refusal
        message = plain(refusal.message)
        if not rejected.has_offers and len(message) < self.screen.app.size.width:
            (sender or self.screen).show_status(message)
            return
        options = [Option(f"layer {layer.value}", f"do it {LAYER_LABELS[layer]}") for layer in refusal.layers]
        options += [Option(f"edit {number}", plain(edit.label)) for number, edit in enumerate(refusal.alternatives)]

        def answer(key: str | None) -> None:
            kind, _, name = (key or "").partition(" ")
            if kind == "layer":
                self.do(intent, EditLayer(name), select=select, sender=sender)
            elif kind == "edit":
                self.do(refusal.alternatives[int(name)], select=select, sender=sender)

        lines = [Line(((message, ""),))]
        self.screen.app.push_screen(AskScreen("not done", lines, [*options, Option("", "keep it unchanged")]), answer)

    def undo(self, sender: Screen[Any] | None = None) -> None:
        """Undo the last edit; `sender` gets `HistoryStepped`, once the result is shown."""
        self._step(self.screen.session.workspace.undo, "undone", "nothing to undo", sender)

    def redo(self, sender: Screen[Any] | None = None) -> None:
        """Redo the last undone edit; `sender` gets `HistoryStepped`, once the result is shown."""
        self._step(self.screen.session.workspace.redo, "redone", "nothing to redo", sender)

    def _step(self, step: Callable[[], str | None], verb: str, nothing: str, sender: Screen[Any] | None) -> None:
        def task() -> HistoryStepped:
            label = step()
            if label is None:
                return HistoryStepped(False, nothing)
            workspace = self.screen.session.workspace
            self._prepare(workspace.report)
            history = workspace.history
            kept = workspace.dirty and (history.at < history.saved or history.saved < 0)
            hint = "; not on disk yet: w writes that" if kept else ""
            return HistoryStepped(True, f"{verb}: {plain(label)}{hint}")

        self.run_task(verb, task, sender)

    def move_to_layer(self, number: int, layer: EditLayer, sender: Screen[Any]) -> None:
        """Make an edit in another layer, and replay those after it; `sender` gets `EditMoved`."""

        def task() -> EditMoved:
            refusal = self._replay(number, layer)
            self._prepare(self.screen.session.workspace.report)
            return EditMoved(layer, refusal)

        self.run_task(f"moving an edit to the {layer.value}", task, sender)

    def save(self, sender: Screen[Any], *, accept_errors: bool) -> None:
        """Write all edits; `sender` gets `EditsSaved`."""
        workspace = self.screen.session.workspace
        self.run_task("writing", lambda: EditsSaved(workspace.save(accept_errors=accept_errors)), sender, slow=True)

    def _replay(self, number: int, layer: EditLayer) -> EditRefused | None:
        session = self.screen.session
        workspace = session.workspace
        history, before = workspace.history, dict(session.made)
        edits = [before[index] for index in range(number, history.at) if index in before]
        if number < 0 or len(edits) < history.at - number:
            return EditRefused("The layer of this edit can no longer be changed.", "Undo it, and make a new edit.")
        for _ in edits:
            workspace.undo()
        for index, edit in enumerate(edits):
            target = edit.layer if index else layer
            result = workspace.propose(edit.intent, target)
            if isinstance(result, EditRefused):
                workspace.return_to(history)
                session.made = before
                return result
            session.made[workspace.history.at] = Made(edit.intent, target)
            workspace.accept(result)
        return None

    def refresh(
        self, sender: Screen[Any] | None = None, sides: Sides | None = None, *, prefix: str = "", notice: str = ""
    ) -> None:
        """Merge changes on disk, and ask about each conflict with an edit; `sender` gets `FilesRefreshed`."""
        workspace = self.screen.session.workspace

        def task() -> FilesRefreshed:
            before = workspace.history
            refreshed = workspace.refresh(sides)
            if not refreshed.conflicts:
                self._prepare(workspace.report)
            return FilesRefreshed(before, refreshed, prefix, notice)

        self.run_task("reading the files", task, sender)

    def _renumber(self, before: History) -> None:
        """Move the intents of unwritten edits to their new numbers: those of written edits may have changed."""
        session = self.screen.session
        after = session.workspace.history
        if before.saved < 0 or before.at < before.saved or after.at - after.saved != before.at - before.saved:
            session.made = {}
            return
        shift = after.at - before.at
        session.made = {number + shift: edit for number, edit in session.made.items() if number >= before.saved}

    def look_at(self, profile: str | None) -> None:
        """View the tree as if a profile were active; None ends that."""
        session = self.screen.session
        active = session.view.active if session.view is not None else None
        viewed = None if profile == active else profile

        def task() -> ProfileViewed:
            session.workspace.look_at(viewed)
            self._prepare(session.workspace.report)
            return ProfileViewed(viewed)

        self.run_task(f"viewing {plain(profile or active or 'no profile')}", task)

    def attach_methods(self, event: MethodsRead) -> None:
        """Take in the methods that were read, and show the tree with them where there are any."""
        session = self.screen.session
        if event.workspace is not session.workspace:
            return
        session.reading_methods = session.reading_long = False
        session.workspace.attach_methods(event.methods)
        report, view = session.workspace.report, session.view
        if view is None or view.report is report or not (event.methods.read or view.pipes):
            self.screen.show_live_results(ages_only=True)
            return
        with collection_paused():  # pipes live on: a collection over those of 1,000 files takes 160 ms of each edit
            session.show(build_view(report))
        self.screen.show_view()

    def show(self, select: ItemRef | None = None) -> None:
        """Show the edited tree, and go to an item."""
        session = self.screen.session
        session.keep()
        report, prepared = session.workspace.report, self._prepared
        session.show(prepared if prepared is not None and prepared.report is report else build_view(report))
        self.screen.show_view()
        if select is not None:
            self.screen.arrive(select)


def proposal_message(proposal: Proposal) -> str:
    """The label of an edit and its notes."""
    label = "no change needed" if proposal.changes_nothing else proposal.label
    return "; ".join(plain(part) for part in (label, *proposal.notes))


def moved_message(event: EditMoved) -> str:
    """The new layer of an edit."""
    return f"edit moved to the {event.layer.value}"


def ask_sides(
    screen: MainScreenProtocol, refreshed: Refreshed, sides: Sides, on_answer: Callable[[Sides], None]
) -> None:
    """Ask about each conflict that has no side yet; `on_answer` gets all sides. Esc changes nothing."""
    index, count = len(sides), len(refreshed.conflicts)
    if index == count:
        on_answer(sides)
        return
    conflict = refreshed.conflicts[index]
    lines = [
        Line(((screen.session.workspace.shown(conflict.path), "heading"), (f"  {conflict.key}", "accent"))),
        Line((("Changed on disk and by your edit:", ""),)),
        Line(),
        Line((("before       ", "dim"), (conflict.base, ""))),
        Line((("on disk now  ", "dim"), (conflict.theirs, "warn"))),
        Line((("yours        ", "dim"), (conflict.ours, "good"))),
    ]
    if conflict.reason:
        lines += [Line(), Line(((f"Your edit cannot be made there now: {plain(conflict.reason)}", "bad"),))]
    options = [
        Option("", "cancel: nothing is merged and nothing is written"),
        Option(ConflictSide.THEIRS.value, f"use the value on disk: {conflict.theirs}"),
        Option(ConflictSide.MINE.value, f"keep mine: {conflict.ours}"),
    ]

    def answer(key: str | None) -> None:
        if key is None:
            screen.show_status("not merged with the changes on disk: R repeats the question")
        else:
            ask_sides(screen, refreshed, {**sides, conflict.number: ConflictSide(key)}, on_answer)

    screen.app.push_screen(AskScreen(f"changed on disk meanwhile ({index + 1} of {count})", lines, options), answer)
