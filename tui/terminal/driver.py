"""Textual's driver for a terminal, sending less and asking for less."""

from __future__ import annotations

import contextlib
import os
import selectors
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

from tui.leaving import hang_up
from tui.terminal.thinner import Thinner

_TICK_S = 0.1

if TYPE_CHECKING:
    from textual.drivers.linux_driver import LinuxDriver

    _Base = LinuxDriver
else:
    _Base = object


class Thrift(_Base):
    """Mixed into a driver: fewer bytes out, and no reports of mouse moves in."""

    _thinner: Thinner | None = None
    _size_told: Size | None = None

    def write(self, data: str) -> None:
        """Send what makes a difference."""
        if self._thinner is None:
            self._thinner = Thinner()
        thinned = self._thinner.thin(data)
        if thinned:
            super().write(thinned)

    def forget(self) -> None:
        """Send the next picture whole."""
        if self._thinner is not None:
            self._thinner.forget()

    def process_message(self, message: Message) -> None:
        """A terminal that was resized has moved what it shows; one that only says its size again has not."""
        if isinstance(message, events.Resize):
            if message.size == self._size_told:
                return
            self._size_told = message.size
            self.forget()
        super().process_message(message)

    def run_input_thread(self) -> None:
        """Turn what is typed into events, until the app leaves or the terminal is gone.

        Textual's own loop takes the end of input for a pause and spins: a dropped line would leave a busy process.
        """
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_TICK_S):
                    for event in parser.feed(decode(_typed(self.fileno))):
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
        with contextlib.suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass

    def _enable_mouse_support(self) -> None:
        """Clicks and the wheel only: a report of every move would cross the link for nothing."""
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1006h")
            self.flush()

    def _enable_mouse_pixels(self) -> None:
        """Cells are fine enough; and this mode would stay on in the terminal afterwards."""


def _typed(fileno: int) -> bytes:
    """What was typed. Without a terminal any more it ends the process, as the signal of a hang-up would."""
    try:
        data = os.read(fileno, 4096)
    except OSError:
        data = b""
    if not data:
        hang_up()
    return data


def thrifty(driver: type[Driver]) -> type[Driver]:
    """The same driver, sending less. One that draws on no terminal stays as it is."""
    if driver.__module__.endswith("linux_driver"):
        return type(f"Thrifty{driver.__name__}", (Thrift, driver), {})
    return driver
