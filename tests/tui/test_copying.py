"""Copying: the text, the method, and the message."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.environment import fenced
from tests.support.trees import KEYS, g3_1, write_tree
from tests.tui.app_driver import demo, open_app, request_for
from tests.tui.test_app_in_terminal import CHECKOUT, AppSession
from tui.clipboard import MAX_BYTES, copy, sequence

OSC_52 = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


@pytest.mark.parametrize(
    ("keys", "copied"),
    [
        (("1",), "anthropic"),
        (("2", "down"), "claude-4.5-sonnet"),
        (("3",), "claude-*"),
        (("4",), "$writing"),
        (("4", "slash", *"everyday", "enter", "end"), "@everyday"),
        (("0",), "runs in part: 1 of 7 LLM presets dead"),
    ],
)
async def test_name_is_copied_as_written_in_files(
    keys: tuple[str, ...], copied: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    async with demo() as app:
        driver = app.app._driver
        assert driver is not None
        monkeypatch.setattr(driver, "write", sent.append)
        await app.press(*keys, "y")
        monkeypatch.undo()
        count = f"{len(copied)} character"
        assert app.lines[-1].startswith(f" copied {count}")
        assert app.lines[-1].endswith("to your terminal's clipboard (OSC 52)")
    (content,) = [match[1] for text in sent if (match := OSC_52.fullmatch(text.encode()))]
    assert base64.b64decode(content).decode() == copied


async def test_problem_is_copied_with_location_and_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with demo() as app:
        monkeypatch.setattr(app.app, "copy", copied.append)
        await app.press("5", "down", "y")
    assert copied[0].startswith("routing_profiles.toml:17: route gpt-5-* -> openai can never win")
    assert copied[0].endswith("move gpt-5-* above gpt-*, or remove it")


@pytest.mark.parametrize(
    ("config", "command"),
    [
        ("home = /usr/bin\n", "./.venv/bin/python -m pip install anthropic"),
        ("home = /usr/bin\nuv = 0.9.0\n", "uv pip install --python ./.venv anthropic"),
    ],
)
async def test_command_that_installs_a_missing_package_is_copied(
    config: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        **g3_1(),
        "../../.venv/pyvenv.cfg": config,
        "../../.venv/lib/python3.11/site-packages/pipelex-0.92.2.dist-info/METADATA": "Name: pipelex\n",
    }
    root = write_tree(tmp_path / "shop", files)
    copied: list[str] = []
    async with open_app(request_for(root, tmp_path / "home", **KEYS)) as app:
        monkeypatch.setattr(app.app, "copy", copied.append)
        await app.press("1", "down", "P", "4", "/", *"best-claude", "enter", "end", "P")
        assert copied == [command, command]
        await app.press("0", "P")
        assert command in copied.pop().split(" && ")
        await app.press("3", "P")
        assert copied == [command, command]
        assert "no package is missing for this" in app.text


def test_oversized_text_is_not_copied() -> None:
    sent: list[str] = []
    assert copy("x" * MAX_BYTES, "terminal", {}, sent.append).sent
    done = copy("x" * (MAX_BYTES + 1), "terminal", {}, sent.append)
    assert not done.sent
    assert done.message.startswith("not copied: 56,001 characters exceed the limit of terminals")
    assert len(sent) == 1


def test_clipboard_off_copies_nothing() -> None:
    sent: list[str] = []
    assert copy("x", "off", {}, sent.append).message == "not copied: the setting clipboard is off"
    assert sent == []


def test_gnu_screen_gets_short_sequences() -> None:
    text = sequence(b"x" * 1000, {"STY": "1.pts"})
    pieces = re.findall("\x1bP(.*?)\x1b\\\\", text, re.DOTALL)
    assert "".join(pieces) == sequence(b"x" * 1000, {})
    assert max(map(len, pieces)) <= 250


def test_missing_tmux_is_reported(tmp_path: Path) -> None:
    done = copy("x", "auto", {"TMUX": "/nowhere,1,0", "PATH": str(tmp_path)}, lambda _: None)
    assert not done.sent
    assert "tmux did not answer" in done.message


class InTmux(AppSession):
    """A tmux server in a terminal that runs the demo."""

    def __init__(self, home: Path, socket: str) -> None:
        self.modes = {}
        self.raw = b""
        variables = fenced(home) | {"PYTHONPATH": str(CHECKOUT), "TERM": "xterm-256color"}
        app = f"{sys.executable} -m tui demo"
        super(AppSession, self).__init__(["tmux", "-L", socket, "-f", os.devnull, "new-session", app], variables)


@pytest.fixture
def socket() -> Iterator[str]:
    """The name of a tmux server, which is stopped after the test."""
    if shutil.which("tmux") is None:
        pytest.skip("no tmux here")
    name = f"pipedeck-{uuid.uuid4().hex[:8]}"
    yield name
    subprocess.run(["tmux", "-L", name, "kill-server"], capture_output=True, check=False)


@pytest.mark.pty
def test_copy_in_tmux_reaches_the_terminal(tmp_path: Path, socket: str) -> None:
    with InTmux(tmp_path, socket) as session:
        session.wait_for("5 Problems")
        session.press("4")
        session.press("y")
        session.wait_for("copied 8 characters, through tmux")
    shown = subprocess.run(["tmux", "-L", socket, "show-buffer"], capture_output=True, check=True)
    assert shown.stdout == b"$writing"
    assert base64.b64encode(b"$writing") in session.raw
