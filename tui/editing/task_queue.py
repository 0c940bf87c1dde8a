"""One item after the other: what takes its time is worked out in a thread, and what is asked for meanwhile waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tui.editing.work import Worked
from tui.startup import collection_paused

if TYPE_CHECKING:
    from tui.faces.work import WorkFace

T = TypeVar("T")

SAY_AFTER_S = 0.3
"""What takes longer is said to be under way."""


class TaskQueue:
    """The work of one main screen, in the order it was asked for."""

    def __init__(self, screen: WorkFace) -> None:
        self._screen = screen
        self.busy = ""
        """What is being worked out in a thread; empty when nothing is."""
        self._waiting: deque[Callable[[], None]] = deque()

    def turn(self, do: Callable[[], None]) -> None:
        """Do something now, or once everything that was asked for before is done."""
        if self.busy:
            self._waiting.append(do)
        else:
            do()

    def work(self, what: str, work: Callable[[], T], then: Callable[[T], None], *, slow: bool = False) -> None:
        """Work something out in its turn and go on with it: at once in small trees, in a thread when it takes its time.

        `then` has to bear that the screen which asked is gone by now.
        """
        self.turn(partial(self._begin, what, work, then, slow))

    def failed(self) -> None:
        """What was being worked out has failed; what waited for its result is not done."""
        self.busy = ""
        self._waiting.clear()

    def _begin(self, what: str, work: Callable[[], T], then: Callable[[T], None], slow: bool) -> None:
        view = self._screen.session.view
        if not slow and (view is None or not view.large):
            then(work())
            return
        self.busy = what

        large = view is not None and view.large

        def run() -> None:
            with collection_paused() if large else nullcontext():
                result = work()
            self._screen.post_message(Worked(partial(self._worked, then, result)))

        self._screen.run_worker(run, thread=True, group="edit", exit_on_error=False)
        self._screen.set_timer(SAY_AFTER_S, partial(self._say, what))

    def _say(self, what: str) -> None:
        tell = getattr(self._screen.app.screen, "tell", None)
        if self.busy == what and callable(tell):
            tell(f"{what} ...")

    def _worked(self, then: Callable[[T], None], result: T) -> None:
        self.busy = ""
        then(result)
        while self._waiting and not self.busy:
            self._waiting.popleft()()
