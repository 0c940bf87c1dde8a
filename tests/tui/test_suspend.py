"""ctrl+z suspends the app to the shell until fg; without job control it is refused."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.benchmarks.pty_session import PtySession
from tests.support.environment import fenced
from tests.trust.terminal import Terminal

pytestmark = pytest.mark.pty

CHECKOUT = Path(__file__).resolve().parents[2]
# A shell with job control needs a controlling terminal.
SHELL = "import os, fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp('bash', ['bash', '--norc', '-i'])"
THE_SHELLS_OWN = {"2004"}
"""Modes that bash sets for its prompt: bracketed paste."""
VERDICT = "runs in part: 1 of 7 LLM presets dead"


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_suspend_and_fg_restore_the_screen(tmp_path: Path) -> None:
    variables = fenced(tmp_path) | {"PYTHONPATH": str(CHECKOUT), "PS1": "shell> "}
    with PtySession([sys.executable, "-c", SHELL], variables) as session:
        session.wait_for("shell>")
        session.type(f"{shlex.quote(sys.executable)} -m tui demo\r")
        session.wait_for(VERDICT)
        session.type("4")
        session.wait_for("$writing            deck/1_llm_deck.toml:23")
        session.type("\x1a")
        session.wait_for("Stopped")
        assert set(session.left_on) <= THE_SHELLS_OWN
        session.type("echo here $((6*7))\r")
        session.wait_for("here 42")
        session.type("fg\r")
        session.wait_for("$writing            deck/1_llm_deck.toml:23")
        assert VERDICT in "\n".join(session.lines)
        session.type("j")
        session.wait_for("$writing-long")
        session.type("q")
        session.wait_for("shell>")
        assert set(session.left_on) <= THE_SHELLS_OWN


def test_suspend_without_a_shell_is_refused(tmp_path: Path) -> None:
    with Terminal(tmp_path, ["demo"]) as terminal:
        terminal.wait_for(VERDICT)
        terminal.send("\x1a")
        terminal.wait_for("cannot suspend")
        terminal.send("4")
        terminal.wait_for("deck/1_llm_deck.toml:23")
        terminal.send("q")
        assert terminal.wait(10) == 0
