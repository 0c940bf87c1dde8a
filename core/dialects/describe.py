"""Values in the words of a message, giving away no secret."""

from __future__ import annotations

from collections.abc import Mapping

from core.masking import masked
from core.variables import placeholders


def describe(value: object, expected: str = "") -> str:
    """A value in words that give away no secret: its kind, and the value itself when it is a plain number or flag.

    A text is quoted only where one of a few words was expected; anywhere else it may be a key that went astray.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value!r}"
    if isinstance(value, str):
        quotable = expected.startswith("one of ") and len(value) <= 40 and not placeholders(value)
        return f'"{masked("", value)}"' if quotable else "a text"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a table"
    return f"a {type(value).__name__}"
