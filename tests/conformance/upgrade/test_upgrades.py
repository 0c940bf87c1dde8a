"""A few stock trees, untouched and with random edits, upgraded to later releases: nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.upgrade import command
from tests.conformance.upgrade.command import Tally, random_trees, stock_trees
from tests.support.stock import stock_tree_or_skip

RELEASES = ("0.10.2", "0.14.3", "0.32.1", "0.92.2")


@pytest.fixture(autouse=True)
def _stock() -> None:
    """The stock trees, if they can be had."""
    for release in RELEASES:
        stock_tree_or_skip(release)


def test_untouched_trees_become_the_kit(tmp_path: Path) -> None:
    tally = Tally()
    stock_trees(tally, tmp_path, RELEASES[:-1], RELEASES[-1], command.stock_kit)
    assert tally.faults == []
    assert tally.trees == len(RELEASES) - 1


def test_random_edits_are_kept_or_listed(tmp_path: Path) -> None:
    tally = Tally()
    random_trees(tally, tmp_path, 6, 0, RELEASES, command.stock_kit)
    assert tally.faults == []
    assert tally.changes > 20
