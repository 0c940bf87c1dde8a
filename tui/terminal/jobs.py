"""Going to the shell and coming back: only where one waits, as nobody else would let the app go on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.faces.app import AppFace


def pause(app: AppFace) -> str:
    """Give the terminal to the shell until its `fg`; returns why not, or nothing."""
    if not shell_waits():
        return "there is no shell to go to: pipedeck was not started from one"
    app.action_suspend_process()
    app.call_later(app.redraw)
    return ""


def shell_waits() -> bool:
    """Whether the parent is of this session and of another group of processes, as a shell with job control is.

    After `ssh -t HOST pipedeck` it is not: a process that stops there would hang the connection.
    """
    parent = os.getppid()
    try:
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    except OSError:  # the parent has gone
        return False
