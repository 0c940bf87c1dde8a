"""References: the texts that name models, parsed."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from core.records import dataclass
from core.releases import Behaviours


class Kind(StrEnum):
    """The kind of a reference."""

    MODEL = "model"
    ALIAS = "alias"
    WATERFALL = "waterfall"
    PRESET = "preset"
    CHOICE = "choice"
    PIPE = "pipe"


SIGILS = {"$": Kind.PRESET, "@": Kind.ALIAS, "~": Kind.WATERFALL}
_SIGIL_OF = {kind: sigil for sigil, kind in SIGILS.items()}
WORDS = {"preset": Kind.PRESET, "alias": Kind.ALIAS, "waterfall": Kind.WATERFALL, "handle": Kind.MODEL}

_PREFIXES = (*(f"{word}:" for word in WORDS), *SIGILS)
_CACHE_SIZE = 20_000
"""Texts in the cache: an edit looks up all references of the tree."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A parsed reference. `explicit` is False for a bare name."""

    text: str
    kind: Kind
    name: str
    explicit: bool


@lru_cache(maxsize=_CACHE_SIZE)
def parse_reference(text: str) -> Reference:
    """Read a reference with sigils (0.18 on): `$preset`, `@alias`, `~waterfall`, `handle:x`, or a bare handle.

    White space around the text is ignored; after a sigil it belongs to the name.
    """
    stripped = text.strip()
    if stripped[:1] in SIGILS:
        return Reference(text, SIGILS[stripped[0]], stripped[1:], True)
    word, colon, remaining = stripped.partition(":")
    if colon and word in WORDS:
        return Reference(text, WORDS[word], remaining, True)
    return Reference(text, Kind.MODEL, stripped, False)


def written(kind: Kind, name: str, behaviours: Behaviours) -> str:
    """The text of a reference in a release: with its sigil from 0.18 on, bare before."""
    if not behaviours.sigils:
        return name
    return _SIGIL_OF.get(kind, "") + name


@lru_cache(maxsize=_CACHE_SIZE)
def is_empty_reference(reference: str) -> bool:
    """Whether a reference names nothing: empty, or only a sigil or a prefix (0.18 on)."""
    name = reference.strip()
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return len(name) == len(prefix)
    return not name
