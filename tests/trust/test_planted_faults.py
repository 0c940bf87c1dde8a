"""The faults of `tests.trust.planted_faults` can still be planted: each is about a line that is there, once."""

from __future__ import annotations

import pytest

from tests.trust.planted_faults import CHECKOUT, SEEDS, Seed


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_a_fault_has_its_place(seed: Seed) -> None:
    assert (CHECKOUT / seed.file).read_text().count(seed.old) == 1
