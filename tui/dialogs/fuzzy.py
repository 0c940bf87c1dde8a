"""Fuzzy search: texts that contain the letters of a query in order, best match first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

_STARTS = frozenset(" -_./:@$~(")


def score(query: str, text: str) -> float | None:
    """The score of a text, higher for a better match; None when it does not contain all letters in order.

    Runs of letters score more than scattered ones, starts of words more than the middle, short texts more than
    long ones. Words of the query are separated by blanks, and match in any order.
    """
    folded = text.casefold()
    total = 0.0
    for word in query.casefold().split():
        points = _word_score(word, folded)
        if points is None:
            return None
        total += points
    return total - len(text) / 200


def _word_score(word: str, text: str) -> float | None:
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


def best(query: str, items: Iterable[T], text: Callable[[T], str], limit: int = 200) -> list[T]:
    """The items whose text matches a query, best first; equal ones, and all of an empty query, in their order."""
    if not query.strip():
        return list(items)[:limit]
    scored = [
        (points, number, item) for number, item in enumerate(items) if (points := score(query, text(item))) is not None
    ]
    scored.sort(key=lambda entry: (-entry[0], entry[1]))
    return [item for _, _, item in scored[:limit]]
