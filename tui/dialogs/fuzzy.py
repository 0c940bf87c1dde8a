"""Fuzzy search: names that hold the letters of a query in their order, the likeliest first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

_STARTS = frozenset(" -_./:@$~(")


def score(query: str, text: str) -> float | None:
    """How well a text answers a query, the more the better; None when it does not hold all its letters in order.

    A run of letters counts more than scattered ones, the start of a word more than its inside, a short text more than
    a long one. Blanks in the query part words that may come in any order.
    """
    folded = text.casefold()
    total = 0.0
    for word in query.casefold().split():
        found = _word(word, folded)
        if found is None:
            return None
        total += found
    return total - len(text) / 200


def _word(word: str, text: str) -> float | None:
    at = text.find(word)
    if at >= 0:
        starts = at == 0 or text[at - 1] in _STARTS
        return 10.0 * len(word) + (8 if at == 0 else 5 if starts else 0) + (4 if len(word) == len(text) else 0)
    total, last = 0.0, -1
    for letter in word:
        at = text.find(letter, last + 1)
        if at < 0:
            return None
        starts = at == 0 or text[at - 1] in _STARTS
        total += 3.0 if at == last + 1 and last >= 0 else 2.0 if starts else 0.2
        last = at
    return total


def best(query: str, items: Iterable[T], text: Callable[[T], str], most: int = 200) -> list[T]:
    """The items whose text answers a query, best first, those of equal worth in their order; all when it is empty."""
    if not query.strip():
        return list(items)[:most]
    scored = [
        (found, number, item) for number, item in enumerate(items) if (found := score(query, text(item))) is not None
    ]
    scored.sort(key=lambda entry: (-entry[0], entry[1]))
    return [item for _, _, item in scored[:most]]
