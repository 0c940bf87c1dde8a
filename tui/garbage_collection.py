"""Garbage collection of the app: none before the first screen, few and young objects only afterwards.

It buys some 15 % of the time to the first screen and keeps an edit of a large tree free of pauses:
`python -m tests.benchmarks --only start,core` with and without the calls of `hold`.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

THRESHOLDS: Final = (10_000, 20, 50)
"""The arguments of `gc.set_threshold`: an edit allocates a hundred thousand objects that live on, and scanning them
repeatedly takes longer than the edit.
"""
_SWITCH_INTERVAL_S: Final = 0.0005


def hold() -> None:
    """Collect nothing until `resume`: almost everything that is allocated during the start lives on."""
    gc.disable()


def resume() -> None:
    """Collect again, without ever scanning the objects made so far, and let worker threads yield to keys quickly."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)
        gc.enable()


@contextmanager
def paused() -> Iterator[None]:
    """Collect nothing meanwhile: one collection over a large tree stops every thread.

    The objects that remain are never scanned again; without cycles they are freed by their reference counts.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
