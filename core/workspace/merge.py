"""Three-way merge of a text, by the data of the three versions: a doubt is a conflict, never a guess."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal

from core.toml.edit.editor import read_data
from core.toml.edit.plain_data import Data, identical
from core.toml.edit.toml_commands import Refusal

_NOTHING = object()


def merge(base: str, mine: str, theirs: str, *, prefer: Literal["mine"] | None = None) -> str | None:
    """The text with both changes made, or None when they conflict: the lines overlap, or the data would not be both.

    Of a file that had no data yet the texts are put one below the other.

    With `prefer`, mine wins overlapping lines. The data of the result has each key that one side changed as
    that side has it; where the sides differ about one key, they conflict.
    """
    if mine == theirs or base == theirs:
        return mine
    if base == mine:
        return theirs
    merged = _lines(base, mine, theirs, prefer)
    if merged is None and read_data(base) == {}:
        merged = _appended(base, mine, theirs)
    if merged is None:
        return None
    old, ours, their_data, result = (read_data(text) for text in (base, mine, theirs, merged))
    if isinstance(result, Refusal):
        return None
    if prefer or isinstance(old, Refusal) or isinstance(ours, Refusal) or isinstance(their_data, Refusal):
        return merged
    target = _both(old, ours, their_data)
    return merged if target is not _NOTHING and _alike(result, target) else None


def _lines(base: str, mine: str, theirs: str, prefer: str | None) -> str | None:
    old = base.splitlines(keepends=True)
    ours, their_hunks = _hunks(old, mine), _hunks(old, theirs)
    # Touching changes conflict too: which of them comes first would be a guess.
    apart = [hunk for hunk in their_hunks if not any(hunk[0] <= item[1] and item[0] <= hunk[1] for item in ours)]
    conflicting = [hunk for hunk in their_hunks if hunk not in apart and hunk not in ours]
    if conflicting and prefer is None:
        return None
    result: list[str] = []
    at = 0
    for start, end, lines in sorted(ours + apart, key=lambda hunk: hunk[:2]):
        result += old[at:start]
        result += lines
        at = end
    return "".join(result + old[at:])


def _appended(base: str, mine: str, theirs: str) -> str | None:
    """Their text with mine below it, of a file that both began; None if mine has keys without a header."""
    own = mine.removeprefix(base).lstrip("\r\n")
    first = next((line for line in own.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    if not first.lstrip().startswith("["):
        return None
    newline = "\r\n" if "\r\n" in theirs else "\n"
    return theirs.rstrip("\r\n") + newline * 2 + re.sub(r"\r?\n", newline, own)


def _hunks(old: list[str], text: str) -> list[tuple[int, int, list[str]]]:
    new = text.splitlines(keepends=True)
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(first, last, new[start:stop]) for kind, first, last, start, stop in codes if kind != "equal"]


def _both(base: object, mine: object, theirs: object) -> object:
    """The value with both changes; `_NOTHING` stands for a conflict, or for a key that is absent."""
    if _alike(mine, theirs) or _alike(base, theirs):
        return mine
    if _alike(base, mine):
        return theirs
    if not (isinstance(base, dict) and isinstance(mine, dict) and isinstance(theirs, dict)):
        return _NOTHING
    merged: Data = {}
    for key in dict.fromkeys((*theirs, *mine)):
        sides = [table.get(key, _NOTHING) for table in (base, mine, theirs)]
        if sides[1] is _NOTHING or sides[2] is _NOTHING:
            left = sides[2] if sides[1] is _NOTHING else sides[1]
            if sides[0] is _NOTHING:
                merged[key] = left
            elif not _alike(sides[0], left):
                return _NOTHING
            continue
        value = _both(*sides)
        if value is _NOTHING:
            return _NOTHING
        merged[key] = value
    return merged


def _alike(left: object, right: object) -> bool:
    """Equal in type and value; the order of keys is the text's own matter."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_alike(value, right[key]) for key, value in left.items())
    return left is right or identical(left, right)
