"""A driver that sends only the differences of each frame, without threads.

Keys are read and frames are written in the event loop: an idle app never wakes up, and the exit joins no thread.
PIPEDECK_DRIVER=plain selects Textual's own driver.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
import termios
import threading
import time
import tty
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Any, Final

from textual import constants, events
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

from tui.shutdown import hang_up
from tui.terminal.output import Output
from tui.terminal.paste_parser import PasteParser
from tui.terminal.screen_diff import ScreenDiff

if TYPE_CHECKING:
    from textual.drivers.linux_driver import LinuxDriver

    _Base = LinuxDriver
else:
    _Base = object

_BACKGROUND_ERASE: Final = ("xterm", "tmux", "rxvt", "alacritty", "foot", "kitty", "ghostty", "wezterm", "st", "vte",
                             "konsole", "gnome", "iterm", "contour", "linux")  # fmt: skip
"""Terminals whose erased cells get the current background. GNU screen does so only when configured."""
_KEYS, _KEYS_OFF = "\x1b[>1u", "\x1b[<u"
"""The first level of kitty's keyboard protocol, which distinguishes Escape from the start of a sequence."""
_MOUSE, _MOUSE_OFF = "\x1b[?1000h\x1b[?1006h", "\x1b[?1000l\x1b[?1006l"
"""Clicks and the wheel, without reports of mouse moves."""
_ON = "\x1b[?1049h\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l"
_OFF = "\x1b[?2004l\x1b[?7h\x1b[?1004l"
_LEAVE = "\x1b[?1049l\x1b[?25h"
_SYNC_QUERY, _ANSWER_END = "\x1b[?2026$p", b"$y"
_ANSWER_TIMEOUT_S: Final = 1.0
"""The longest wait for the answer of a terminal that is left at once; not all terminals answer."""


