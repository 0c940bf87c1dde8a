"""The user's own editor in a real terminal: however it ends, the app has the terminal back, with what was saved."""

from __future__ import annotations

import shlex
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.benchmarks.pty_session import PtySession
from tests.support.environment import fenced
from tui.sample import copy_sample

pytestmark = pytest.mark.pty

CHECKOUT = Path(__file__).resolve().parents[3]
# Keys of signals need a controlling terminal.
START = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execv(sys.executable, [sys.executable, '-m', 'tui', *sys.argv[1:]])"
)
SAVE = 'sed -i "1i # saved outside" "$1"\n'
RAW = "stty raw -echo <&0\n"
OWN_GROUP = (
    "import os, signal; signal.signal(signal.SIGTTOU, signal.SIG_IGN);"
    "os.setpgid(0, 0); os.tcsetpgrp(0, os.getpid()); os.abort()"
)


class Session(PtySession):
    """The app in a terminal that controls it."""

    def __enter__(self) -> Session:
        return self

    def wait_for(self, text: str) -> int:
        """Read until a text is on the screen; return at once when it already is."""
        self._read(0.1)
        return 0 if any(text in line for line in self.lines) else super().wait_for(text)

    @property
    def is_raw(self) -> bool:
        """Whether the terminal hands over each key, without echo."""
        return not termios.tcgetattr(self._terminal)[3] & (termios.ICANON | termios.ECHO)


@contextmanager
def editing(folder: Path, editor: str | None, **variables: str) -> Iterator[Session]:
    """The app on a copy of the sample, where `E` was pressed on a backend."""
    copy_sample(folder / "shop")
    (folder / "home").mkdir()
    environ = fenced(folder / "home") | {"PYTHONPATH": str(CHECKOUT)} | variables
    if editor is not None:
        script = folder / "editor"
        script.write_text(f"#!/bin/sh\n{editor}", encoding="utf-8")
        script.chmod(0o700)
        environ["EDITOR"] = str(script)
    with Session([sys.executable, "-c", START, str(folder / "shop")], environ, 100, 30) as session:
        session.wait_for("5 Problems")
        session.press("1")
        session.type("E")
        yield session


def answers(session: Session) -> None:
    """The app has the terminal: it follows a key, and leaves the terminal as it was."""
    assert session.is_raw
    session.type("esc")
    session.wait_for("Backends")
    session.type("q")
    while session._read(1.0):
        pass
    assert session._process.wait(timeout=30) == 0
    assert not session.is_raw
    assert not session.left_on


@pytest.mark.parametrize("variables", [{"EDITOR": "/nowhere/editor -w"}, {"PATH": "/nowhere"}, {"EDITOR": "'open"}])
def test_an_editor_that_cannot_start(tmp_path: Path, variables: dict[str, str]) -> None:
    with editing(tmp_path, None, **variables) as session:
        session.wait_for("the editor cannot be started: ")
        answers(session)


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (SAVE + "exit 3\n", "the editor exited with status 3"),
        (SAVE + RAW + "kill -9 $$\n", "the editor was ended by SIGKILL"),
        (SAVE + f"exec {shlex.quote(sys.executable)} -c {shlex.quote(OWN_GROUP)}\n", "SIGABRT"),
        (SAVE + "echo editing\nexec cat\n", "the editor was ended by SIGINT"),
    ],
)
def test_what_a_failed_editor_saved_is_offered(tmp_path: Path, script: str, problem: str) -> None:
    with editing(tmp_path, script) as session:
        if "cat" in script:
            session.wait_for("editing")
            session.type("\x03")
        session.wait_for(problem)
        session.wait_for("apply what it saved")
        session.type("enter")
        session.wait_for("# saved outside")
        session.type("u")
        session.wait_for("undone: edit the text")
        answers(session)


def test_an_editor_that_fails_without_saving(tmp_path: Path) -> None:
    with editing(tmp_path, "exit 1\n") as session:
        session.wait_for("the editor exited with status 1")
        assert "apply" not in "\n".join(session.lines)
        answers(session)
