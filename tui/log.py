"""What the app did since it was started, for its log screen: bounded, and only in the app's own words."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

MAX_ENTRIES: Final = 500
"""Older entries are dropped."""


class Entry(NamedTuple):
    """One item that was done, and when by the clock on the wall."""

    at: str
    words: str


def _now() -> str:
    return time.strftime("%H:%M:%S")


class Log:
    """The newest entries. Nothing is written to disk, and what is noted never holds the value of a variable."""

    def __init__(self, clock: Callable[[], str] = _now) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)

    def note(self, words: str) -> None:
        """Add an entry."""
        self._entries.append(Entry(self._clock(), words))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries, the newest first."""
        return tuple(reversed(self._entries))
