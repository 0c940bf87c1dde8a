"""Random edits of any deck are applied or refused, never raise, and change only their target."""

from __future__ import annotations

from pathlib import Path

from tests.core.edits.fix_campaign import RELEASES
from tests.core.edits.intent_campaign import run
from tests.support.stock import stock_tree_or_skip


def test_random_edits_change_only_their_target(tmp_path: Path) -> None:
    for release in RELEASES:
        stock_tree_or_skip(release)
    tally = run(420, 7, tmp_path)
    assert tally.faults == []
    assert tally.edits - tally.refused > 100
    assert len(tally.kinds) > 15
