"""SIGKILL at random moments of a child that commits, while readers read: whole files always, whole trees afterwards."""

from __future__ import annotations

from pathlib import Path

from tests.core.store.killing import kill_many

ROUNDS = 12
"""The number of rounds of forty kills until they have hit every phase."""


def test_kills_by_forties(fast_path: Path) -> None:
    kills = commits = recovered = reads = rounds = 0
    # How many kills fall into a commit depends on the machine: on a busy one it takes more of them.
    while rounds < ROUNDS and not (commits > 20 and recovered > 5 and reads > 100):
        root = fast_path / f"round-{rounds}"
        root.mkdir()
        tally = kill_many(root, kills=40, seed=rounds + 1)
        assert tally.kills == 40
        kills, rounds = kills + tally.kills, rounds + 1
        commits, recovered, reads = commits + tally.commits, recovered + tally.recovered, reads + tally.reads
    assert commits > 20
    assert recovered > 5
    assert reads > 100
