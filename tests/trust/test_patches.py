"""Differences of random edits of stock trees apply to the byte, with `git apply` and `patch`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.stock import stock_tree_or_skip
from tests.trust.patches import Tally, check, run

RELEASES = ("0.10.2", "0.92.2")


@pytest.mark.skipif(shutil.which("git") is None, reason="no git here")
def test_differences_of_random_edits_apply(tmp_path: Path) -> None:
    for release in RELEASES:
        stock_tree_or_skip(release)
    tally = run(60, 7, tmp_path, RELEASES)
    assert tally.edits == 60
    assert tally.applied["git"] > 50
    assert tally.faults == []


@pytest.mark.parametrize("line", ["\n", "[t]\n", "a = 1\r\n"])
@pytest.mark.parametrize("at", [0, 1, 5, 9, 10])
def test_differences_among_equal_lines_apply(line: str, at: int, tmp_path: Path) -> None:
    """An added line that is like its neighbours may stand at any of them."""
    old = line * 10
    new = line * at + "b = 2\n" + line + "b = 2\n" * 2 + line * (10 - at)
    for before, after in ((old, new), (new, old), (old, old + line), (old + new, new + old)):
        contents = {"a b.toml": before.encode()}, {"a b.toml": after.encode()}
        assert check(*contents, tmp_path / "work", Tally()) == []
