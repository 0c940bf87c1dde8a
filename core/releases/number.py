"""Release numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

FIRST_RELEASE = "0.10.0"
NEWEST_RELEASE = "0.92.2"

_VERSION = (
    r"(?i)v?(\d+)\.(\d+)(?:\.(\d+))?"
    r"(?:[._-]?(alpha|a|beta|b|rc|c|preview|pre|post|rev|r|dev)[._-]?(\d*)(?:[._-]?dev\d*)?)?"
    r"(?:\+[a-z0-9]+(?:[._-][a-z0-9]+)*)?"
)
_PLAIN = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?(?:(a|b|rc)(\d+))?")
"""The form of most releases: it compiles in a quarter of the time."""
_PHASES = {"dev": -4, "a": -3, "b": -2, "rc": -1, "post": 1}
"""The order of the phases of a release number (PEP 440); the final release is 0."""
_SPELLINGS = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc", "rev": "post", "r": "post"}


class Release(NamedTuple):
    """A Pipelex release number, ordered as PEP 440 does: 0.18.0b2 comes before 0.18.0.

    `phase` is a value of `_PHASES`, or 0 for a final release; `serial` is the number behind it. A tuple, as one is
    hashed and compared for every model of a tree.
    """

    major: int
    minor: int
    patch: int
    phase: int = 0
    serial: int = 0

    def __str__(self) -> str:
        name = next((name for name, phase in _PHASES.items() if phase == self.phase), "")
        mark = {"": "", "post": f".post{self.serial}", "dev": f".dev{self.serial}"}.get(name, f"{name}{self.serial}")
        return f"{self.major}.{self.minor}.{self.patch}{mark}"


FIRST_OF_0_18 = Release(0, 18, 0, _PHASES["b"], 1)
"""0.18.0b1, which has most of what 0.18.0 changed."""


@lru_cache(maxsize=256)
def parse_release(text: str) -> Release | None:
    """Parse a release number (``0.14.3``, ``v0.14``, ``0.18.0b2``); None for any other text.

    A local part (``+g1a2b3c``) is left out, and so is `dev` behind another phase.
    """
    match = _PLAIN.fullmatch(text) or re.fullmatch(_VERSION, text.strip())
    if match is None:
        return None
    name = (match[4] or "").lower()
    phase = _PHASES.get(_SPELLINGS.get(name, name), 0)
    return Release(int(match[1]), int(match[2]), int(match[3] or 0), phase, int(match[5] or 0))


def release_of(text: str) -> Release:
    """The release of a number that a table of pipedeck states."""
    release = parse_release(text)
    assert release is not None, text
    return release


def is_beyond(release: Release) -> bool:
    """Whether a release is newer than the newest known one, whose behaviours are used for it."""
    return release > release_of(NEWEST_RELEASE)


def is_supported(release: Release) -> bool:
    """Whether a release reads `.pipelex/inference`."""
    return release >= release_of(FIRST_RELEASE)
