"""What makes the start light: modules that wait until they are used, and garbage that is collected afterwards.

Everything here is an optimisation of the `pipedeck` command. Set PIPEDECK_LEAN=0 and nothing of it happens; the app
runs the same.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping

LEAN = "PIPEDECK_LEAN"


def start_light(environ: Mapping[str, str] = os.environ) -> bool:
    """Let what the first screen does not need wait; to be called before Textual is imported. False: it is off."""
    if environ.get(LEAN, "").strip() == "0" or "textual" in sys.modules:
        return False
    gc.disable()
    from tui.lean.waiting import let_wait

    let_wait()
    return True


def settle() -> None:
    """The first screen is there: what was made so far stays, so it is never looked through again for garbage."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
