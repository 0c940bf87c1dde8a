"""Counts calls of functions: work measured without the speed of the machine or its load."""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counted_calls() -> Iterator[Callable[[], int]]:
    """Count the calls and returns of the functions of all threads; yields a function that returns the number so far."""
    numbers = itertools.count()

    def count(frame: object, event: str, argument: object) -> None:
        next(numbers)

    threading.setprofile(count)
    sys.setprofile(count)
    try:
        yield lambda: next(numbers)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
