"""Finds control sequences in terminal output that the app never sends itself."""

from __future__ import annotations

import re

# The sequences of the app: colours, cursor, erasing, scrolling, modes, and the queries of Textual's driver.
_OURS = re.compile(
    r"""
      \x1b\[[0-9;]*m                                  # colours and attributes
    | \x1b\[[0-9;]*[ABCDGHJKLMPSTXd@r]                # moving, erasing, inserting, scrolling
    | \x1b\[\?(?:7|25|1000|1002|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]
    | \x1b\[\?[0-9]+\$p | \x1b\[\?u | \x1b\[[<>=][0-9;]*u | \x1b\[6n | \x1b\[c
    | \x1b\(B | \x1b[78] | \x1b\]22;[a-z-]*\x07     # and the shape of the mouse pointer
    | [\r\n\x08]
    """,
    re.VERBOSE,
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_COPY = re.compile(r"\x1b\]52;c;[A-Za-z0-9+/=]*(?:\x07|\x1b\\)|\x1bPtmux;(?:\x1b\x1b|[^\x1b])*\x1b\\")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u2028\u2029\U000e0000-\U000e007f]")


def foreign(raw: bytes, *, copying: bool = False) -> list[str]:
    """The control sequences and invisible characters in a terminal's output that the app never sends itself.

    `copying` allows sequences that set the clipboard. Each result is escaped and includes the following text.
    """
    text = raw.decode("utf-8", "replace")
    if copying:
        text = _COPY.sub("", text)
    remainder = _OURS.sub("", text)
    results = [remainder[match.start() : match.start() + 24] for match in _CONTROL.finditer(remainder)]
    results += [remainder[max(0, match.start() - 8) : match.start() + 8] for match in _HIDDEN.finditer(remainder)]
    return [ascii(text) for text in dict.fromkeys(results)]
