"""Names of keys: as Textual has them, as people write them, and which of them terminals can send."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Final

_SIGNS: Final[Mapping[str, str]] = {
    "!": "exclamation_mark",
    '"': "quotation_mark",
    "#": "number_sign",
    "$": "dollar_sign",
    "%": "percent_sign",
    "&": "ampersand",
    "'": "apostrophe",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
    "*": "asterisk",
    "+": "plus",
    ",": "comma",
    "-": "minus",
    ".": "full_stop",
    "/": "slash",
    ":": "colon",
    ";": "semicolon",
    "<": "less_than_sign",
    "=": "equals_sign",
    ">": "greater_than_sign",
    "?": "question_mark",
    "@": "at",
    "[": "left_square_bracket",
    "\\": "backslash",
    "]": "right_square_bracket",
    "^": "circumflex_accent",
    "_": "underscore",
    "`": "grave_accent",
    "{": "left_curly_bracket",
    "|": "vertical_line",
    "}": "right_curly_bracket",
    "~": "tilde",
    " ": "space",
}
"""Signs by the names Textual has for their keys."""

_WORDS: Final[Mapping[str, str]] = {
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "space": "space",
    "delete": "del",
    "backspace": "⌫",
    "shift+tab": "shift+tab",
}
_SAID: Final[Mapping[str, str]] = {
    **{name: sign for sign, name in _SIGNS.items() if sign != " "},
    **_WORDS,
}
_MEANT: Final[Mapping[str, str]] = {
    **_SIGNS,
    **{word: name for name, word in _WORDS.items()},
    "return": "enter",
    "esc": "escape",
    "pgdn": "pagedown",
    "pgup": "pageup",
}

_NAMED: Final = frozenset(
    ["escape", "enter", "tab", "shift+tab", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"]
    + ["left", "right", "up", "down"]
    + [f"f{number}" for number in range(2, 13)]
)
NEVER: Final[Mapping[str, str]] = {
    "ctrl+h": "terminals send backspace for it",
    "ctrl+m": "terminals send enter for it",
    "ctrl+i": "terminals send tab for it",
    "ctrl+j": "many terminals send enter for it",
    "ctrl+left_square_bracket": "terminals send esc for it",
    "ctrl+b": "tmux keeps it for itself",
    "ctrl+a": "GNU screen keeps it for itself",
    "ctrl+space": "many terminals cannot send it",
    "ctrl+backslash": "terminals end programs with it",
    "ctrl+c": "terminals interrupt programs with it",
    "f1": "terminals open their own help with it",
    "f10": "terminals open their own menu with it",
    "f11": "terminals fill the screen with it",
}
"""Keys that terminals cannot send, or that terminals and multiplexers keep, and why."""


def key_named(text: str) -> str:
    """The key that a person means by `/`, `esc`, `ctrl+x` or `F5`, as Textual calls it.

    Raises ValueError, saying what is wrong with it, for what is no key, and for keys that never reach a program.
    """
    written = text if text == " " else text.strip()
    if len(written) == 1:
        if written.isalnum() and written.isascii():
            return written
        if written in _MEANT:
            return _MEANT[written]
        raise ValueError("only letters, digits and signs of ASCII can be keys: others are not on every keyboard")
    *modifiers, last = written.lower().replace(" ", "").split("+")
    last = _MEANT.get(last, last)
    name = "+".join((*modifiers, last))
    if name in NEVER:
        raise ValueError(NEVER[name])
    if name in _NAMED or name in _SIGNS.values():
        return name
    if modifiers == ["ctrl"] and len(last) == 1 and last in string.ascii_lowercase:
        return name
    if modifiers and (last in _NAMED or len(last) == 1 or last in _SIGNS.values()):
        raise ValueError("many terminals cannot send it; write a plain key, or ctrl with a letter")
    raise ValueError("it is no key; write a letter, a sign, or a name such as enter, esc, pgdn, f5, ctrl+x")


def key_label(key: str) -> str:
    """A key as people say it: `/`, `esc`, `^x`."""
    if key.startswith("ctrl+") and len(key) == 6:
        return f"^{key[-1]}"
    return _SAID.get(key, key)
