"""The installed command in a real terminal: keys in, bytes on the disk."""

from __future__ import annotations

import os
import shutil
import sysconfig
import time
from pathlib import Path

import pytest

from tests.benchmarks.pty_session import PtySession
from tests.support.environment import fenced
from tests.tui.edit.trees import bytes_of
from tui.sample import copy_sample

pytestmark = pytest.mark.pty

COMMAND = Path(sysconfig.get_path("scripts")) / "pipedeck"
KEYS = {"ANTHROPIC_API_KEY": "made-up", "OPENAI_API_KEY": "made-up", "MISTRAL_API_KEY": "made-up"}


class Typed(PtySession):
    """The installed command on a copy of the sample."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        if not COMMAND.exists():
            pytest.skip("pipedeck is not installed beside this Python")
        self.tree = copy_sample(folder / "shop")
        (folder / "home").mkdir()
        environ = fenced(folder / "home") | KEYS | {"COLORTERM": "truecolor"} | variables
        super().__init__([str(COMMAND), str(folder / "shop"), *arguments], environ)

    def __enter__(self) -> Typed:
        self.wait_for("5 Problems")
        return self

    def keys(self, *keys: str) -> None:
        """Press keys one after the other; a text of several letters is typed at once."""
        for key in keys:
            self.press(key)

    def leave(self) -> int:
        """Leave, and give the exit code."""
        os.write(self._terminal, b"q")
        while self._read(5.0):
            pass
        return self._process.wait(timeout=30)

    def read(self, name: str) -> str:
        """A file of the tree."""
        return (self.tree / name).read_text(encoding="utf-8")

    def until(self, words: str) -> None:
        """Wait until some words are on the screen."""
        limit = time.monotonic() + 20
        while not any(words in line for line in self.lines) and time.monotonic() < limit:
            self._read(0.5)
        assert any(words in line for line in self.lines), "\n".join(self.lines)


def test_job_8_a_backend_is_turned_off(tmp_path: Path) -> None:
    with Typed(tmp_path) as app:
        app.keys("1", "down", "down", " ")
        app.until("1 name dies")
        app.keys("w", "w")
        app.until("do not write")
        app.keys("down", "enter")
        app.until("wrote .pipelex")
        assert app.read("backends.toml").count("\nenabled = false") == 2
        assert app.leave() == 0


def test_job_5_a_profile_is_switched_on_this_machine_only(tmp_path: Path) -> None:
    with Typed(tmp_path) as app:
        app.keys("p", "cheap", "enter")
        app.until("profile cheapest")
        app.keys("w", "w")
        app.until("wrote .pipelex")
        assert 'active = "cheapest"' in app.read("routing_profiles_override.toml")
        assert app.leave() == 0


def test_job_6_a_dead_preset_is_repointed(tmp_path: Path) -> None:
    with Typed(tmp_path) as app:
        app.keys("4", "/", "diagrams", "enter", "m", "enter", "w", "w")
        app.until("wrote .pipelex")
        assert 'read-diagrams = { model = "gpt-5" }' in app.read("deck/x_custom_llm_deck.toml")
        assert app.leave() == 0


def test_job_12_undo_after_writing_brings_back_every_byte(tmp_path: Path) -> None:
    with Typed(tmp_path) as app:
        before = bytes_of(app.tree)
        app.keys("3", "J", "w", "w")
        app.until("wrote .pipelex")
        assert bytes_of(app.tree) != before
        app.keys("u", "w", "w")
        app.until("wrote .pipelex")
        assert bytes_of(app.tree) == before
        assert app.leave() == 0


def test_job_13_a_local_model_is_added(tmp_path: Path) -> None:
    with Typed(tmp_path) as app:
        app.keys("1", "a", "ollama", "enter", "llama3.3", "enter", "enter", "w", "w")
        app.until("wrote .pipelex")
        assert "llama3.3" in app.read("backends/ollama.toml")
        assert app.leave() == 0


def test_job_23_a_preset_is_made_from_another_without_colours(tmp_path: Path) -> None:
    with Typed(tmp_path, NO_COLOR="1") as app:
        app.keys("4", "d", "-emails", "enter", "w", "w")
        app.until("wrote .pipelex")
        assert "writing-emails = { " in app.read("deck/x_custom_llm_deck.toml")
        assert app.leave() == 0


def test_job_11_an_editor_of_ones_own_gets_the_file_at_its_line(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/asked\n{shutil.which("sed")} -i "s/0.9,/0.8,/" "$2"\n')
    editor.chmod(0o755)
    vim = tmp_path / "vim"
    vim.symlink_to(editor)
    with Typed(tmp_path, VISUAL=str(vim)) as app:
        app.keys("4")
        os.write(app._terminal, b"E")
        app.until("edit the text of")
        assert (tmp_path / "asked").read_text() == "+23\n"
        app.keys("\x1b")
        app.keys("w", "w")
        app.until("wrote .pipelex")
        assert "temperature = 0.8" in app.read("deck/1_llm_deck.toml")
        assert app.leave() == 0


def test_a_tree_for_reading_only_stays_as_it_is(tmp_path: Path) -> None:
    with Typed(tmp_path, "--read-only") as app:
        before = bytes_of(app.tree)
        app.keys("1", " ")
        app.until("nothing can be edited")
        assert app.leave() == 0
        assert bytes_of(app.tree) == before
