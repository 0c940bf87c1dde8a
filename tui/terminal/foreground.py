"""Another program in the foreground of the terminal, reclaimed however the program ends."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios
from collections.abc import Iterator, Sequence

_KEYS = (signal.SIGINT, signal.SIGQUIT)
"""The signals of ctrl+C and ctrl+\\, which the terminal sends to all programs in its foreground."""


def run_in_foreground(command: Sequence[str]) -> int:
    """The status of a program that has the terminal until it ends, negative for a signal. Raises OSError.

    Ctrl+C and ctrl+\\ typed there are for the program only.
    """
    with _own_terminal(), _ignored(_KEYS):
        process = os.posix_spawnp(command[0], list(command), os.environ, setsigdef=_KEYS)
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def ending(status: int) -> str:
    """The failure of a program."""
    if status > 0:
        return f"exited with status {status}"
    with contextlib.suppress(ValueError):
        return f"was ended by {signal.Signals(-status).name}"
    return f"was ended by signal {-status}"


@contextlib.contextmanager
def _ignored(numbers: Sequence[signal.Signals]) -> Iterator[None]:
    """Signals have no effect on this process. A handler without effect would not do: the event loop gets them too."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _own_terminal() -> Iterator[None]:
    """Restore the modes and the foreground process group of the terminal, which a killed program leaves changed."""
    terminal = sys.__stdin__.fileno() if sys.__stdin__ is not None else -1
    modes = group = None
    with contextlib.suppress(OSError, termios.error):
        modes = termios.tcgetattr(terminal)
        group = os.tcgetpgrp(terminal)
    try:
        yield
    finally:
        # From the background, both calls would stop this process.
        with _ignored((signal.SIGTTOU,)), contextlib.suppress(OSError, termios.error):
            if group is not None:
                os.tcsetpgrp(terminal, group)
            if modes is not None:
                termios.tcsetattr(terminal, termios.TCSANOW, modes)
