"""A text as what it changes of another: what both have alike is told by its place, so nothing of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from core.toml.hide import hidden

MOST_COMPARED = 2000
"""Lines of a longer text are compared from both ends only: what lies between counts as changed."""


def patch(before: str, text: str) -> list[Any] | None:
    """A text as parts of `before` (first line, line after the last one) and new lines, for JSON.

    None when a new line holds what may be a secret.
    """
    old, new, shown = before.split("\n"), text.split("\n"), hidden(text).split("\n")
    parts: list[Any] = []
    for first, last, start, end in _matches(old, new):
        if new[start:end] != shown[start:end]:
            return None
        if end > start:
            parts.append(new[start:end])
        if last > first:
            parts.append({"lines": [first, last]})
    return parts


def patched(before: str, parts: Sequence[Any]) -> str:
    """The text again. Raises TypeError, KeyError or ValueError when the parts are none of `patch`."""
    old = before.split("\n")
    out: list[str] = []
    for part in parts:
        if isinstance(part, dict):
            first, last = part["lines"]
            out += old[first:last]
        else:
            out += [str(line) for line in part]
    return "\n".join(out)


def _matches(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """For each run of lines that both have: its place in `old`, and the place of what is new before it."""
    if max(len(old), len(new)) <= MOST_COMPARED:
        blocks = [tuple(block) for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()]
    else:
        most = min(len(old), len(new))
        head = next((at for at in range(most) if old[at] != new[at]), most)
        tail = next((at for at in range(most - head) if old[-1 - at] != new[-1 - at]), most - head)
        blocks = [(0, 0, head), (len(old) - tail, len(new) - tail, tail), (len(old), len(new), 0)]
    found, at = [], 0
    for first, start, size in blocks:
        found.append((first, first + size, at, start))
        at = start + size
    return found
