"""A few generated trees of each diagnostic that has a fix: the fix solves it, and brings nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from .broken_trees import CODES, RELEASES
from .command import tally


@pytest.mark.parametrize("code", CODES)
def test_offered_fix_removes_its_problem_and_brings_no_other(code: str, tmp_path: Path) -> None:
    results = [tally(code, release, 1, tmp_path) for release in RELEASES]
    assert [fault for result in results for fault in result.faults] == []
    assert any(result.fixed for result in results), "no release has a tree of this diagnostic with a fix"
