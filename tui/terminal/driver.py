"""Textual's driver for a terminal, sending less and asking for less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.driver import Driver
from textual.message import Message

from tui.terminal.thinner import Thinner

if TYPE_CHECKING:
    _Base = Driver
else:
    _Base = object


class Thrift(_Base):
    """Mixed into a driver: fewer bytes out, and no reports of mouse moves in."""

    _thinner: Thinner | None = None

    def write(self, data: str) -> None:
        """Send what makes a difference."""
        if self._thinner is None:
            self._thinner = Thinner()
        thinned = self._thinner.thin(data)
        if thinned:
            super().write(thinned)  # type: ignore[safe-super]  # mixed in before a driver that writes

    def forget(self) -> None:
        """Send the next picture whole."""
        if self._thinner is not None:
            self._thinner.forget()

    def process_message(self, message: Message) -> None:
        """A terminal that was resized has moved what it shows."""
        if isinstance(message, events.Resize):
            self.forget()
        super().process_message(message)

    def _enable_mouse_support(self) -> None:
        """Clicks and the wheel only: a report of every move would cross the link for nothing."""
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1006h")
            self.flush()

    def _enable_mouse_pixels(self) -> None:
        """Cells are fine enough; and this mode would stay on in the terminal afterwards."""


def thrifty(driver: type[Driver]) -> type[Driver]:
    """The same driver, sending less. One that draws on no terminal stays as it is."""
    if driver.__module__.endswith("linux_driver"):
        return type(f"Thrifty{driver.__name__}", (Thrift, driver), {})
    return driver
