"""Work that is done in a thread, and the message that brings its result to the screen."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message

from core.records import dataclass


@dataclass
class Worked(Message):
    """A thread is done: what is to be done with its result, on the screen's own turn."""

    then: Callable[[], None]
