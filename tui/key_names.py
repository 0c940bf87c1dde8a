"""Key names of Textual, their labels, and the keys that terminals cannot send."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Final

_CHARACTERS: Final[Mapping[str, str]] = {
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
"""Textual's key names by character."""

_SPECIAL_LABELS: Final[Mapping[str, str]] = {
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
_LABELS: Final[Mapping[str, str]] = {
    **{name: character for character, name in _CHARACTERS.items() if character != " "},
    **_SPECIAL_LABELS,
}
_NAMES: Final[Mapping[str, str]] = {
    **_CHARACTERS,
    **{word: name for name, word in _SPECIAL_LABELS.items()},
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
UNREACHABLE: Final[Mapping[str, str]] = {
    "ctrl+h": "terminals send backspace for it",
    "ctrl+m": "terminals send enter for it",
    "ctrl+i": "terminals send tab for it",
    "ctrl+j": "many terminals send enter for it",
    "ctrl+left_square_bracket": "terminals send esc for it",
    "ctrl+b": "tmux uses it",
    "ctrl+a": "GNU screen uses it",
    "ctrl+space": "many terminals cannot send it",
    "ctrl+backslash": "terminals end programs with it",
    "ctrl+c": "terminals interrupt programs with it",
    "f1": "terminals open their own help with it",
    "f10": "terminals open their own menu with it",
    "f11": "terminals fill the screen with it",
}
"""Keys that never reach a program, and why."""


def key_named(text: str) -> str:
    """Textual's name of a key that is written as `/`, `esc`, `ctrl+x` or `F5`.

    Raises ValueError with the reason for unknown keys, and for keys that never reach a program.
    """
    written = text if text == " " else text.strip()
    if len(written) == 1:
        if written.isalnum() and written.isascii():
            return written
        if written in _NAMES:
            return _NAMES[written]
        raise ValueError("only letters, digits and symbols of ASCII can be keys: others are not on every keyboard")
    *modifiers, last = written.lower().replace(" ", "").split("+")
    last = _NAMES.get(last, last)
    name = "+".join((*modifiers, last))
    if name in UNREACHABLE:
        raise ValueError(UNREACHABLE[name])
    if name in _NAMED or name in _CHARACTERS.values():
        return name
    if modifiers == ["ctrl"] and len(last) == 1 and last in string.ascii_lowercase:
        return name
    if modifiers and (last in _NAMED or len(last) == 1 or last in _CHARACTERS.values()):
        raise ValueError("many terminals cannot send it; write a plain key, or ctrl with a letter")
    raise ValueError("it is no key; write a letter, a sign, or a name such as enter, esc, pgdn, f5, ctrl+x")


def key_label(key: str) -> str:
    """The label of a key: `/`, `esc`, `^x`."""
    if key.startswith("ctrl+") and len(key) == 6:
        return f"^{key[-1]}"
    return _LABELS.get(key, key)