class ScreenDiffDriver(_Base):
    """A mixin for Textual's driver for Linux and macOS."""

    _screen_diff: ScreenDiff
    _output: Output | None = None
    _parser: PasteParser | None = None
    _held = False
    _answer_limit: float | None = None
    """The time until which the answer to the query may come."""
    _last = b""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._screen_diff = ScreenDiff(erases=erases_with_background(os.environ))
        self._size = self._size or self._get_terminal_size()

    def write(self, data: str) -> None:
        """Send the differences. While the terminal is blocked, frames are merged and only the last is sent."""
        if threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self.write, data)
            return
        reduced = self._screen_diff.reduce(data)
        if reduced and self._output is not None:
            self._output.send(reduced)
            self._screen_diff.hold = self._output.stalled

    def forget(self) -> None:
        """Send the next frame whole."""
        self._screen_diff.forget()

    def _caught_up(self) -> None:
        self._screen_diff.hold = False
        self.write("")

    def flush(self) -> None:
        """Do nothing: output is never buffered while the terminal accepts it."""

    def start_application_mode(self) -> None:
        """Set up the terminal for the app."""
        if os.isatty(self.fileno) and not self._in_foreground():
            return
        self._thread = threading.get_ident()
        self._loop = asyncio.get_running_loop()
        self._output = Output(_output_descriptor(self.fileno), self._caught_up)
        self._take_size()
        self._loop.add_signal_handler(signal.SIGWINCH, self._resized)
        with contextlib.suppress(termios.error):
            self.attrs_before = termios.tcgetattr(self.fileno)
            changed = termios.tcgetattr(self.fileno)
            changed[tty.LFLAG] = self._patch_lflag(changed[tty.LFLAG])
            changed[tty.IFLAG] = self._patch_iflag(changed[tty.IFLAG])
            changed[tty.CC][termios.VMIN] = 1
            termios.tcsetattr(self.fileno, termios.TCSANOW, changed)
        modes = _ON + (_MOUSE if self._mouse else "") + ("" if constants.DISABLE_KITTY_KEY else _KEYS)
        queries = self.input_tty and os.environ.get("TERM_PROGRAM") != "Apple_Terminal"  # it would print the query
        self.write(modes + (_SYNC_QUERY if queries else ""))
        self._answer_limit = time.monotonic() + _ANSWER_TIMEOUT_S if queries else None
        self._parser = PasteParser(self._debug)
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._loop.add_reader(self.fileno, self._read)
        if self._must_signal_resume:
            self._must_signal_resume = False
            self._app.post_message(self.SignalResume())

    def disable_input(self) -> None:
        """Stop reading keys."""
        if self._parser is None:
            return
        self._parser = None
        self._loop.remove_reader(self.fileno)
        self._loop.remove_signal_handler(signal.SIGWINCH)
        self._await_answer()
        with contextlib.suppress(termios.error):
            termios.tcflush(self.fileno, termios.TCIFLUSH)

    def _await_answer(self) -> None:
        """Wait for the answer of the terminal, which would be typed into the shell otherwise."""
        while self._answer_limit is not None and (left := self._answer_limit - time.monotonic()) > 0:
            if not select.select([self.fileno], [], [], left)[0]:
                return
            try:
                data = os.read(self.fileno, 4096)
            except OSError:
                return
            if not data:
                return
            self._note_answer(data)

    def _note_answer(self, data: bytes) -> None:
        if _ANSWER_END in self._last + data:
            self._answer_limit = None
        self._last = data[-1:]

    def stop_application_mode(self) -> None:
        """Restore the terminal."""
        self.disable_input()
        self._screen_diff.hold = False
        self.write(_OFF + (_MOUSE_OFF if self._mouse else "") + ("" if constants.DISABLE_KITTY_KEY else _KEYS_OFF))
        self.write(_LEAVE)
        if self._output is not None:
            self._output.close()
            self._output = None
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    def close(self) -> None:
        """Do nothing: there is no thread to join."""

    def _in_foreground(self) -> bool:
        """Whether the process is in the foreground; a background process is stopped until it is."""

        def stop_process(*_: object) -> None:
            os.kill(os.getpid(), signal.SIGSTOP)

        signal.signal(signal.SIGTTOU, stop_process)
        signal.signal(signal.SIGTTIN, stop_process)
        try:
            termios.tcsetattr(self.fileno, termios.TCSANOW, termios.tcgetattr(self.fileno))
        except termios.error:
            return False
        finally:
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            signal.signal(signal.SIGTTIN, signal.SIG_DFL)
        return True

    def _read(self) -> None:
        """Convert input to events. Once the terminal is gone, end the process as after a hang-up."""
        try:
            data = os.read(self.fileno, 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            hang_up(self._app)
        self._note_answer(data)
        if self._parser is not None:
            for event in self._parser.feed(self._decode(data)):
                self.process_message(event)
            self._schedule_escape()

    def _schedule_escape(self) -> None:
        """Treat an escape without further input as the Escape key."""
        limit = self._parser._timeout_time if self._parser is not None else None
        if limit is not None:
            self._loop.call_later(constants.ESCAPE_DELAY + 0.001, self._escape_timed_out)

    def _escape_timed_out(self) -> None:
        if self._parser is not None:
            for event in self._parser.tick():
                self.process_message(event)

    def process_message(self, message: Message) -> None:
        """Forward an event; in-band sizes are dropped, as SIGWINCH reports every resize."""
        if isinstance(message, events.Event) or not isinstance(message, InBandWindowResize):
            Driver.process_message(self, message)

    def send_message(self, message: Message) -> None:
        """Post a message to the app, which runs in this event loop."""
        self._app.post_message(message)

    # Size.

    def _get_terminal_size(self) -> tuple[int, int]:
        """Columns and rows, from COLUMNS and LINES or else from the terminal."""
        columns, rows = (int(os.environ.get(name, "0") or 0) if os.environ.get(name, "").isdecimal() else 0
                         for name in ("COLUMNS", "LINES"))  # fmt: skip
        with contextlib.suppress(OSError):
            size = os.get_terminal_size(_output_descriptor(self.fileno))
            columns, rows = columns or size.columns, rows or size.lines
        return columns or 80, rows or 25

    def _take_size(self) -> tuple[int, int]:
        self._size = self._get_terminal_size()
        self._screen_diff.resize(self._size[0])
        return self._size

    def _resized(self) -> None:
        """Handle SIGWINCH: the terminal may have moved its content."""
        size = Size(*self._take_size())
        self._app.post_message(events.Resize(size, size))


def _output_descriptor(fileno: int) -> int:
    """The descriptor for output: stdout or stderr where that is a terminal, else the input."""
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            if stream is not None and os.isatty(stream.fileno()):
                return stream.fileno()
    return fileno


def erases_with_background(environ: os._Environ[str] | dict[str, str]) -> bool:
    """Whether erased cells get the current background in the terminal of an environment."""
    kind = environ.get("TERM", "")
    if kind.startswith("screen"):
        return "TMUX" in environ
    return kind.startswith(_BACKGROUND_ERASE) and "STY" not in environ


def with_screen_diff(driver: type[Driver]) -> type[Driver]:
    """The driver class with screen diffs; unchanged when it is not for a terminal."""
    if driver.__module__.endswith("linux_driver"):
        return type(f"ScreenDiff{driver.__name__}", (ScreenDiffDriver, driver), {})
    return driver
