"""Near names: what somebody may have meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

_REMEMBERED = 128
"""Answers kept: an edit asks again for nearly all names that were asked for before it."""


def near(name: str, candidates: Iterable[str], *, most: int = 3, cutoff: float = 0.7) -> tuple[str, ...]:
    """The candidates closest to a name, best first; empty when none is close. With a `cutoff` of 1 only the same."""
    return _near(name, tuple(candidates), most, cutoff)


@lru_cache(maxsize=_REMEMBERED)
def _near(name: str, candidates: tuple[str, ...], most: int, cutoff: float) -> tuple[str, ...]:
    from difflib import get_close_matches  # only when there is something to suggest

    size = len(name)
    pool = [item for item in dict.fromkeys(candidates) if -8 <= len(item) - size <= 8]
    lowered = {candidate.lower(): candidate for candidate in pool}
    exact = lowered.get(name.lower())
    found = get_close_matches(name, _alike(name, pool, cutoff), n=most, cutoff=cutoff)
    if exact is not None and exact != name and exact not in found:
        found.insert(0, exact)
    return tuple(item for item in found if item != name)[:most]


def _alike(name: str, pool: Iterable[str], cutoff: float) -> Iterator[str]:
    """Those of a pool that may be close enough: what two names have of each letter bounds how alike they are.

    It is the bound that difflib itself uses, with the letters counted by `str.count`, some five times as fast.
    """
    letters = Counter(name)
    size = len(name)
    counts = tuple(letters.items())
    for item in pool:
        total = size + len(item)
        need = cutoff * total / 2
        if min(size, len(item)) < need:
            continue
        shared = 0
        for letter, count in counts:
            there = item.count(letter)
            shared += there if there < count else count
        if shared >= need - 1e-9:
            yield item


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """A sentence that offers the nearest names, or nothing."""
    found = near(name, candidates)
    if not found:
        return ""
    return "did you mean " + " or ".join(f"`{item}`" for item in found) + "?"


def some_of(names: Iterable[str], *, most: int = 8) -> str:
    """Names one after the other, and how many more there are than can be told in a sentence."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def choose_among(name: str, candidates: Iterable[str], none: str = "there is none") -> str:
    """What to write instead of a name that does not exist: the nearest ones, else those that there are."""
    there = list(dict.fromkeys(candidates))
    return did_you_mean(name, there) or (f"there are {some_of(there)}" if there else none)
