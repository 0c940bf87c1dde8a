"""When the app has done all that a key set off: told by its messages, not by the clock or by an idle processor."""

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

TURNS: Final = 8
"""Of the loop without a message: enough for what goes from part to part by way of tasks."""
LIMIT_S: Final = 60.0
"""Far more than anything takes: an app that never comes to rest is a finding, and told as one."""


@asynccontextmanager
async def still(app: App[None], size: tuple[int, int] = (80, 24)) -> AsyncIterator[StillPilot]:
    """The app in a terminal of that size, and a pilot that waits for its effects."""
    stillness = Stillness(app)
    async with app.run_test(size=size, message_hook=stillness.notice):
        pilot = StillPilot(app, stillness)
        await pilot.pause()
        yield pilot


class StillPilot(Pilot[None]):
    """Textual's pilot, which takes an app for ready when the processor is idle, but for that."""

    def __init__(self, app: App[None], stillness: Stillness) -> None:
        super().__init__(app)
        self._stillness = stillness

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, and wait until each has had all its effects."""
        for key in keys:
            self.send(key)
            await self.pause()

    async def pause(self, delay: float | None = None) -> None:
        """Wait until the app is at rest; a time is not for tests."""
        assert delay is None
        await self._stillness.reach()

    def send(self, key: str) -> None:
        """Hand a key to the app as a terminal's driver does: with the character that it types, if it types one."""
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        character: str | None
        try:
            character = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
        except KeyError:
            character = name if len(name) == 1 else None
        self.app.post_message(events.Key(name, character))


class Stillness:
    """Knows when an app is at rest. `notice` is the app's message hook."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._messages = 0

    def notice(self, message: Message) -> None:
        """Count a message that is being handled, unless it is one of our own."""
        own = isinstance(message, events.Callback) and getattr(message.callback, "func", None) is _arrive
        self._messages += not own

    async def reach(self) -> None:
        """Wait until workers and animations have ended, every message is handled and all is laid out and painted.

        Raises TimeoutError. An app that fails or ends is at rest.
        """
        async with asyncio.timeout(LIMIT_S):
            while self._runs:
                await self._silence()
                before = self._messages
                await self._all_queues()  # a part that still handles something comes to its queue only then
                await self._silence()
                if before == self._messages:
                    break
            if self._runs:
                self._app.screen._on_timer_update()

    async def _silence(self) -> None:
        """Wait until nothing is under way that is known of, and no message comes for some turns of the loop."""
        task_queue, before = 0, self._messages
        while self._runs and task_queue < TURNS:
            await self._work_done()
            await self._app.animator.wait_until_complete()
            self._lay_out()
            await asyncio.sleep(0)
            task_queue = 0 if before != self._messages or self._anything_waits() else task_queue + 1
            before = self._messages

    @property
    def _runs(self) -> bool:
        if self._app._exception_event.is_set():
            return False
        return self._app.is_running and bool(self._app._screen_stack)

    def _pumps(self) -> Iterator[MessagePump]:
        # Not the screens below: one that is visited has the whole terminal painted anew, in Textual 8.
        yield self._app
        yield from self._app.screen.walk_children(with_self=True)

    async def _all_queues(self) -> None:
        """Go through the queue of every part of the app once, behind what is in it."""
        arrived = asyncio.Event()
        left = [0]
        for pump in self._pumps():
            left[0] += pump.call_later(partial(_arrive, left, arrived))
        if left[0]:
            waits = [asyncio.ensure_future(event.wait()) for event in (arrived, self._app._exception_event)]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in waits:
                    one.cancel()

    async def _work_done(self) -> None:
        # What a worker failed with is the app's to tell.
        tasks = [worker._task for worker in self._app.workers if worker._task is not None and not worker.is_finished]
        if tasks:
            await asyncio.wait(tasks)

    def _lay_out(self) -> None:
        if self._runs and _waits_for_layout(self._app.screen):
            self._app.screen._on_timer_update()

    def _anything_waits(self) -> bool:
        if not self._runs:
            return False
        # A new size is handed on a moment later.
        events_wait = self._app._resize_timer is not None or (isinstance(self._app, KeyQueue) and not self._app.is_idle)
        works = any(not worker.is_finished for worker in self._app.workers)
        works = works or any(isinstance(one, MainScreen) and one.busy for one in self._app.screen_stack)
        return events_wait or works or bool(self._app.screen._next_callbacks) or _waits_for_layout(self._app.screen)


def _arrive(left: list[int], arrived: asyncio.Event) -> None:
    left[0] -= 1
    if left[0] == 0:
        arrived.set()


def _waits_for_layout(screen: Screen[object]) -> bool:
    asked = screen._layout_required or screen._scroll_required or screen._recompose_required
    return bool(asked or screen._callbacks)
