"""A fast selection of the pipes: what pipedeck says of each, and whether its call leaves a real release."""

from __future__ import annotations

import pytest

from .pipes import outcome
from .test_conformance import installed_or_skip

PIPES = 8

pytestmark = pytest.mark.conformance


def test_pipes_run_as_said() -> None:
    installed_or_skip("0.92.2")
    found = outcome("0.92.2", PIPES, seed=2)
    assert not found.wrong, "\n".join(found.wrong)
    assert found.asked == PIPES
    assert 0 < found.ran < PIPES, "some pipes should run, and some not"
