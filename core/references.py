"""References: what a text that names a model means in a release."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from core.records import dataclass
from core.releases import Behaviours


class Kind(StrEnum):
    """What a reference is."""

    MODEL = "model"
    ALIAS = "alias"
    WATERFALL = "waterfall"
    PRESET = "preset"
    CHOICE = "choice"


SIGILS = {"$": Kind.PRESET, "@": Kind.ALIAS, "~": Kind.WATERFALL}
_SIGN_OF = {kind: sigil for sigil, kind in SIGILS.items()}
WORDS = {"preset": Kind.PRESET, "alias": Kind.ALIAS, "waterfall": Kind.WATERFALL, "handle": Kind.MODEL}

_PREFIXES = (*(f"{word}:" for word in WORDS), *SIGILS)
_REMEMBERED = 20_000
"""Texts whose meaning is kept: an edit asks again for those of the whole tree."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A parsed reference. `explicit` is False for a bare name."""

    text: str
    kind: Kind
    name: str
    explicit: bool


@lru_cache(maxsize=_REMEMBERED)
def parse_reference(text: str) -> Reference:
    """Read a reference with sigils (0.18 on): `$preset`, `@alias`, `~waterfall`, `handle:x`, or a bare handle.

    White space around the whole counts for nothing; behind a sigil it belongs to the name.
    """
    stripped = text.strip()
    if stripped[:1] in SIGILS:
        return Reference(text, SIGILS[stripped[0]], stripped[1:], True)
    word, colon, rest = stripped.partition(":")
    if colon and word in WORDS:
        return Reference(text, WORDS[word], rest, True)
    return Reference(text, Kind.MODEL, stripped, False)


def written(kind: Kind, name: str, behaviours: Behaviours) -> str:
    """How a reference to a thing is written in a release: with its sigil from 0.18 on, bare before."""
    if not behaviours.sigils:
        return name
    return _SIGN_OF.get(kind, "") + name


@lru_cache(maxsize=_REMEMBERED)
def is_empty_reference(reference: str) -> bool:
    """Whether a reference names nothing: empty, or only a sigil or a prefix (0.18 on)."""
    name = reference.strip()
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return len(name) == len(prefix)
    return not name
