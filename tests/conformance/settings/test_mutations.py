"""A small part of the mutations of the stock `pipelex.toml`; all: `python -m tests.conformance.settings`."""

from __future__ import annotations

import pytest

from ..test_conformance import installed_or_skip
from .command import differs, outcomes

pytestmark = pytest.mark.conformance


@pytest.mark.parametrize("release", ["0.18.6", "0.92.2"])
def test_release_and_pipedeck_start_and_refuse_alike(release: str) -> None:
    installed_or_skip(release)
    assert [outcome.case.kind for outcome in outcomes(release, 1000, 10) if differs(outcome)] == []
