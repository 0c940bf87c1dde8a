"""What somebody types in place of a file's text: kept in the draft before long, and when the end comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual.screen import Screen
from textual.timer import Timer

if TYPE_CHECKING:
    from core.workspace import UnfinishedText
    from tui.session import Session

KEEP_AFTER_S: Final = 1.0


class Typing:
    """The typing on a screen: `look` gives what is typed and no edit yet, None when there is nothing."""

    def __init__(self, screen: Screen[None], session: Session, look: Callable[[], UnfinishedText | None]) -> None:
        self._screen = screen
        self._session = session
        self._look = look
        self._timer: Timer | None = None
        self._kept = False

    def begin(self) -> None:
        """From now on the session asks here what is typed."""
        self._session.typed = self._look

    def soon(self) -> None:
        """Something was typed: it is kept before long."""
        if self._timer is None:
            self._timer = self._screen.set_timer(KEEP_AFTER_S, self.keep)

    def keep(self) -> None:
        """Keep it now."""
        self._timer = None
        self._kept = True
        self._session.keep()

    def over(self) -> None:
        """What was typed is taken, or dropped: the draft holds it no longer."""
        if self._session.typed == self._look:
            self._session.typed = lambda: None
        if self._kept:
            self._kept = False
            self._session.keep()
