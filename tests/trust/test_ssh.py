"""The app over SSH: it starts, handles keys, and ends when the connection is lost."""

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
    """The SSH server of this file."""
    with server(tmp_path_factory.mktemp("ssh")) as running:
        yield running


def test_demo_starts_and_ends_over_ssh(ssh: Ssh, tmp_path: Path) -> None:
    with Remote(ssh, tmp_path, ["demo"], {}) as terminal:
        terminal.wait_for("1 of 7 LLM presets dead")
        terminal.send("4", "down", "down")
        assert "DEAD" in terminal.text or "ok" in terminal.text
        terminal.send("q")
        assert terminal.wait(10) == 0


KEYS_SET = {"ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": "o", "MISTRAL_API_KEY": "m"}


def test_five_common_jobs_over_ssh(ssh: Ssh, tmp_path: Path) -> None:
    tree = copy_sample(tmp_path / "shop")
    before = bytes_of(tree)
    with Remote(ssh, tmp_path, [str(tmp_path / "shop")], KEYS_SET) as terminal:
        # Show whether it can run, and why a name is dead.
        terminal.wait_for("1 of 7 LLM presets dead")
        terminal.send("5", "enter")
        terminal.wait_for("5 Problems  of one cause")
        assert "backend google is off" in terminal.text
        # Explain a preset. Wait for esc: followed by 4 at once, it would be another key.
        terminal.send("esc")
        terminal.wait_for("5 Problems  1 error")
        terminal.send("4")
        terminal.wait_for("@everyday")
        assert "claude-4.5-sonnet" in terminal.text
        assert "1_llm_deck.toml:" in terminal.text
        # Point it at another served model.
        terminal.send("m")
        terminal.wait_for("type to filter")
        terminal.send("g", "p", "t", "-", "5", "enter")
        terminal.wait_for("1 edit not written")
        assert "gpt-5" in terminal.text
        assert bytes_of(tree) == before
        # Turn a backend off, see the impact, and undo both edits.
        terminal.send("1", "down", "space")
        terminal.wait_for("unavailable")
        terminal.send("u", "u")
        # Use one provider only: preview, apply, review the diff, write.
        terminal.send("1", "g", "o")
        terminal.wait_for("names that die, and their replacements")
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
