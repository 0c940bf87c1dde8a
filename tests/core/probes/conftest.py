"""Import the network libraries before any test measures a time."""

from __future__ import annotations

import asyncio

import pytest

from core.probes.transport import Transport


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """Import what the first request would import."""
    asyncio.run(Transport.warm_up())
