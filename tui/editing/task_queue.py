"""The queue of tasks on the workspace: one runs at a time, slow ones in a thread; the others wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.message import Message
from textual.screen import Screen

from tui.dialogs.dialog import is_open
from tui.messages import TaskFinished
from tui.protocols import StatusLine
from tui.startup import collection_paused

if TYPE_CHECKING:
    from tui.protocols import MainScreenProtocol

NOTIFY_AFTER_S = 0.3
"""A task that takes longer is shown in the status line."""


class Task(NamedTuple):
    """A function for a thread, which returns a message, and the screen that gets it."""

    label: str
    function: Callable[[], Message]
    sender: Screen[Any] | None


class TaskQueue:
    """The tasks of one main screen, in the order in which they were added."""

    def __init__(self, screen: MainScreenProtocol) -> None:
        self.screen = screen
        self._running: Task | None = None
        self._waiting: deque[Callable[[], object]] = deque()

    @property
    def busy(self) -> str:
        """The label of the task that runs in a thread; empty when none does."""
        return self._running.label if self._running is not None else ""

    def enqueue(self, do: Callable[[], object]) -> None:
        """Call something now, or once all tasks that were added before are finished."""
        if self._running is not None:
            self._waiting.append(do)
        else:
            do()

    def run_task(
        self, label: str, function: Callable[[], Message], sender: Screen[Any] | None = None, *, slow: bool = False
    ) -> None:
        """Add a task. In a small tree it runs at once unless it is `slow`, otherwise in a thread.

        Its result is posted to the screen that asked, or to the main screen.
        """
        self.enqueue(partial(self._start, Task(label, function, sender), slow))

    def deliver(self, result: Message, sender: Screen[Any] | None) -> None:
        """Post a result to the screen that asked; to the main screen when that is closed."""
        target = sender if sender is not None and is_open(sender) else self.screen
        target.post_message(result)

    def finish(self, result: Message) -> None:
        """Deliver the result of the running task, and start the next one."""
        task, self._running = self._running, None
        if task is not None:
            self.deliver(result, task.sender)
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
            self.deliver(task.function(), task.sender)
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
