"""A fast selection of the runs: the sums of pipedeck beside those of a real release's own cost report."""

from __future__ import annotations

import pytest

from .test_conformance import installed_or_skip
from .traces import outcome

RUNS = 10

pytestmark = pytest.mark.conformance


def test_sums_are_those_of_the_release() -> None:
    installed_or_skip("0.92.2")
    found = outcome("0.92.2", RUNS, seed=1)
    assert not found.wrong, "\n".join(found.wrong)
    assert found.ours.calls > RUNS
    assert (found.ours.errors, found.ours.cached > 0, found.ours.cost > 0) == (1, True, True)
