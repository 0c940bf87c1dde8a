"""Job control: suspending the app to the shell that started it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.faces.app import AppFace


def pause(app: AppFace) -> str:
    """Suspend the app until the shell's `fg`; returns the reason why not, or nothing."""
    if not has_job_control():
        return "there is no shell to go to: pipedeck was not started from one"
    app.action_suspend_process()
    app.call_later(app.redraw)
    return ""


def has_job_control() -> bool:
    """Whether the parent is in this session and another process group, as a shell with job control is.

    After `ssh -t HOST pipedeck` it is not: a process that stops there would hang the connection.
    """
    parent = os.getppid()
    try:
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    except OSError:  # the parent has ended
        return False
