"""A selection of the campaign of additions: an added provider and a local server, imported from, in real releases."""

from __future__ import annotations

import pytest

from .adding import SERVER, measure
from .environments import environment
from .test_conformance import installed_or_skip

pytestmark = pytest.mark.conformance


@pytest.mark.parametrize("release", ["0.10.2", "0.92.2"])
def test_what_is_added_and_imported_is_served_by_the_release(release: str) -> None:
    installed_or_skip(release)
    tally = measure(f"stock {release}", release, environment(release).stock, ("anthropic", "mistral", SERVER))
    assert (tally.stops, tally.faults) == ("", [])
    assert tally.imported >= 4
