"""The record of a process that writes: for messages, and to find out whether it still runs, and on which machine."""

from __future__ import annotations

import getpass
import os
import pwd
import socket
import time
from typing import Final

from core.records import dataclass
from core.safe_text import safe

_BOOT_ID: Final = "/proc/sys/kernel/random/boot_id"


@dataclass(frozen=True, slots=True)
class Process:
    """A process that writes: for messages, and to check whether it is still alive."""

    user: str
    host: str
    boot: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{safe(self.user)}@{safe(self.host)}, process {self.pid}, since {safe(self.since)}"


def is_running(pid: int) -> bool:
    """Whether this machine has a process of that number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def user_name(uid: int) -> str:
    """The name of a user, or the number where the password database has none, as in many containers."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def this_process() -> Process:
    """The record of this process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no entry in the password database, as in many containers
        user = str(os.getuid())
    try:
        with open(_BOOT_ID, encoding="ascii") as stream:
            boot = stream.read().strip()
    except OSError:
        boot = ""
    since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    return Process(user, socket.gethostname(), boot, os.getpid(), since)


def parse_process(record: object) -> Process | None:
    """A process record from JSON, or None when invalid."""
    if not isinstance(record, dict):
        return None
    user, host, boot, since, pid = (record.get(key) for key in ("user", "host", "boot", "since", "pid"))
    if not (isinstance(user, str) and isinstance(host, str) and isinstance(boot, str) and isinstance(since, str)):
        return None
    return Process(user, host, boot, pid, since) if isinstance(pid, int) else None
