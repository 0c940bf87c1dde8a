"""A queue of key presses: a key is dispatched once all effects of the previous key have happened.

Textual sends each key to the widget that has the focus when the key arrives. Over SSH keys arrive in bursts: letters
typed after `/` would reach the list and act as its keys, instead of the filter input that `/` opens.
"""

from __future__ import annotations

import asyncio
from collections import deque

from textual import events
from textual.app import App
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget


class KeyHandled(Message):
    """Bubbles up from the target of a key behind all messages that the key caused.

    It is sent twice (`repeat`): an effect may itself be a message on the same way, such as `Input.Submitted`.
    """

    def __init__(self, number: int, repeat: bool) -> None:
        super().__init__()
        self.number = number
        self.repeat = repeat


class KeyQueue(App[None]):
    """An app that dispatches one key at a time."""

    key_timeout_s = 0.5
    """The longest wait for the previous key: the widget that should report its end may have been removed."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._queued_keys: deque[events.Key] = deque()
        self._key_in_progress = False
        self._key_count = 0
        self._last_marker = 0
        self._screen_of_key: Screen[object] | None = None
        self._key_timeout: asyncio.TimerHandle | None = None
        self._forwarded_key: events.Key | None = None

    @property
    def is_idle(self) -> bool:
        """Whether no key is queued or in progress."""
        return not self._key_in_progress and not self._queued_keys

    def on_mount(self) -> None:
        """Subscribe to changes of the active screen."""
        self.screen_change_signal.subscribe(self, self._screen_changed, immediate=True)

    async def on_event(self, event: events.Event) -> None:
        """Queue a key; dispatch every other event at once."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._queued_keys and self.ends_waiting(event.key):
                self._queued_keys.clear()
            self._queued_keys.append(event)
            await self._dispatch_next()
            return
        await super().on_event(event)
        if event is self._forwarded_key:
            self._forwarded_key = None
            self._send_marker(self.focused or self.screen, repeat=False)

    def holds(self, key: str) -> bool:
        """Whether a key waits, with those behind it, until `resume_keys` is called."""
        return False

    def ends_waiting(self, key: str) -> bool:
        """Whether a key discards the keys that wait, such as one that quits while the tree is read."""
        return False

    def moves_cursor(self, target: Widget, key: str) -> bool:
        """Make the move of a key in a list at once, without the messages of other keys; false when it makes none."""
        return False

    def resume_keys(self) -> None:
        """Dispatch the keys that were held."""
        self.call_later(self._dispatch_next)

    async def _dispatch_next(self) -> None:
        while self._queued_keys and not self._key_in_progress:
            if self.holds(self._queued_keys[0].key):
                return
            self._key_in_progress = True
            self._key_count += 1
            self._key_timeout = asyncio.get_running_loop().call_later(self.key_timeout_s, self._key_timed_out)
            self._screen_of_key = self.screen
            target, key = self.focused or self.screen, self._queued_keys.popleft()
            if self.app_focus and self.moves_cursor(target, key.key):
                self._send_marker(target, repeat=False)
                continue
            await super().on_event(key)
            if key.is_forwarded and getattr(target, "FORWARDS_KEYS", False):
                self._forwarded_key = key  # comes back by itself: a marker would cost one more round of messages
            else:
                self._send_marker(target if self.screen is self._screen_of_key else self.focused or self.screen)

    def _send_marker(self, target: Widget, *, repeat: bool = True) -> None:
        self._last_marker += 1
        # Textual does not pass a message on above its sender: that of a screen whose task ended the key, say.
        marker = KeyHandled(self._last_marker, repeat).set_sender(self)
        if not target.post_message(marker):
            self.call_later(self._finish_key, self._last_marker)

    def _screen_changed(self, screen: Screen[object]) -> None:
        """Send a new marker when the key closed its screen: messages in progress there are lost."""
        if self._key_in_progress and self._screen_of_key not in self.screen_stack:
            self._send_marker(self.focused or screen)

    async def on_key_handled(self, event: KeyHandled) -> None:
        """Finish the key, unless it opened a screen that is not mounted yet."""
        event.stop()
        if event.number != self._last_marker:
            return
        if event.repeat:
            self._send_marker(self.focused or self.screen, repeat=False)
        elif self.screen is self._screen_of_key:
            await self._finish_key()
        else:
            self._screen_of_key = self.screen
            self.screen.call_after_refresh(self.call_later, self._finish_key, event.number)

    def _key_timed_out(self) -> None:
        self.call_later(self._finish_key)

    async def _finish_key(self, number: int | None = None) -> None:
        """Dispatch the next key, unless marker `number` has been superseded by a newer one."""
        if number not in (None, self._last_marker):
            return
        if self._key_timeout is not None:
            self._key_timeout.cancel()
            self._key_timeout = None
        self._forwarded_key = None
        self._key_in_progress = False
        await self._dispatch_next()
