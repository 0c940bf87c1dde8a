"""The TOML 0.5 reader of Pipelex 0.10 and 0.11: the `toml` library, laxer than TOML 1.0 in places, stricter in others.

Its rules are those of a parser written by hand around lines and quotes, so the library itself is asked; only texts that
both readers read alike (nearly every file) are spared its slow search.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from core.records import dataclass
from core.toml.toml_reader import MAX_DEPTH, TomlDocument, deeper_than

# No quote, backslash, bracket or control character inside, and no `=`, `#` or comma: none of the library's searches for
# them can then go astray.
_STRING = r"\"[^\"'\\\[\]{}=#,\x00-\x1f\x7f-\xa0\u2000-\u2029\u202f\u205f\u3000\ufeff]*+\""
_ENDS = r"\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
"""The line ends of `str.splitlines`, by which 0.10 cuts white space."""
_VARIABLE = r"\"\$\{[A-Z0-9_]++\}\""
_SCALAR = rf"(?:true|false|(?:0|[1-9][0-9]{{0,14}}+)(?:\.[0-9]++)?|{_STRING}|{_VARIABLE})"
_NAME = r"[A-Za-z0-9_-]++"
_ALIKE = rf"""(?:[ ]*+(?:
        \#[^{_ENDS}]*+
        |\[(?:{_NAME}(?:\.{_NAME})*+|"[A-Za-z0-9_*:/.-]++")\][ ]*+(?:\#[^{_ENDS}]*+)?
        |(?:{_NAME}|"[A-Za-z0-9_*:/.-]++")[ ]*+=[ ]*+(?:
            {_SCALAR}
            |\[(?:{_STRING}(?:,[ ]{_STRING})*+)?\]
            |\{{\}}
            |\{{[ ]{_NAME}[ ]=[ ]{_SCALAR}(?:,[ ]{_NAME}[ ]=[ ]{_SCALAR})*+[ ]\}}
        )[ ]*+(?:\#[^{_ENDS}]*+)?
    )?+\n)*+"""


# Levels of tables over which Pipelex 0.10 can recurse, with one call a level, of the 1,000 that Python allows.
_STACK_DEPTH = 980


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the library refuses a text: its line, from 1, the class of the error, and the feature in plain words."""

    line: int
    error: str
    feature: str


@dataclass(frozen=True, slots=True)
class _Reading:
    data: dict[str, object]
    refusal: Refusal | None = None


def reread(document: TomlDocument, *, trims_lines: bool) -> tuple[TomlDocument, Refusal | None]:
    """A document as the library reads it, and the refusal if it does not.

    `trims_lines`: 0.10 cuts the white space at the ends of lines before it reads them (`clean_trailing_whitespace` of
    its `toml_utils`). A text with a byte order mark, or no text at all, stays as it is.
    """
    text = document.text
    if text is None or text.startswith("\ufeff"):
        return document, None
    if document.parse_error is None and document.toml_1_0 and re.fullmatch(_ALIKE, text, re.VERBOSE):
        return document, None
    reading = _read(text, trims_lines)
    if reading.refusal is not None:
        return document, reading.refusal
    if document.parse_error is None and document.data == reading.data:
        return document, None
    return replace(document, data=reading.data, parse_error=None), None


def refusal(text: str, *, trims_lines: bool) -> Refusal | None:
    """Why the library refuses a text; None when it reads it."""
    return _read(text, trims_lines).refusal


@lru_cache(maxsize=64)
def _read(text: str, trims_lines: bool) -> _Reading:
    """The result of the library for a text."""
    import toml  # only for trees of two old releases

    # As a file opened for text: every line end is `\n`.
    content = text.replace("\r\n", "\n").replace("\r", "\n")
    if trims_lines:
        content = _trimmed(content)
    try:
        data = toml.loads(content)
        if deeper_than(_STACK_DEPTH, data):
            return _Reading({}, Refusal(1, "RecursionError", "tables nested too deeply"))
        return _Reading(_plain(data))
    except toml.TomlDecodeError as error:
        return _Reading({}, Refusal(error.lineno, "TomlDecodeError", _feature(error.msg)))
    except Exception as error:  # noqa: BLE001 - the release, too, ends with whatever escapes from the library
        return _Reading({}, Refusal(1, type(error).__name__, _feature("")))


def _trimmed(content: str) -> str:
    lines = [line.rstrip() for line in content.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n\n"


_FEATURES = {
    "Not a homogeneous array": "an array mixes kinds of values",
    "empty name": "a table has an empty name",
    "Line breaks are not allowed": "an inline table over several lines",
    "Invalid inline table": "an inline table with a value of that kind",
    "Reserved escape": "an escape that TOML 0.5 has not",
    "Try quoting": "a name that needs quotes",
    "Found invalid character in key name": "a key with such a character",
    "Unbalanced quotes": "a text of that form",
    "Key group not on a line": "text behind a table's name",
}


def _feature(message: str) -> str:
    """The plain words for the library's message, which may quote values."""
    return next((words for known, words in _FEATURES.items() if known in message), "TOML of a form it does not know")


def _plain(value: object) -> dict[str, object]:
    """The library's data in plain tables: those written inline have a class of their own."""
    plain = _plain_value(value, MAX_DEPTH)
    assert isinstance(plain, dict)
    return plain


def _plain_value(value: object, depth: int) -> object:
    if isinstance(value, dict):
        return {key: _plain_value(item, depth - 1) for key, item in value.items()} if depth else {}
    if isinstance(value, list):
        return [_plain_value(item, depth - 1) for item in value] if depth else []
    return value
