"""The owner of a comment: the key, header or element with which it is moved and deleted.

A comment at the end of a line belongs to what is written there. Comment lines belong to the key, header or element
right below them, without a blank line between, unless

- one of them is a banner, a line that draws a rule: it introduces all that follows;
- one is a commented-out `name = ...`, `[name]` or `"name",` of another name: it and the lines above it stay;
- their indentation is another one;
- another key or element follows on the next line: they introduce all of these, unless they mention this one by name.

A commented-out line of the same name right below a key belongs to it too: it is its alternative. All other comments
belong to the table or list around them, and stay where they are.

An element that gives way to another one in its place takes the comments that name it along: those at the end of its
line, and its lines above. Comments that do not name it are about the place, and stay. A renamed element keeps all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# A comment line that draws a rule is a banner: it introduces the following lines and belongs to no key.
_BANNER = re.compile(r"#{3,}|[-=*~_+]{3,}|[\u2500-\u257f\u2014]{3,}")
_NAME = r"""(?:"(?P<{0}1>[^"\n]+)"|'(?P<{0}2>[^'\n]+)'|(?P<{0}3>[A-Za-z0-9_\-]+))"""
_KEY = rf"(?:[A-Za-z0-9_\-]+\.)*{_NAME}"
_COMMENTED = re.compile(
    rf"#[#\s]*(?:{_KEY.format('key')}\s*=(?!=)\s*\S|\[\[?\s*{_KEY.format('table')}\s*\]"
    r"""|(?P<quote>["'])(?P<element>[^"'\n]+)(?P=quote)\s*(?:,\s*(?:#.*)?)?\Z)"""
)


def is_banner_line(line: str) -> bool:
    """Whether a comment draws a rule."""
    return _BANNER.search(line) is not None


def commented_name(line: str) -> str | None:
    """The name of a commented-out key, table or element; None for any other comment."""
    match = _COMMENTED.match(line.strip())
    return next((name for kind, name in match.groupdict().items() if name and kind != "quote"), None) if match else None


def mentions(line: str, name: str) -> bool:
    """Whether a comment has a name as a word, with or without the sigil of a reference."""
    return re.search(rf"(?<![\w\-]){re.escape(name.lstrip('@~$') or name)}(?![\w\-])", line) is not None


def count_owned(above: Sequence[str], name: str, indent: str, *, grouped: bool) -> int:
    """The number of comment lines above a key, header or element that belong to it, counted from the last.

    `indent` is its white space, `grouped` whether another key or element is on the next line.
    """
    if any(map(is_banner_line, above)):
        return 0
    count = 0
    for line in reversed(above):
        if commented_name(line) not in (None, name) or line[: len(line) - len(line.lstrip())] != indent:
            break
        count += 1
    owned = above[len(above) - count :]
    return 0 if grouped and not any(mentions(line, name) for line in owned) else count
