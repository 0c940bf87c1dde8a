"""Says whether a text keeps to TOML 1.0, which Pipelex releases before `tomli` 2.4 insist on, or needs TOML 1.1."""

from __future__ import annotations

import re

from core.regex import pattern
from core.toml.scan import ANY_STRING

# What TOML 1.1 added: the escapes `\e` and `\xHH`, times without seconds, and inline tables that run over several lines
# or end in a comma. These signs are searched first, at C speed; few texts have one, and only then is it read token by
# token, since a sign may as well stand in a comment, a string or an array. No sign looks further than over white space
# into the next line, so the search takes no more than a walk over the text.
_TABLE_SIGNS = (
    pattern(r"\{[ \t]*+(?:#|\r?\n)"),
    pattern(r"\n[ \t]*+[},]"),
    pattern(r",[ \t]*+[#}]"),
    pattern(r""",[ \t]*+\r?\n[ \t\r\n]*+(?:[#}]|(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+[=.])"""),
)
_TIME_SIGN = pattern(r":(?<=[0-2][0-9]:)[0-5][0-9](?![0-9:])")
_TOKEN = pattern(rf"""{ANY_STRING}|\#[^\n]*+|[\[\]{{}},\n]|[^\[\]{{}},\n"'\#]++""", re.VERBOSE)
# Neither the end of a longer time nor an offset such as `-08:00`.
_SHORT_TIME = pattern(r"(?<![0-9:+-])[0-9]{2}:[0-9]{2}(?!:)")
_NEW_ESCAPE = pattern(r"(?:[^\\]|\\[^ex])*+\\[ex]", re.DOTALL)


def fits_toml_1_0(text: str) -> bool:
    """Whether a text that a TOML 1.1 parser accepted is TOML 1.0 too."""
    suspicious = (
        ("\\" in text and ("\\e" in text or "\\x" in text))
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
