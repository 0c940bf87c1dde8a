"""The queue of tasks on the workspace: one runs at a time, slow ones in a thread; the others wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tui.messages import TaskFinished
from tui.protocols import StatusLine
from tui.startup import collection_paused

if TYPE_CHECKING:
    from tui.protocols import MainScreenProtocol

T = TypeVar("T")

NOTIFY_AFTER_S = 0.3
"""A task that takes longer is shown in the status line."""


class Task(NamedTuple):
    """A function for a thread, and the receiver of its result."""

    label: str
    function: Callable[[], Any]
    on_result: Callable[[Any], None]


class TaskQueue:
    """The tasks of one main screen, in the order in which they were added."""

    def __init__(self, screen: MainScreenProtocol) -> None:
        self.screen = screen
        self._running: Task | None = None
        self._waiting: deque[Callable[[], None]] = deque()

    @property
    def busy(self) -> str:
        """The label of the task that runs in a thread; empty when none does."""
        return self._running.label if self._running is not None else ""

    def enqueue(self, do: Callable[[], None]) -> None:
        """Call something now, or once all tasks that were added before are finished."""
        if self._running is not None:
            self._waiting.append(do)
        else:
            do()

    def run_task(
        self, label: str, function: Callable[[], T], on_result: Callable[[T], None], *, slow: bool = False
    ) -> None:
        """Add a task. In a small tree it runs at once unless it is `slow`, otherwise in a thread.

        `on_result` gets the result; the screen that added the task may be gone by then.
        """
        self.enqueue(partial(self._start, Task(label, function, on_result), slow))

    def finish(self, result: object) -> None:
        """Pass on the result of the running task, and start the next one."""
        task, self._running = self._running, None
        if task is not None:
            task.on_result(result)
        while self._waiting and self._running is None:
            self._waiting.popleft()()

    def fail(self) -> None:
        """Drop the running task, which has failed, and all that wait for its result."""
        self._running = None
        self._waiting.clear()

    def _start(self, task: Task, slow: bool) -> None:
        view = self.screen.session.view
        large = view is not None and view.large
        if not slow and not large:
            task.on_result(task.function())
            return
        self._running = task

        def run() -> None:
            with collection_paused() if large else nullcontext():
                result = task.function()
            self.screen.post_message(TaskFinished(result))

        self.screen.run_worker(run, thread=True, group="edit", exit_on_error=False)
        self.screen.set_timer(NOTIFY_AFTER_S, partial(self._notify, task))

    def _notify(self, task: Task) -> None:
        current = self.screen.app.screen
        if self._running is task and isinstance(current, StatusLine):
            current.show_status(f"{task.label} ...")
