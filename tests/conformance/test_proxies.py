"""The proxies of the real clients, by a quarter of the variables of the table: those without a package of an extra."""

from __future__ import annotations

import pytest

from .proxies import PLAIN, RELEASE, differing
from .test_conformance import installed_or_skip

pytestmark = pytest.mark.conformance


@pytest.mark.parametrize("client", PLAIN)
def test_proxies_are_those_of_the_client(client: str) -> None:
    installed_or_skip(RELEASE)
    lines, _ = differing(client, 4)
    assert not lines, "\n".join(lines)
