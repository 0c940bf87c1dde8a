"""Suggestions: the names closest to a misspelled one."""

from __future__ import annotations

import re
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
    return tuple(item for item in matches if item != name and _alike_in_front(name, item))[:limit]


def _alike_in_front(name: str, other: str) -> bool:
    """Whether names that end in the same words are similar before them: `tenacity_config` is no `extract_config`.

    0.6: `gpt-4o-mini` and `gpt-5-mini` are, with 0.73; `vision-cheap` and `writing-cheap` are not, with 0.46.
    """
    words, others = re.split(r"[-_]", name.lower()), re.split(r"[-_]", other.lower())
    while len(words) > 1 and len(others) > 1 and words[-1] == others[-1]:
        words.pop()
        others.pop()
    from difflib import SequenceMatcher

    return SequenceMatcher(None, "-".join(words), "-".join(others)).ratio() >= 0.6


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
    """A sentence that offers the nearest names, or nothing. Of a name that reads the same, the difference is stated."""
    names = tuple(candidates)
    matches = near(name, names)
    same = next((hint for item in (*matches, *_look_alikes(name, names)) if (hint := difference(name, item))), "")
    if same or not matches:
        return same
    return "did you mean " + " or ".join(f"`{item}`" for item in matches) + "?"


def difference(name: str, meant: str) -> str:
    """The difference of a name from one that reads the same, with what to write; empty for another name."""
    if name == meant:
        return ""
    bare, other = name.strip().lstrip(_SIGILS), meant.lstrip(_SIGILS)
    if bare == other and name.strip() == meant:
        return f"remove the blanks around it: write `{meant}`"
    if bare == other:
        return f"the same name is of another kind: write `{meant}`"
    if "".join(bare.split()) == "".join(other.split()):
        return f"the blanks differ: write `{meant}`"
    if bare.lower() == other.lower():
        return f"upper and lower case differ: write `{meant}`"
    if not bare.isascii() and latin(bare).lower() == other.lower():
        character = next(item for item in bare if not item.isascii())
        return f"it has U+{ord(character):04X}, which only looks like `{latin(character)}`: write `{meant}`"
    return ""


def look_alike(character: str) -> str:
    """The name of a character of another alphabet, and the ASCII character that it looks like; empty for others."""
    other = latin(character)
    plain = not character.isascii() and other.isascii() and (other.isalnum() or other == "-")
    return f"U+{ord(character):04X}, which only looks like `{other}`" if plain else ""


def _look_alikes(name: str, candidates: Iterable[str]) -> Iterator[str]:
    """The candidates that a name with letters of other alphabets looks like."""
    if not name.isascii():
        plain = latin(name.strip()).lower().lstrip(_SIGILS)
        yield from (item for item in candidates if item.lower().lstrip(_SIGILS) == plain)


def latin(text: str) -> str:
    """A text with look-alike letters, dashes and full-width characters in their ASCII form."""
    from unicodedata import normalize  # only for a name that is not ASCII

    return normalize("NFKC", text).translate(_LOOK_ALIKES)


_SIGILS = "$@~"
_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d\u04bb\u0442\u043a\u043c\u03bf\u03bd\u0131"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u2010\u2011\u2012\u2013\u2014\u2212",
    "aeopcyxijsdqwhtkmovi" + "ABEKMHOPCTX" + "------",
)
"""Letters of the Cyrillic and Greek alphabets and dashes that are printed as ASCII characters."""


def some_of(names: Iterable[str], *, limit: int = 8) -> str:
    """The first names, and the number of the others."""
    all_names = list(names)
    more = f" and {len(all_names) - limit} more" if len(all_names) > limit else ""
    return ", ".join(all_names[:limit]) + more


def choose_among(name: str, candidates: Iterable[str], none: str = "there is none") -> str:
    """A fix for an unknown name: the closest names, else the existing ones."""
    existing = list(dict.fromkeys(candidates))
    return did_you_mean(name, existing) or (f"there are {some_of(existing)}" if existing else none)
