"""Every planted fault still matches exactly one place in its file."""

from __future__ import annotations

import pytest

from tests.trust.planted_faults import CHECKOUT, FAULTS, Fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_can_be_planted(fault: Fault) -> None:
    assert (CHECKOUT / fault.file).read_text().count(fault.old) == 1
