"""Job control: whether a shell waits that the app can be suspended to."""

from __future__ import annotations

import os


def has_job_control() -> bool:
    """Whether the parent is in this session and another process group, as a shell with job control is.

    After `ssh -t HOST pipedeck` it is not: a process that stops there would hang the connection.
    """
    parent = os.getppid()
    try:
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    except OSError:  # the parent has ended
        return False
