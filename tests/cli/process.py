"""Runs the command in a new process, with pipes or on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 60


def command(*arguments: str) -> list[str]:
    """The command line of pipedeck from the checkout, for any current directory."""
    return [sys.executable, "-c", "import sys; from tui.cli.main import main; sys.exit(main())", *arguments]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The minimal environment of the test, with the checkout importable."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), **(extra or {})}


def run(
    *arguments: str, environ: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run pipedeck with its output piped."""
    return subprocess.run(
        command(*arguments),
        env=environment(environ),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def run_on_a_terminal(*arguments: str, environ: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run pipedeck with its stdout on a pseudo-terminal. Returns the exit status and the output."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        command(*arguments), env=environment(environ), stdin=slave, stdout=slave, stderr=subprocess.PIPE
    ) as process:
        os.close(slave)
        chunks = []
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:  # the terminal was closed
                break
            if not chunk:
                break
            chunks.append(chunk)
        os.close(master)
        return process.wait(TIMEOUT_S), b"".join(chunks).decode("utf-8")
