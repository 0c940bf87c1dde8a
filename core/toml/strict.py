"""Says whether a text keeps to TOML 1.0, which Pipelex releases before `tomli` 2.4 insist on, or needs TOML 1.1."""

from __future__ import annotations

import re

from core.toml.scan import ANY_STRING

# What TOML 1.1 added: the escapes `\e` and `\xHH`, times without seconds, and inline tables that run over several lines
# or end in a comma. These signs are searched first, at C speed; hardly any text has one, and only then is it read token
# by token, since they may as well stand in a comment or a string.
_COMMENTS = r"(?:[ \t\r\n]++|#[^\n]*+)*+"
_NAME = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+[=.]"""
_TABLE_SIGNS = (
    re.compile(r"\{[ \t]*+(?:#|\r?\n)"),
    re.compile(r"\n[ \t]*+[},]"),
    re.compile(rf",{_COMMENTS}\}}"),
    re.compile(rf",[ \t]*+(?:#[^\n]*+)?+\r?\n{_COMMENTS}{_NAME}"),
)
_TIME_SIGN = re.compile(r":(?<=[0-2][0-9]:)[0-5][0-9](?![0-9:])")
_TOKEN = re.compile(rf"""{ANY_STRING}|\#[^\n]*+|[\[\]{{}},\n]|[^\[\]{{}},\n"'\#]++""", re.VERBOSE)
# Neither the end of a longer time nor an offset such as `-08:00`.
_SHORT_TIME = re.compile(r"(?<![0-9:+-])[0-9]{2}:[0-9]{2}(?!:)")
_NEW_ESCAPE = re.compile(r"(?:[^\\]|\\[^ex])*+\\[ex]", re.DOTALL)


def fits_toml_1_0(text: str) -> bool:
    """Whether a text that a TOML 1.1 parser accepted is TOML 1.0 too."""
    suspicious = (
        "\\e" in text
        or "\\x" in text
        or _TIME_SIGN.search(text) is not None
        or ("{" in text and any(sign.search(text) for sign in _TABLE_SIGNS))
    )
    return not suspicious or not _needs_1_1(text)


def _needs_1_1(text: str) -> bool:
    opened: list[str] = []
    comma = False
    for token in _TOKEN.findall(text):
        first = token[0]
        if first == "#" or (token.isspace() and first != "\n"):
            continue
        if first in "[{":
            opened.append(first)
        elif first in "]}":
            if first == "}" and comma:
                return True
            if opened:
                opened.pop()
        elif first == "\n":
            if opened and opened[-1] == "{":
                return True
            continue
        elif first == '"':
            if _NEW_ESCAPE.match(token):
                return True
        elif first != "'" and _SHORT_TIME.search(token):
            return True
        comma = first == ","
    return False
