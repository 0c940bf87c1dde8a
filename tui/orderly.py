"""Keys one after the other: none is handed on before all effects of the one before it are there.

Textual hands each key to what has the focus when the key arrives. Over SSH keys arrive in bursts: the letters after a
`/` would go to the list, whose keys mean other items, and not to the line that the `/` opens.
"""

from __future__ import annotations

import asyncio
from collections import deque

from textual import events
from textual.app import App
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget


class Passed(Message):
    """Follows a key on its way up to the app, so that it arrives when the key has had its effects.

    It goes twice: what a key sets off may itself be a message on that way, such as `Input.Submitted`.
    """

    def __init__(self, number: int, again: bool) -> None:
        super().__init__()
        self.number = number
        self.again = again


class Orderly(App[None]):
    """An app that takes keys one by one."""

    patience_s = 0.5
    """How long a key waits at most for one before it: the part that should have said that it is done may be gone."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._waiting_keys: deque[events.Key] = deque()
        self._key_under_way = False
        self._key_number = 0
        self._follower = 0
        self._screen_of_key: Screen[object] | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._comes_back: events.Key | None = None

    @property
    def keys_taken(self) -> int:
        """How many keys there were so far."""
        return self._key_number

    @property
    def at_rest(self) -> bool:
        """Whether all keys have had their effects."""
        return not self._key_under_way and not self._waiting_keys

    def on_mount(self) -> None:
        """Hear of screens that are left."""
        self.screen_change_signal.subscribe(self, self._screen_changed, immediate=True)

    async def on_event(self, event: events.Event) -> None:
        """Take a key when its turn comes; everything else at once."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._waiting_keys.append(event)
            await self._take_key()
            return
        await super().on_event(event)
        if event is self._comes_back:
            self._comes_back = None
            self._follow(self.focused or self.screen, again=False)

    async def _take_key(self) -> None:
        while self._waiting_keys and not self._key_under_way:
            self._key_under_way = True
            self._key_number += 1
            self._limit = asyncio.get_running_loop().call_later(self.patience_s, self._waited_enough)
            self._screen_of_key = self.screen
            target, key = self.focused or self.screen, self._waiting_keys.popleft()
            await super().on_event(key)
            if key.is_forwarded and getattr(target, "HANDS_KEYS_ON", False):
                self._comes_back = key  # and says so itself: a message sent after it would cost as much again
            else:
                self._follow(target if self.screen is self._screen_of_key else self.focused or self.screen)

    def _follow(self, target: Widget, *, again: bool = True) -> None:
        self._follower += 1
        if not target.post_message(Passed(self._follower, again)):
            self.call_later(self._next_key, self._follower)

    def _screen_changed(self, screen: Screen[object]) -> None:
        """Follow a key anew from the screen that it leads back to: what is under way in the one it left is lost."""
        if self._key_under_way and self._screen_of_key not in self.screen_stack:
            self._follow(self.focused or screen)

    async def on_passed(self, event: Passed) -> None:
        """A key has had its effects, unless it opened a screen that is not there yet."""
        event.stop()
        if event.number != self._follower:
            return
        if event.again:
            self._follow(self.focused or self.screen, again=False)
        elif self.screen is self._screen_of_key:
            await self._next_key()
        else:
            self._screen_of_key = self.screen
            self.screen.call_after_refresh(self.call_later, self._next_key, event.number)

    def _waited_enough(self) -> None:
        self.call_later(self._next_key)

    async def _next_key(self, number: int | None = None) -> None:
        """Take the next key, unless who says that it can be taken has been overtaken by another follower."""
        if number not in (None, self._follower):
            return
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        self._comes_back = None
        self._key_under_way = False
        await self._take_key()
