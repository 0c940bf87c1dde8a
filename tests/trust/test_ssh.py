"""Over a real SSH connection: the app starts, answers keys, and is gone when the line drops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trust.ssh import Remote, Ssh, available, server

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
