"""Differences between two texts: patches for storage, and the key paths of changed values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import compress, count
from operator import ne
from typing import Any

from core.toml.positions import SECTION
from core.toml.scanner import BARE, read_key, skip_statement

MAX_COMPARED = 2000
"""Longer texts, in lines, are compared from both ends only: everything between counts as changed."""


def make_patch(before: str, text: str, *, strict: bool) -> list[Any] | None:
    """A text as ranges of `before` (first line, line after the last one) and new lines, for JSON.

    None when a new line may hold a secret; `strict` as for `redact`.
    """
    from core.toml.redaction import redact

    old, new, shown = before.split("\n"), text.split("\n"), redact(text, strict=strict).split("\n")
    patch: list[Any] = []
    for first, last, start, end in _matches(old, new):
        if new[start:end] != shown[start:end]:
            return None
        if end > start:
            patch.append(new[start:end])
        if last > first:
            patch.append({"lines": [first, last]})
    return patch


def apply_patch(before: str, patch: Sequence[Any]) -> str:
    """The patched text. Raises TypeError, KeyError or ValueError for an invalid patch."""
    old = before.split("\n")
    lines: list[str] = []
    for part in patch:
        if isinstance(part, dict):
            first, last = part["lines"]
            lines += old[first:last]
        else:
            lines += [str(line) for line in part]
    return "\n".join(lines)


def _matches(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """For each common run of lines: its range in `old`, and the range of new lines before it."""
    if max(len(old), len(new)) <= MAX_COMPARED:
        blocks = [tuple(block) for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()]
    else:
        shorter = min(len(old), len(new))
        head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
        tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
        blocks = [(0, 0, head), (len(old) - tail, len(new) - tail, tail), (len(old), len(new), 0)]
    result, at = [], 0
    for first, start, size in blocks:
        result.append((first, first + size, at, start))
        at = start + size
    return result


Keys = tuple[str | int, ...]

MAX_CHANGED = 16
"""The most changed lines that are examined one by one."""

_KEY = rf"""(?:{BARE}|"[^"\\\n]*+")"""
# One `key = value` on a line of its own, with a plain value: the text before the value, and the rest of the line.
_BEFORE = re.compile(rf"""[ \t]*+{_KEY}[ \t]*+=[ \t]*+""")
_VALUE = re.compile(r"""(?:"(?!"")(?:[^"\\\n]++|\\.)*+"|'(?!'')[^'\n]*+'|[A-Za-z0-9_+.:-]++)[ \t]*+(?:\#[^\n]*+)?\r?""")


@lru_cache(maxsize=8)
def changed_values(old: str, new: str) -> frozenset[Keys] | None:
    """The key paths with different values between two valid texts of equal length; None when more than that differs.

    Only plain values count, each in a `key = value` on one line, above the first array of tables. The other lines are
    identical, and so is the text before each value: every key keeps its position.
    """
    before, after = old.split("\n"), new.split("\n")
    if len(before) != len(after):
        return None
    numbers = list(compress(count(), map(ne, before, after)))
    if len(numbers) > MAX_CHANGED or any(not _differ_in_value(before[at], after[at]) for at in numbers):
        return None
    paths: list[Keys] = []
    for table, offset in _tables_at(old, [sum(map(len, before[:at])) + at for at in numbers]):
        parts = read_key(old, offset)[1]
        if table is None or len(parts) != 1:
            return None
        paths.append((*table, parts[0].name))
    return frozenset(paths)


def _differ_in_value(old: str, new: str) -> bool:
    """Whether two lines are a `key = value` each and differ only in the value."""
    key = _BEFORE.match(old)
    if key is None or not new.startswith(key[0]):
        return False
    return _VALUE.fullmatch(old, key.end()) is not None and _VALUE.fullmatch(new, key.end()) is not None


def _tables_at(text: str, offsets: list[int]) -> Iterator[tuple[Keys | None, int]]:
    """For each offset in order: the table whose statement begins there, None when none begins."""
    pos = 0
    table: Keys | None = ()
    arrays = False
    match = SECTION.match
    for offset in offsets:
        while pos < offset:
            section = match(text, pos, offset)
            assert section is not None  # it matches the empty text
            pos = section.end()
            if section.lastindex:
                names = section[2].split(".") if section.lastindex == 2 else [section[3][1:-1]]
                table = None if arrays else tuple(names)
            elif pos < offset and text[pos] == "[":
                is_array = text.startswith("[[", pos)
                after, parts = read_key(text, pos + 1 + is_array)
                arrays = arrays or is_array
                plain = not arrays and "\\" not in text[pos:after]
                table = tuple(part.name for part in parts) if plain else None
                pos = after + 1 + is_array
            elif pos < offset:
                pos = skip_statement(text, pos)
        yield (table if pos == offset else None), offset
