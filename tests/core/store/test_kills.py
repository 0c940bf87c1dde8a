"""SIGKILL at random moments of a child that commits, while readers read: whole files always, whole trees afterwards."""

from __future__ import annotations

from pathlib import Path

from tests.core.store.killing import kill_many


def test_forty_kills(fast_path: Path) -> None:
    tally = kill_many(fast_path, kills=40, seed=1)
    assert tally.kills == 40
    # The kills met what they are to meet; how often depends on the machine.
    assert tally.commits > 20
    assert tally.recovered > 5
    assert tally.reads > 100
