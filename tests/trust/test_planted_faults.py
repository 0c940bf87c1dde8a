"""Every planted fault still matches exactly one place in its file."""

from __future__ import annotations

import pytest

from tests.trust.planted_faults import CHECKOUT, SEEDS, Seed


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_fault_can_be_planted(seed: Seed) -> None:
    assert (CHECKOUT / seed.file).read_text().count(seed.old) == 1
