"""The terminal of the command line: whether the app can use it, and error lines on stderr."""

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


def print_error(message: str) -> None:
    """Print one line on stderr, made safe for the terminal."""
    from core.safe_text import safe  # here, as the start of the app prints no error

    sys.stderr.write(f"pipedeck: {safe(message)}\n")
