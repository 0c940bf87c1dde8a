"""Suggestions: the names closest to a misspelled one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

_CACHE_SIZE = 128
"""Results in the cache: an edit repeats nearly all lookups of the previous report."""


def near(name: str, candidates: Iterable[str], *, limit: int = 3, cutoff: float = 0.7) -> tuple[str, ...]:
    """The candidates closest to a name, best first; a `cutoff` of 1 allows only differences of case."""
    return _near(name, tuple(candidates), limit, cutoff)


@lru_cache(maxsize=_CACHE_SIZE)
def _near(name: str, candidates: tuple[str, ...], limit: int, cutoff: float) -> tuple[str, ...]:
    from difflib import get_close_matches  # only when there is something to suggest

    size = len(name)
    similar = [item for item in dict.fromkeys(candidates) if -8 <= len(item) - size <= 8]
    lowered = {item.lower(): item for item in similar}
    exact = lowered.get(name.lower())
    matches = get_close_matches(name, _alike(name, similar, cutoff), n=limit, cutoff=cutoff)
    if exact is not None and exact != name and exact not in matches:
        matches.insert(0, exact)
    return tuple(item for item in matches if item != name)[:limit]


def _alike(name: str, candidates: Iterable[str], cutoff: float) -> Iterator[str]:
    """The candidates that may reach the cutoff: the shared letters bound the similarity of two names.

    difflib uses the same bound; counting with `str.count` is about five times as fast.
    """
    letters = Counter(name)
    size = len(name)
    counts = tuple(letters.items())
    for item in candidates:
        total = size + len(item)
        need = cutoff * total / 2
        if min(size, len(item)) < need:
            continue
        shared = 0
        for letter, count in counts:
            available = item.count(letter)
            shared += available if available < count else count
        if shared >= need - 1e-9:
            yield item


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """A sentence that offers the nearest names, or nothing."""
    matches = near(name, candidates)
    if not matches:
        return ""
    return "did you mean " + " or ".join(f"`{item}`" for item in matches) + "?"


def some_of(names: Iterable[str], *, limit: int = 8) -> str:
    """The first names, and the number of the others."""
    all_names = list(names)
    more = f" and {len(all_names) - limit} more" if len(all_names) > limit else ""
    return ", ".join(all_names[:limit]) + more


def choose_among(name: str, candidates: Iterable[str], none: str = "there is none") -> str:
    """A fix for an unknown name: the closest names, else the existing ones."""
    existing = list(dict.fromkeys(candidates))
    return did_you_mean(name, existing) or (f"there are {some_of(existing)}" if existing else none)
