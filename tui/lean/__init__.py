"""What makes the start light: modules that wait until they are used, and garbage that is collected afterwards.

Everything here is an optimisation of the `pipedeck` command. Set PIPEDECK_LEAN=0 and nothing of it happens; the app
runs the same.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

LEAN = "PIPEDECK_LEAN"
_SWITCH_S = 0.0005
COLLECT = (10_000, 20, 50)
"""How many new things, and rounds of looking at them, pass before garbage is looked for further back: an edit makes a
hundred thousand things that stay, and looking through them again and again takes longer than the edit.
"""


def wait_early(environ: Mapping[str, str] = os.environ) -> None:
    """Let wait what the standard library imports for its own errors; to be called before anything else is imported."""
    if _wanted(environ):
        from tui.lean.later import later

        for name in ("inspect", "tokenize"):
            later(name)


def start_light(environ: Mapping[str, str] = os.environ) -> bool:
    """Let what the first screen does not need wait; to be called before Textual is imported. False: it is off."""
    if not _wanted(environ):
        return False
    gc.disable()
    from tui.lean.waiting import let_wait

    let_wait()
    return True


def _wanted(environ: Mapping[str, str]) -> bool:
    return environ.get(LEAN, "").strip() != "0" and "textual" not in sys.modules


def textual_is_imported() -> None:
    """Textual has been given what it wants of modules that wait: others get the real ones."""
    waiting = sys.modules.get("tui.lean.waiting")
    if waiting is not None:
        waiting.textual_is_imported()


def settle() -> None:
    """The first screen is there.

    What was made so far stays, so it is never looked through again for garbage; and threads that work give way to keys
    at once.
    """
    sys.setswitchinterval(_SWITCH_S)
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(*COLLECT)
        gc.enable()


@contextmanager
def without_pauses() -> Iterator[None]:
    """Work on what is huge without looking for garbage, which stops every thread for as long as that takes.

    What is left afterwards is never looked through again; it goes as soon as nobody holds it, being free of circles.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
