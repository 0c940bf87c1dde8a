"""Values in the words of a message, giving away no secret."""

from __future__ import annotations

from collections.abc import Mapping

from core.dialects.shape import Shape
from core.masking import HIDDEN, masked, shown_value
from core.releases import Release
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


def shown_field(shape: Shape | None, key: str, value: object, release: Release) -> str:
    """A value of a table in one line as it may be shown.

    Besides what `shown_value` hides, a text is hidden where none is expected: a key may have gone astray there.
    """
    rule = shape.known(release).get(key) if shape is not None else None
    if isinstance(value, str) and rule is not None and not placeholders(value):
        expected = rule.test(value)
        if expected and "one of " not in expected:
            return HIDDEN
    return shown_value(key, value)
