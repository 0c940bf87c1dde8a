"""Commits that a crash interrupted: found when a tree is opened, finished or undone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from core.files.store import Decision, InterruptedCommit, Recovered, Recovery, is_pending, recover
from core.safe_text import safe
from tui.dialogs.ask import AskScreen, Option
from tui.messages import RecoveryFinished, TreeSettled
from tui.widgets.lines import Line
from tui.widgets.runs import Runs

if TYPE_CHECKING:
    from core.files.store import InterruptedFile
    from tui.editing.flow import Editing
    from tui.protocols import MainScreenProtocol

_CHOICES = (
    Option("", "keep it unchanged", "asked at the next start"),
    Option("finish", "finish it", "write the new contents of every file"),
    Option("undo", "roll it back", "restore the old contents of every file"),
    Option("leave", "keep the present files", "and discard the change"),
)


def settle_interrupted(editing: Editing) -> None:
    """Finish or undo a commit that a crash has interrupted, so that a tree is all old or all new; then `TreeSettled`.

    A commit of this user on this machine is settled in a thread; about any other the user is asked.
    """
    screen = editing.screen
    if screen.session.view is None or not is_pending(screen.session.workspace.root):
        screen.post_message(TreeSettled())
    elif screen.session.locked:
        screen.show_status(f"a change was interrupted here: files may be half old, half new; {screen.session.locked}")
        screen.post_message(TreeSettled())
    else:
        _recover(screen, None)


def _recover(screen: MainScreenProtocol, decision: Decision | None) -> None:
    root, state = screen.session.workspace.root, screen.session.workspace.state

    def run() -> None:
        screen.post_message(RecoveryFinished(recover(root, state, decision=decision)))

    screen.run_worker(run, thread=True, group="edit", exit_on_error=False)


def show_recovery(editing: Editing, recovery: Recovery) -> None:
    """Show the files as a recovery left them, or ask for the decision that it needs."""
    screen = editing.screen
    if isinstance(recovery, InterruptedCommit):
        _ask(screen, recovery)
    elif isinstance(recovery, Recovered):
        editing.refresh(notice=recovery.message)
        editing.enqueue(partial(screen.post_message, TreeSettled()))
    else:
        screen.post_message(TreeSettled())


def _ask(screen: MainScreenProtocol, unfinished: InterruptedCommit) -> None:
    def answer(key: str | None) -> None:
        if key:
            _recover(screen, Decision(key))
        else:
            screen.show_status(unfinished.message)
            screen.post_message(TreeSettled())

    lines = [Line(((unfinished.message, "warn"),)), *(Line(_state(file)) for file in unfinished.files)]
    screen.app.push_screen(AskScreen("an interrupted change", lines, _CHOICES), answer)


def _state(file: InterruptedFile) -> Runs:
    return ((f"  {safe(file.path)}", ""), (f"  {file.holds.value}", "dim"))
