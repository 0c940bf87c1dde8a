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


def run_on_a_terminal(
    *arguments: str, environ: Mapping[str, str] | None = None, answers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run pipedeck with stdin and stdout on a pseudo-terminal. Returns the exit status and the output.

    `answers` are typed, each with enter, once the terminal shows the prompt that ends in its key; stderr is shown then.
    """
    master, slave = pty.openpty()
    words = command(*arguments)
    if answers:
        words[2] = f"import os; os.close(os.open(os.ttyname(0), os.O_RDWR)); {words[2]}"  # the controlling terminal
    with subprocess.Popen(
        words,
        env=environment(environ),
        stdin=slave,
        stdout=slave,
        stderr=slave if answers else subprocess.PIPE,
        start_new_session=bool(answers),
    ) as process:
        os.close(slave)
        left = dict(answers or {})
        chunks: list[bytes] = []
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:  # the terminal was closed
                break
            if not chunk:
                break
            chunks.append(chunk)
            prompt = next(iter(left), None)
            if prompt is not None and b"".join(chunks).endswith(prompt.encode()):
                os.write(master, left.pop(prompt).encode() + b"\n")
        os.close(master)
        return process.wait(TIMEOUT_S), b"".join(chunks).decode("utf-8")
