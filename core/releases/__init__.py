"""Pipelex releases: their numbers, and the table of behaviours in which they differ."""

from __future__ import annotations

from core.releases.behaviours import Behaviours, behaviours_of
from core.releases.number import (
    FIRST_OF_0_18,
    FIRST_RELEASE,
    NEWEST_RELEASE,
    Release,
    is_beyond,
    is_supported,
    parse_release,
    release_of,
)
from core.releases.table import TABLE, Behaviour, Step

__all__ = [
    "FIRST_OF_0_18",
    "FIRST_RELEASE",
    "NEWEST_RELEASE",
    "TABLE",
    "Behaviour",
    "Behaviours",
    "Release",
    "Step",
    "behaviours_of",
    "is_beyond",
    "is_supported",
    "parse_release",
    "release_of",
]
