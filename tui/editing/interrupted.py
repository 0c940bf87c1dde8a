"""A change that was cut off while it was written: found when the tree is opened, finished or taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from core.files.store import Decision, InterruptedCommit, Recovered, Recovery, is_pending, recover
from core.safe_text import safe
from tui.dialogs.ask import AskScreen, Option
from tui.editing.work import Worked
from tui.widgets.lines import Line
from tui.widgets.runs import Runs

if TYPE_CHECKING:
    from core.files.store import InterruptedFile
    from tui.faces.main import MainFace

_CHOICES = (
    Option("", "leave it as it is", "asked again at the next start"),
    Option("finish", "finish it", "its new contents, in every file"),
    Option("undo", "take it back", "the old contents, in every file"),
    Option("leave", "keep what is there now", "and forget the change"),
)


def settle_interrupted(screen: MainFace, then: Callable[[], None]) -> None:
    """Bring a tree to all-old or all-new if a crash left it between, and do what comes `then`.

    What was recorded by this user on this machine is settled at once, in a thread; anything else is asked about.
    """
    if screen.session.view is None or not is_pending(screen.session.workspace.root):
        then()
    elif screen.session.locked:
        screen.tell(f"a change was cut off here, so files may be half old, half new; {screen.session.locked}")
        then()
    else:
        _work(screen, None, then)


def _work(screen: MainFace, decision: Decision | None, then: Callable[[], None]) -> None:
    root, state = screen.session.workspace.root, screen.session.workspace.state

    def run() -> None:
        found = recover(root, state, decision=decision)
        screen.post_message(Worked(partial(_told, screen, found, then)))

    screen.run_worker(run, thread=True, group="edit", exit_on_error=False)


def _told(screen: MainFace, found: Recovery, then: Callable[[], None]) -> None:
    if isinstance(found, InterruptedCommit):
        _ask(screen, found, then)
    elif isinstance(found, Recovered):
        words = found.message

        def again(_: str) -> None:
            screen.tell(words)
            then()

        screen.editing.refresh(then=again)
    else:
        then()


def _ask(screen: MainFace, found: InterruptedCommit, then: Callable[[], None]) -> None:
    def answer(key: str | None) -> None:
        if key:
            _work(screen, Decision(key), then)
        else:
            screen.tell(found.message)
            then()

    lines = [Line(((found.message, "warn"),)), *(Line(_state(file)) for file in found.files)]
    screen.app.push_screen(AskScreen("a change that was cut off", lines, _CHOICES), answer)


def _state(file: InterruptedFile) -> Runs:
    return ((f"  {safe(file.path)}", ""), (f"  {file.holds.value}", "dim"))
