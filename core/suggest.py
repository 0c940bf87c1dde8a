"""Near names: what somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def near(name: str, candidates: Iterable[str], *, most: int = 3, cutoff: float = 0.7) -> tuple[str, ...]:
    """The candidates closest to a name, best first; empty when none is close. With a `cutoff` of 1 only the same."""
    from difflib import get_close_matches  # only when there is something to suggest

    pool = [item for item in dict.fromkeys(candidates) if abs(len(item) - len(name)) <= 8]
    lowered = {candidate.lower(): candidate for candidate in pool}
    exact = lowered.get(name.lower())
    found = get_close_matches(name, pool, n=most, cutoff=cutoff)
    if exact is not None and exact != name and exact not in found:
        found.insert(0, exact)
    return tuple(item for item in found if item != name)[:most]


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
