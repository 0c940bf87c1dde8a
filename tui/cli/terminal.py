"""Whether there is a terminal for the app to draw on."""

from __future__ import annotations

import sys

from core.errors import PipedeckError


def has_terminal() -> bool:
    """Whether keys come from a terminal and the screen goes to one."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def need_terminal() -> None:
    """The app draws a screen and waits for keys: without a terminal it would do neither. Raises PipedeckError."""
    if not has_terminal():
        raise PipedeckError(
            "the app needs a terminal for its screen and keys; for scripts there are `pipedeck validate` and"
            " `pipedeck resolve`"
        )
