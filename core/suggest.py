"""Near names: what somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def near(name: str, candidates: Iterable[str], *, most: int = 3) -> tuple[str, ...]:
    """The candidates closest to a name, best first; empty when none is close."""
    from difflib import get_close_matches  # only when there is something to suggest

    pool = [item for item in dict.fromkeys(candidates) if abs(len(item) - len(name)) <= 8]
    lowered = {candidate.lower(): candidate for candidate in pool}
    exact = lowered.get(name.lower())
    found = get_close_matches(name, pool, n=most, cutoff=0.7)
    if exact is not None and exact != name and exact not in found:
        found.insert(0, exact)
    return tuple(item for item in found if item != name)[:most]


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """A sentence that offers the nearest names, or nothing."""
    found = near(name, candidates)
    if not found:
        return ""
    return "did you mean " + " or ".join(f"`{item}`" for item in found) + "?"
