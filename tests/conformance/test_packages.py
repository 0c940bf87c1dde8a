"""A fast part of the measurement of packages: a release without the packages of its extras."""

from __future__ import annotations

import pytest

from .packages import call_outcomes
from .test_conformance import installed_or_skip

pytestmark = pytest.mark.conformance

CALLS = 8


def test_models_without_their_package_are_not_callable() -> None:
    installed_or_skip("0.92.2")
    outcomes = call_outcomes("0.92.2", present=False, most=CALLS)
    differing = [f"{one.pick}: the call left: {one.left}, {one.message}" for one in outcomes if not one.agrees]
    assert not differing, "\n".join(differing)
    assert {one.left for one in outcomes} == {True, False}
