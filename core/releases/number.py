"""Release numbers."""

from __future__ import annotations

from functools import lru_cache

from core.records import dataclass
from core.regex import pattern

FIRST_RELEASE = "0.10.0"
NEWEST_RELEASE = "0.92.2"

_VERSION = pattern(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:[._-]?(?:a|b|rc|dev|post)\d*)?")


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A Pipelex release number, ordered as numbers are."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


@lru_cache(maxsize=256)
def parse_release(text: str) -> Release | None:
    """The release a text names (``0.14.3``, ``v0.14``), or None when it names none."""
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        return None
    return Release(int(match[1]), int(match[2]), int(match[3] or 0))


def is_beyond(release: Release) -> bool:
    """Whether a release is newer than all that are known: it is answered for as the newest of these."""
    newest = parse_release(NEWEST_RELEASE)
    return newest is not None and release > newest
