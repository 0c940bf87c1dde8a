"""The edits of a session: each is proposed, accepted or refused, and shown; undo, redo, and conflicts with the disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

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

Sides = Mapping[int, ConflictSide]


def ask_sides(screen: MainScreenProtocol, found: Refreshed, then: Callable[[Sides], None]) -> None:
    """Ask for each conflict in turn; `then` is called when all are answered. Leaving decides nothing."""
    _ask(screen, found, {}, then)


def _ask(screen: MainScreenProtocol, found: Refreshed, sides: Sides, then: Callable[[Sides], None]) -> None:
    at = len(sides)
    if at == len(found.conflicts):
        then(sides)
        return
    conflict = found.conflicts[at]
    lines = [
        Line(((screen.session.workspace.shown(conflict.path), "heading"), (f"  {conflict.key}", "accent"))),
        Line((("You and somebody else changed this since it was read.", ""),)),
        Line(),
        Line((("it was       ", "dim"), (conflict.base, ""))),
        Line((("on disk now  ", "dim"), (conflict.theirs, "warn"))),
        Line((("yours        ", "dim"), (conflict.mine, "good"))),
    ]
    if conflict.reason:
        lines += [Line(), Line(((f"Yours cannot be done there now: {plain(conflict.reason)}", "bad"),))]
    options = [
        Option("", "decide later: nothing is read again and nothing is written"),
        Option(ConflictSide.THEIRS.value, f"take what is on disk: {conflict.theirs}"),
        Option(ConflictSide.MINE.value, f"keep mine: {conflict.mine}"),
    ]
    title = f"changed on disk meanwhile ({at + 1} of {len(found.conflicts)})"

    def answer(key: str | None, number: int) -> None:
        if key is None:
            screen.show_status("changed on disk: R asks again whose word counts")
        else:
            _ask(screen, found, {**sides, number: ConflictSide(key)}, then)

    screen.app.push_screen(AskScreen(title, lines, options), partial(answer, number=conflict.number))


WHERE_WORDS = {
    EditLayer.AUTO: "in the file where it belongs",
    EditLayer.BASE: "in the base file",
    EditLayer.OVERRIDE: "in the override file",
}


class Editing(TaskQueue):
    """Edits of the session, asked for on the main screen."""

    def __init__(self, screen: MainScreenProtocol) -> None:
        super().__init__(screen)
        self._ready: ViewModel | None = None
        """The view model that were worked out last, in the turn before they are shown."""

    def _prepare(self, report: Report) -> None:
        """Work out what showing a report takes: in the thread, where that is one."""
        session = self.screen.session
        self._ready = view = build_view(report)
        session.workspace.impact_of(report).summary()
        if view.large:
            for name, pane in self.screen.panes.items():
                pane.spec.rows(view, session.list_filter(name))
                pane.spec.counts(view, session.list_filter(name))

    def _facts(self) -> ViewModel:
        report = self.screen.session.workspace.report
        return self._ready if self._ready is not None and self._ready.report is report else build_view(report)

    # ---- editing

    def do(
        self,
        intent: Intent,
        where: EditLayer = EditLayer.AUTO,
        *,
        select: ItemRef | None = None,
        done: Callable[[Proposal], None] | None = None,
        refused: Callable[[EditRefused], None] | None = None,
        slow: bool = False,
    ) -> None:
        """Make an edit and show what comes of it; go to the item `select` then.

        `done` and `refused` are told instead of the last line of the screen. `slow` edits are worked out in a thread.
        """
        workspace = self.screen.session.workspace

        def then(found: Proposal | EditRefused) -> None:
            if isinstance(found, EditRefused):
                (refused or partial(self.refuse, intent, select))(found)
                return
            self.take(intent, found, select=select, quiet=done is not None)
            if done is not None:
                done(found)

        def work() -> Proposal | EditRefused:
            found = workspace.propose(intent, where)
            if isinstance(found, Proposal):
                self._prepare(found.after)
                found.impact.summary()
            return found

        self.work(intent.label, work, then, slow=slow)

    def take(self, intent: Intent, proposal: Proposal, *, select: ItemRef | None = None, quiet: bool = False) -> None:
        """Make a proposal a part of the session."""
        session = self.screen.session
        if proposal.changes_nothing:
            if not quiet:
                self.screen.show_status(words_of(proposal))
            return
        history = session.workspace.history
        session.made = {number: made for number, made in session.made.items() if number < history.at}
        session.made[history.at] = Made(intent, proposal.layer)
        session.workspace.accept(proposal)
        self.show(select)
        if not quiet:
            self.screen.show_status(words_of(proposal))

    def show_done(self, proposal: Proposal) -> None:
        """Say what an edit did."""
        self.screen.show_status(words_of(proposal))

    def refuse(
        self,
        intent: Intent,
        select: ItemRef | None,
        found: EditRefused,
        *,
        show_status: Callable[[str], None] | None = None,
        after: Callable[[str], None] | None = None,
    ) -> None:
        """Say why an edit is not made, and offer what would work instead; `after` is told what came of that."""
        told = show_status or self.screen.show_status
        options = [Option(f"where {where.value}", f"do it {WHERE_WORDS[where]}") for where in found.layers]
        options += [Option(f"other {number}", plain(other.label)) for number, other in enumerate(found.alternatives)]
        message = plain(found.message)
        if not options and len(message) < self.screen.app.size.width:
            told(message)
            return

        def done(proposal: Proposal) -> None:
            (after or self.screen.show_status)(words_of(proposal))

        def answer(key: str | None) -> None:
            kind, _, name = (key or "").partition(" ")
            if kind == "where":
                self.do(intent, EditLayer(name), select=select, done=done)
            elif kind == "other":
                self.do(found.alternatives[int(name)], select=select, done=done)

        lines = [Line(((message, ""),))]
        self.screen.app.push_screen(AskScreen("not done", lines, [*options, Option("", "leave it as it is")]), answer)

    def undo(self, show_status: Callable[[str], None] | None = None) -> None:
        """Take the last edit back; `show_status` gets the message, once the result is shown."""
        self._step(self.screen.session.workspace.undo, "undone", "nothing to undo", show_status)

    def redo(self, show_status: Callable[[str], None] | None = None) -> None:
        """Do it again."""
        self._step(self.screen.session.workspace.redo, "done again", "nothing to redo", show_status)

    def _step(
        self, step: Callable[[], str | None], word: str, nothing: str, show_status: Callable[[str], None] | None
    ) -> None:
        told = show_status or self.screen.show_status

        def work() -> str | None:
            label = step()
            if label is not None:
                self._prepare(self.screen.session.workspace.report)
            return label

        def then(label: str | None) -> None:
            if label is None:
                told(nothing)
                return
            self.show()
            told(f"{word}: {plain(label)}")

        self.work(word, work, then)

    def send(self, number: int, where: EditLayer, then: Callable[[EditRefused | None], None]) -> None:
        """Let an edit go to another layer, and do those after it again. `then` is told why not, or nothing."""

        def work() -> EditRefused | None:
            refused = self._sent(number, where)
            self._prepare(self.screen.session.workspace.report)
            return refused

        def shown(refused: EditRefused | None) -> None:
            self.show()
            then(refused)

        self.work(f"sending an edit to the {where.value}", work, shown)

    def _sent(self, number: int, where: EditLayer) -> EditRefused | None:
        session = self.screen.session
        workspace = session.workspace
        history, made = workspace.history, dict(session.made)
        redone = [made.get(later) for later in range(number, history.at)]
        if number < 0 or None in redone:
            return EditRefused("Where this goes can no longer be chosen.", "Undo it, and make it again.")
        for _ in range(history.at - number):
            workspace.undo()
        for step, one in enumerate(redone):
            assert one is not None
            at = where if step == 0 else one.where
            found = workspace.propose(one.intent, at)
            if isinstance(found, EditRefused):
                workspace.return_to(history)
                session.made = made
                return found
            session.made[workspace.history.at] = Made(one.intent, at)
            workspace.accept(found)
        return None

    def refresh(
        self,
        then: Callable[[str], None] | None = None,
        sides: Mapping[int, ConflictSide] | None = None,
        taken: Callable[[bool], None] | None = None,
    ) -> None:
        """Take in what changed on the disk; ask whose word counts where both have changed the same.

        `taken` is told whether it could be taken in without asking, `then` what came of it in the end.
        """
        session = self.screen.session
        workspace = session.workspace

        def work() -> tuple[History, Refreshed]:
            before = workspace.history
            found = workspace.refresh(sides)
            if not found.conflicts:
                self._prepare(workspace.report)
            return before, found

        def come(result: tuple[History, Refreshed]) -> None:
            before, found = result
            if taken is not None:
                taken(not found.conflicts)
            if found.conflicts:
                ask_sides(self.screen, found, partial(self._decided, then))
                return
            self._renumber(before)
            self.show()
            message = "; ".join(plain(part) for part in (found.message, *found.notes) if part)
            (then or self.screen.show_status)(message or "nothing has changed on disk")

        self.work("reading the files again", work, come)

    def _decided(self, then: Callable[[str], None] | None, sides: Mapping[int, ConflictSide]) -> None:
        self.refresh(then, sides)

    def _renumber(self, before: History) -> None:
        """Keep what was meant by the edits that are not written; the numbers of what is written may have changed."""
        session = self.screen.session
        after = session.workspace.history
        if before.saved < 0 or before.at < before.saved or after.at - after.saved != before.at - before.saved:
            session.made = {}
            return
        shift = after.at - before.at
        session.made = {number + shift: made for number, made in session.made.items() if before.saved <= number}

    def look_at(self, profile: str | None) -> None:
        """Answer as if a profile were active; None for the one that is."""
        session = self.screen.session
        active = session.view.active if session.view is not None else None
        looked = None if profile == active else profile

        def work() -> None:
            session.workspace.look_at(looked)
            self._prepare(session.workspace.report)

        def then(_: None) -> None:
            session.request = replace(session.request, profile=looked)
            self.show()

        self.work(f"looking at {plain(profile)}" if profile else "looking back", work, then)

    def show(self, select: ItemRef | None = None) -> None:
        """Show the tree as edited now."""
        session = self.screen.session
        session.keep()
        session.show(self._facts())
        self.screen.show_view()
        if select is not None:
            self.screen.arrive(select)


def words_of(proposal: Proposal) -> str:
    """What an edit did, and what is to be known about it."""
    said = "it is so already" if proposal.changes_nothing else proposal.label
    return "; ".join(plain(part) for part in (said, *proposal.notes))
