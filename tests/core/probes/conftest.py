"""The libraries that go out are imported before any test takes the time of something."""

from __future__ import annotations

import asyncio

import pytest

from core.probes.transport import Transport


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """Import what the first request would import."""
    asyncio.run(Transport.warm_up())
