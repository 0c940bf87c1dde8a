"""The edits of a session: each is proposed, accepted or refused, and shown; undo, redo, and conflicts with the disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from core.api import Report
from core.edits.intent import EditLayer, EditRefused, Intent
from core.workspace import ConflictSide, History, Proposal, Refreshed
from tui.dialogs.ask import AskScreen, Option
from tui.editing.task_queue import TaskQueue
from tui.labels import plain
from tui.selection import ItemRef
from tui.session import Made, build_view
from tui.view_model import ViewModel
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from tui.protocols import MainScreenProtocol

T = TypeVar("T")
Sides = Mapping[int, ConflictSide]
ShowStatus = Callable[[str], None]

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
                pane.spec.rows(view, session.list_filter(name))
                pane.spec.counts(view, session.list_filter(name))

    def do(
        self,
        intent: Intent,
        layer: EditLayer = EditLayer.AUTO,
        *,
        select: ItemRef | None = None,
        on_done: Callable[[Proposal], None] | None = None,
        refused: Callable[[EditRefused], None] | None = None,
        slow: bool = False,
    ) -> None:
        """Make an edit and show its result; then go to the item `select`.

        `on_done` and `refused` get the result in place of the status line. `slow` edits run in a thread in any tree.
        """
        workspace = self.screen.session.workspace

        def work() -> Proposal | EditRefused:
            result = workspace.propose(intent, layer)
            if isinstance(result, Proposal):
                self._prepare(result.after)
                result.impact.summary()
            return result

        def show(result: Proposal | EditRefused) -> None:
            if isinstance(result, EditRefused):
                (refused or partial(self.refuse, intent, select))(result)
                return
            if not result.changes_nothing:
                self._accept(intent, result, select)
            (on_done or self.show_done)(result)

        self.run_task(intent.label, work, show, slow=slow)

    def _accept(self, intent: Intent, proposal: Proposal, select: ItemRef | None) -> None:
        session = self.screen.session
        number = session.workspace.history.at
        session.made = {index: edit for index, edit in session.made.items() if index < number}
        session.made[number] = Made(intent, proposal.layer)
        session.workspace.accept(proposal)
        self.show(select)

    def show_done(self, proposal: Proposal) -> None:
        """Show the message of an edit in the status line."""
        self.screen.show_status(proposal_message(proposal))

    def submit(
        self, make: Callable[[T], Intent], ref_of: Callable[[T], ItemRef | None], *, offer: bool = False
    ) -> Callable[[T, Callable[[], None], ShowStatus], None]:
        """The handler of a dialog's input: it makes an edit, or shows in the dialog why that is refused.

        `make` may raise ValueError; `ref_of` is the item to select. With `offer`, the layers and alternatives of a
        refusal are offered in place of the dialog.
        """

        def submit(value: T, close: Callable[[], None], reject: ShowStatus) -> None:
            try:
                intent = make(value)
            except ValueError as error:
                reject(str(error))
                return

            def finish(proposal: Proposal) -> None:
                close()
                self.show_done(proposal)

            def refused(refusal: EditRefused) -> None:
                reject(plain(refusal.message))
                if offer and (refusal.layers or refusal.alternatives):
                    close()
                    self.refuse(intent, ref_of(value), refusal)

            self.do(intent, select=ref_of(value), on_done=finish, refused=refused)

        return submit

    def refuse(
        self,
        intent: Intent,
        select: ItemRef | None,
        refusal: EditRefused,
        *,
        show_status: ShowStatus | None = None,
        after: ShowStatus | None = None,
    ) -> None:
        """Show why an edit is refused, and offer alternatives; `after` gets the message of the chosen one."""
        message = plain(refusal.message)
        options = [Option(f"layer {layer.value}", f"do it {LAYER_LABELS[layer]}") for layer in refusal.layers]
        options += [Option(f"edit {number}", plain(edit.label)) for number, edit in enumerate(refusal.alternatives)]
        if not options and len(message) < self.screen.app.size.width:
            (show_status or self.screen.show_status)(message)
            return

        def finish(proposal: Proposal) -> None:
            (after or self.screen.show_status)(proposal_message(proposal))

        def answer(key: str | None) -> None:
            kind, _, name = (key or "").partition(" ")
            if kind == "layer":
                self.do(intent, EditLayer(name), select=select, on_done=finish)
            elif kind == "edit":
                self.do(refusal.alternatives[int(name)], select=select, on_done=finish)

        lines = [Line(((message, ""),))]
        self.screen.app.push_screen(AskScreen("not done", lines, [*options, Option("", "keep it unchanged")]), answer)

    def undo(self, show_status: ShowStatus | None = None) -> None:
        """Undo the last edit; `show_status` gets the message, once the result is shown."""
        self._step(self.screen.session.workspace.undo, "undone", "nothing to undo", show_status)

    def redo(self, show_status: ShowStatus | None = None) -> None:
        """Redo the last undone edit; `show_status` gets the message, once the result is shown."""
        self._step(self.screen.session.workspace.redo, "redone", "nothing to redo", show_status)

    def _step(self, step: Callable[[], str | None], verb: str, nothing: str, show_status: ShowStatus | None) -> None:
        def work() -> str | None:
            label = step()
            if label is not None:
                self._prepare(self.screen.session.workspace.report)
            return label

        def finish(label: str | None) -> None:
            if label is not None:
                self.show()
            (show_status or self.screen.show_status)(nothing if label is None else f"{verb}: {plain(label)}")

        self.run_task(verb, work, finish)

    def move_to_layer(self, number: int, layer: EditLayer, on_done: Callable[[EditRefused | None], None]) -> None:
        """Make an edit in another layer, and replay those after it. `on_done` gets the refusal, if any."""

        def work() -> EditRefused | None:
            refusal = self._replay(number, layer)
            self._prepare(self.screen.session.workspace.report)
            return refusal

        def show(refusal: EditRefused | None) -> None:
            self.show()
            on_done(refusal)

        self.run_task(f"moving an edit to the {layer.value}", work, show)

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
        self,
        on_done: ShowStatus | None = None,
        sides: Sides | None = None,
        merged: Callable[[bool], None] | None = None,
    ) -> None:
        """Merge changes on disk; ask about each conflict with an edit.

        `merged` gets whether there was no conflict, `on_done` the message at the end.
        """
        workspace = self.screen.session.workspace

        def work() -> tuple[History, Refreshed]:
            before = workspace.history
            refreshed = workspace.refresh(sides)
            if not refreshed.conflicts:
                self._prepare(workspace.report)
            return before, refreshed

        def show(result: tuple[History, Refreshed]) -> None:
            before, refreshed = result
            if merged is not None:
                merged(not refreshed.conflicts)
            if refreshed.conflicts:
                ask_sides(self.screen, refreshed, {}, partial(self.refresh, on_done))
                return
            self._renumber(before)
            self.show()
            message = "; ".join(plain(part) for part in (refreshed.message, *refreshed.notes) if part)
            (on_done or self.screen.show_status)(message or "nothing has changed on disk")

        self.run_task("reading the files", work, show)

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

        def work() -> None:
            session.workspace.look_at(viewed)
            self._prepare(session.workspace.report)

        def show(_: None) -> None:
            session.request = replace(session.request, profile=viewed)
            self.show()

        self.run_task(f"viewing {plain(profile or active or 'no profile')}", work, show)

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
