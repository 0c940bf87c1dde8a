"""Runs commands with an audit hook that logs connections, written files and started programs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.environment import fenced
from tests.trust.terminal import CHECKOUT

_HOOK = """
import os, sys
_own = {"/dev/tty", "/dev/null", *(os.ttyname(number) for number in range(3) if os.isatty(number))}
def _watch(event, args, _log=os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.exec", "os.system"):
        os.write(_log, f"{event} {args[-1]!r}\\n".encode())
    elif event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        path = os.fspath(args[0]) if not isinstance(args[0], int) else args[0]
        if isinstance(path, (str, bytes)) and os.fsdecode(path) not in _own:
            os.write(_log, f"write {os.fsdecode(path)!r}\\n".encode("utf-8", "backslashreplace"))
    elif event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.chmod"):
        os.write(_log, f"{event} {args[0]!r}\\n".encode("utf-8", "backslashreplace"))
sys.addaudithook(_watch)
"""


@dataclass(frozen=True)
class Watch:
    """The log of the audit hook, and the variables that install it in a Python process."""

    log: Path
    variables: Mapping[str, str]

    @property
    def actions(self) -> list[str]:
        """The logged actions, one per line, without written bytecode."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if "__pycache__" not in line]


def watch(folder: Path) -> Watch:
    """Create the hook and its log in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(_HOOK)
    log = folder / "actions.log"
    path = os.pathsep.join([str(folder), str(CHECKOUT)])
    return Watch(log, {"PYTHONPATH": path, "WATCH_LOG": str(log), "PYTHONDONTWRITEBYTECODE": "1"})


def run(
    arguments: Sequence[str], home: Path, variables: Mapping[str, str], cwd: Path
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end."""
    environment = fenced(home) | {"PYTHONPATH": str(CHECKOUT)} | dict(variables)
    command = [sys.executable, "-m", "tui", *arguments]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, timeout=120, check=False)
