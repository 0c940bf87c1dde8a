"""Over a real SSH connection: the app starts, answers keys, and is gone when the line drops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.api import inspect_tree
from tests.core.workspace.support import bytes_of
from tests.trust.ssh import Remote, Ssh, available, server
from tui.sample import copy_sample

pytestmark = [pytest.mark.pty, pytest.mark.skipif(bool(available()), reason=available() or "it can")]


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ssh]:
    """A server for the tests of this file."""
    with server(tmp_path_factory.mktemp("ssh")) as running:
        yield running


def test_the_demo_is_there_within_a_connection_and_leaves(ssh: Ssh, tmp_path: Path) -> None:
    with Remote(ssh, tmp_path, ["demo"], {}) as terminal:
        terminal.wait_for("1 of 7 LLM presets dead")
        terminal.send("4", "down", "down")
        assert "DEAD" in terminal.text or "ok" in terminal.text
        terminal.send("q")
        assert terminal.wait(10) == 0


KEYS_SET = {"ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": "o", "MISTRAL_API_KEY": "m"}


def test_the_five_jobs_that_people_come_for(ssh: Ssh, tmp_path: Path) -> None:
    tree = copy_sample(tmp_path / "shop")
    before = bytes_of(tree)
    with Remote(ssh, tmp_path, [str(tmp_path / "shop")], KEYS_SET) as terminal:
        # Can it run, and what is dead and why?
        terminal.wait_for("1 of 7 LLM presets dead")
        terminal.send("5", "enter")
        terminal.wait_for("5 Problems  of one cause")
        assert "backend google is off" in terminal.text
        # Why does this preset end where it does? What esc does is awaited: with 4 behind it, it would be another key.
        terminal.send("esc")
        terminal.wait_for("5 Problems  1 cause")
        terminal.send("4")
        terminal.wait_for("@everyday")
        assert "claude-4.5-sonnet" in terminal.text
        assert "1_llm_deck.toml:" in terminal.text
        # Let it name another model, out of those that are served.
        terminal.send("m")
        terminal.wait_for("type to filter")
        terminal.send("g", "p", "t", "-", "5", "enter")
        terminal.wait_for("1 edit not written")
        assert "gpt-5" in terminal.text
        assert bytes_of(tree) == before
        # What dies when a backend is turned off? Then take both back.
        terminal.send("1", "down", "space")
        terminal.wait_for("kills")
        terminal.send("u", "u")
        # Use only one's own provider: look, do it, look at the difference, write.
        terminal.send("1", "g", "o")
        terminal.wait_for("what dies, and what takes its place")
        terminal.send("w")
        terminal.send("w")
        terminal.wait_for("review:")
        terminal.send("w")
        terminal.settle(1.0)
        if "anyway" in terminal.text or "error" in terminal.text:
            terminal.send("down", "enter")
        terminal.wait_for("wrote")
        terminal.send("q")
        assert terminal.wait(10) == 0
    report = inspect_tree(str(tmp_path / "shop"), environ={"HOME": str(tmp_path), **KEYS_SET})
    assert set(report.catalog.enabled) == {"anthropic", "internal"}
    assert report.catalog.active == "all_anthropic"
