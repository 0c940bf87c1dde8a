"""Interactive shells in a pseudo-terminal, for tests of completion."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.cli.process import CHECKOUT

STAND_IN = """#!{python}
import json, sys
sys.path.insert(0, {checkout!r})
if sys.argv[1:2] == ["__complete"]:
    from tui.cli.main import main
    sys.exit(main())
print("<<" + json.dumps(sys.argv[1:]) + ">>", flush=True)
"""
"""A replacement of `pipedeck` on PATH: forwards requests for names, and prints other arguments."""

STARTS: Mapping[str, Sequence[str]] = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "zsh": ("zsh", "-f", "-i"),
    "fish": ("fish", "--no-config", "-i"),
}
SOURCES: Mapping[str, str] = {
    "bash": "source {script}",
    "zsh": "unsetopt zle_bracketed_paste; PS1=; autoload -U compinit; compinit -u -D; source {script}",
    "fish": "source {script}",
}
TIMEOUT_S = 30


class Shell:
    """A shell with a completion script. It prints the words of a completed line."""

    def __init__(self, name: str, script: str, folder: Path) -> None:
        """Start a shell in a folder, with its completion script; skips the test when there is no such shell."""
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed")
        program = folder / "bin" / "pipedeck"
        program.parent.mkdir(exist_ok=True)
        program.write_text(STAND_IN.format(python=sys.executable, checkout=str(CHECKOUT)))
        program.chmod(0o755)
        completion = folder / "bin" / f"completion.{name}"
        completion.write_text(script)
        path = f"{program.parent}:{os.environ['PATH']}"
        environ = {**os.environ, "PATH": path, "PS1": "", "TERM": "dumb"}
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execvpe(STARTS[name][0], list(STARTS[name]), environ)
        self._send(SOURCES[name].format(script=completion) + "; echo rea''dy\n")
        self._until(b"ready")

    def completed(self, line: str) -> list[str]:
        """The arguments of `pipedeck` after entering a line with tabs."""
        self._send(line + "\n")
        seen = self._until(b">>")
        words: list[str] = json.loads(seen.rpartition(b"<<")[2].partition(b">>")[0])
        return words

    def _send(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def _until(self, expected: bytes) -> bytes:
        seen = b""
        end = time.monotonic() + TIMEOUT_S
        while expected not in seen:
            ready, _, _ = select.select([self._fd], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f"{expected!r} never came: {seen[-500:]!r}")
            seen += os.read(self._fd, 65536)
        return seen

    def close(self) -> None:
        """Stop the shell."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)
