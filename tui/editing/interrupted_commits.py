"""Commits that a crash interrupted: found when a tree is opened, finished or undone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.files.store import Decision, InterruptedCommit, Recovered, Recovery, is_pending, settle
from core.safe_text import safe
from tui.dialogs.ask import AskScreen, Option
from tui.messages import RecoveryFinished, TreeSettled
from tui.widgets.lines import Line
from tui.widgets.runs import Runs

if TYPE_CHECKING:
    from core.files.store import InterruptedFile
    from tui.editing.session_edits import Editing
    from tui.protocols import MainScreenProtocol

_CHOICES = (
    Option("", "keep it unchanged", "asked at the next start"),
    Option("finish", "finish it", "write the new contents of every file"),
    Option("undo", "roll it back", "restore the old contents of every file"),
    Option("leave", "keep the present files", "and discard the change"),
)


def settle_interrupted(editing: Editing) -> None:
    """Finish or undo commits that a crash has interrupted, so that files are all old or all new; then `TreeSettled`.

    A commit of this user on this machine is settled in a thread, whichever project it was made in; about any other the
    user is asked.
    """
    screen = editing.screen
    folders = () if screen.session.view is None else screen.session.workspace.commit_folders
    if not any(map(is_pending, folders)):
        screen.post_message(TreeSettled())
    elif screen.session.locked:
        screen.show_status(f"a change was interrupted here: files may be half old, half new; {screen.session.locked}")
        screen.post_message(TreeSettled())
    else:
        _recover(screen, folders, None)


def _recover(screen: MainScreenProtocol, folders: Sequence[str], decision: Decision | None) -> None:
    state = screen.session.workspace.state

    def run() -> None:
        screen.post_message(RecoveryFinished(settle(folders, state, decision=decision)))

    screen.run_worker(run, thread=True, group="edit", exit_on_error=False)


def show_recoveries(editing: Editing, recoveries: Sequence[Recovery]) -> None:
    """Show the files as recoveries left them, or ask for the decision that one needs."""
    screen = editing.screen
    messages = [recovery.message for recovery in recoveries if isinstance(recovery, Recovered)]
    undecided = next((recovery for recovery in recoveries if isinstance(recovery, InterruptedCommit)), None)
    if messages:
        editing.refresh(notice="; ".join(messages))
    if undecided is not None:
        _ask(screen, undecided)
    elif messages:
        editing.enqueue(partial(screen.post_message, TreeSettled()))
    else:
        screen.post_message(TreeSettled())


def _ask(screen: MainScreenProtocol, unfinished: InterruptedCommit) -> None:
    def answer(key: str | None) -> None:
        if key:
            _recover(screen, screen.session.workspace.commit_folders, Decision(key))
        else:
            screen.show_status(unfinished.message)
            screen.post_message(TreeSettled())

    lines = [Line(((unfinished.message, "warn"),)), *(Line(_state(file)) for file in unfinished.files)]
    screen.app.push_screen(AskScreen("an interrupted change", lines, _CHOICES), answer)


def _state(file: InterruptedFile) -> Runs:
    return ((f"  {safe(file.path)}", ""), (f"  {file.holds.value}", "dim"))
