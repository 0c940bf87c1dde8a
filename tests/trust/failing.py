"""Errors of pipedeck itself, at any place and with texts of the user in them: what crash reports must not repeat."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

_ROOT = Path(__file__).parents[2]
_OURS = (f"{_ROOT / 'core'}/", f"{_ROOT / 'tui'}/")


class PlantedError(Exception):
    """An error that quotes a text of the user."""


@contextlib.contextmanager
def failing(call: int, text: str) -> Iterator[None]:
    """Raise an error with a text at the n-th call (from 1) of a function of pipedeck in this thread."""
    left = call

    def watch(frame: FrameType, event: str, _: object) -> None:
        nonlocal left
        code = frame.f_code
        # A generator is also called to be closed, where Python ignores errors.
        if event == "call" and code.co_filename.startswith(_OURS) and not code.co_flags & inspect.CO_GENERATOR:
            left -= 1
            if not left:
                sys.setprofile(None)
                raise PlantedError(text)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)
