"""Release numbers."""

from __future__ import annotations

import re
from functools import lru_cache

from core.records import dataclass

FIRST_RELEASE = "0.10.0"
NEWEST_RELEASE = "0.92.2"

_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:[._-]?(?:a|b|rc|dev|post)\d*)?")


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A Pipelex release number, ordered numerically."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


@lru_cache(maxsize=256)
def parse_release(text: str) -> Release | None:
    """Parse a release number (``0.14.3``, ``v0.14``); None for any other text."""
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        return None
    return Release(int(match[1]), int(match[2]), int(match[3] or 0))


def is_beyond(release: Release) -> bool:
    """Whether a release is newer than the newest known one, whose behaviours are used for it."""
    newest = parse_release(NEWEST_RELEASE)
    return newest is not None and release > newest
