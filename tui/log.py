"""The log of this session for the log screen: a limited number of entries, in memory only."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

MAX_ENTRIES: Final = 500
"""Older entries are dropped."""


class Entry(NamedTuple):
    """One entry: local time as HH:MM:SS, and a message."""

    at: str
    message: str


def _now() -> str:
    return time.strftime("%H:%M:%S")


class Log:
    """The newest entries. Never written to disk; messages never contain the value of a variable."""

    def __init__(self, clock: Callable[[], str] = _now) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)

    def add(self, message: str) -> None:
        """Add an entry."""
        self._entries.append(Entry(self._clock(), message))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries, the newest first."""
        return tuple(reversed(self._entries))
