"""Whether a shell waits behind the app: only then may it be paused, as nobody else would let it go on."""

from __future__ import annotations

import os


def shell_waits() -> bool:
    """Whether the parent is of this session and of another group of processes, as a shell with job control is.

    After `ssh -t HOST pipedeck` it is not: a process that stops there would hang the connection.
    """
    parent = os.getppid()
    try:
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    except OSError:  # the parent has gone
        return False
