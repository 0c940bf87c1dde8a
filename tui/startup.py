"""The light start of the app: garbage collection is held until the first screen, unused modules are lazy.

The held collection saves 27 ms of 285 ms of imports alone: `python -m tests.benchmarks --only start`.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tui import lazy_modules

THRESHOLDS: Final = (10_000, 20, 50)
"""The arguments of `gc.set_threshold`: an edit allocates a hundred thousand objects that live on, and scanning them
repeatedly takes longer than the edit.
"""
_SWITCH_INTERVAL_S: Final = 0.0005


def start_light() -> None:
    """Hold garbage collection, as almost all objects of the start live on, and install the lazy modules.

    To be called before Textual is imported; does nothing afterwards.
    """
    if "textual" not in sys.modules:
        gc.disable()
        lazy_modules.install()


def resume_collection() -> None:
    """Collect garbage again, but never scan the objects made so far; let worker threads yield to keys quickly."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)
        gc.enable()


@contextmanager
def collection_paused() -> Iterator[None]:
    """Collect no garbage meanwhile: one collection over a large tree stops every thread.

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
