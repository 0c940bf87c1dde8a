"""Runs the app in tests and waits until it is idle, by its messages and tasks instead of by time."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from textual import events
from textual.app import App
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen

from tui.key_queue import KeyQueue
from tui.screens.main import MainScreen

IDLE_ITERATIONS: Final = 8
"""The iterations of the loop without a message after which the app is idle."""
TIMEOUT_S: Final = 60.0
"""The maximum wait (seconds); an app that is never idle fails its test."""


@asynccontextmanager
async def run_app(app: App[None], size: tuple[int, int] = (80, 24)) -> AsyncIterator[IdlePilot]:
    """Run an app in a terminal of `size`; yields a pilot that waits for the effects of each key."""
    detector = IdleDetector(app)
    async with app.run_test(size=size, message_hook=detector.count_message):
        pilot = IdlePilot(app, detector)
        await pilot.pause()
        yield pilot


class IdlePilot(Pilot[None]):
    """A pilot that waits for an idle app, where Textual's waits for an idle processor."""

    def __init__(self, app: App[None], detector: IdleDetector) -> None:
        super().__init__(app)
        self._detector = detector

    async def press(self, *keys: str) -> None:
        """Press keys in turn and wait for all effects of each."""
        for key in keys:
            self.send(key)
            await self.pause()

    async def pause(self, delay: float | None = None) -> None:
        """Wait until the app is idle; a delay is not allowed."""
        assert delay is None
        await self._detector.wait()

    def send(self, key: str) -> None:
        """Post a key to the app as a driver does, with its character if it has one."""
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        character: str | None
        try:
            character = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
        except KeyError:
            character = name if len(name) == 1 else None
        self.app.post_message(events.Key(name, character))


class IdleDetector:
    """Detects when an app is idle. `count_message` is the app's message hook."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._messages = 0

    def count_message(self, message: Message) -> None:
        """Count a handled message, except the detector's own."""
        own = isinstance(message, events.Callback) and getattr(message.callback, "func", None) is _arrive
        self._messages += not own

    async def wait(self) -> None:
        """Wait until workers and animations have ended, every message is handled and the screen is rendered.

        Raises TimeoutError. An app that fails or ends is idle.
        """
        async with asyncio.timeout(TIMEOUT_S):
            while self._runs:
                await self._quiet_iterations()
                before = self._messages
                await self._all_queues()  # a busy widget reaches its queue only then
                await self._quiet_iterations()
                if before == self._messages:
                    break
            if self._runs:
                self._app.screen._on_timer_update()

    async def _quiet_iterations(self) -> None:
        """Wait until no work is pending and no message comes for `IDLE_ITERATIONS`."""
        quiet, before = 0, self._messages
        while self._runs and quiet < IDLE_ITERATIONS:
            await self._workers_done()
            await self._app.animator.wait_until_complete()
            self._lay_out()
            await asyncio.sleep(0)
            quiet = 0 if before != self._messages or self._is_pending() else quiet + 1
            before = self._messages

    @property
    def _runs(self) -> bool:
        if self._app._exception_event.is_set():
            return False
        return self._app.is_running and bool(self._app._screen_stack)

    def _pumps(self) -> Iterator[MessagePump]:
        # Not the screens below: a message to one repaints the whole terminal, in Textual 8.
        yield self._app
        yield from self._app.screen.walk_children(with_self=True)

    async def _all_queues(self) -> None:
        """Wait until the queue of every widget has been processed up to now."""
        arrived = asyncio.Event()
        left = [0]
        for pump in self._pumps():
            left[0] += pump.call_later(partial(_arrive, left, arrived))
        if left[0]:
            waits = [asyncio.ensure_future(event.wait()) for event in (arrived, self._app._exception_event)]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()

    async def _workers_done(self) -> None:
        # The app reports the errors of its workers.
        tasks = [worker._task for worker in self._app.workers if worker._task is not None and not worker.is_finished]
        if tasks:
            await asyncio.wait(tasks)

    def _lay_out(self) -> None:
        if self._runs and _waits_for_layout(self._app.screen):
            self._app.screen._on_timer_update()

    def _is_pending(self) -> bool:
        if not self._runs:
            return False
        # A resize is forwarded with a delay.
        events_wait = self._app._resize_timer is not None or (isinstance(self._app, KeyQueue) and not self._app.is_idle)
        works = any(not worker.is_finished for worker in self._app.workers)
        works = works or any(isinstance(screen, MainScreen) and screen.busy for screen in self._app.screen_stack)
        return events_wait or works or bool(self._app.screen._next_callbacks) or _waits_for_layout(self._app.screen)


def _arrive(left: list[int], arrived: asyncio.Event) -> None:
    left[0] -= 1
    if left[0] == 0:
        arrived.set()


def _waits_for_layout(screen: Screen[object]) -> bool:
    required = screen._layout_required or screen._scroll_required or screen._recompose_required
    return bool(required or screen._callbacks)
