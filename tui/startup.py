"""The light start of the app: garbage collection is held until the first screen, and asyncio imports no TLS.

What both buy, by `python -m tests.benchmarks --only start,keys`: the held collection a tenth of the processor time to
the first screen; asyncio without TLS 4 MiB of 57 (1.39 of the floor instead of 1.51).
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Final

THRESHOLDS: Final = (10_000, 20, 50)
"""The arguments of `gc.set_threshold`: an edit allocates a hundred thousand objects that live on, and scanning them
repeatedly takes longer than the edit.
"""
_SWITCH_INTERVAL_S: Final = 0.0005


def start_light() -> None:
    """Hold garbage collection and import asyncio without TLS; to be called before Textual is imported.

    The app opens no connection through asyncio: live checks use httpx in threads, which imports `ssl` itself.
    """
    gc.disable()
    if "asyncio" not in sys.modules:
        sys.modules["ssl"] = None  # type: ignore[assignment] # an import of it fails, as on a Python built without TLS
        try:
            import_module("asyncio")
        finally:
            del sys.modules["ssl"]


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
