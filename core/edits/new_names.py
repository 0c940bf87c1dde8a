"""New names: what a person may call a backend, a model, a profile, a route, or an entry of the deck."""

from __future__ import annotations

import unicodedata

from core.edits.refused import EditRefusedError


def an(noun: str) -> str:
    """A noun with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def check_new_name(name: str, what: str) -> None:
    """Raise EditRefusedError if a text cannot be a name: empty, padded with spaces, or with invisible characters."""
    if not name.strip():
        raise EditRefusedError(f"The name of {an(what)} must not be empty.", "Give it a name.")
    if name != name.strip():
        raise EditRefusedError(
            f"The name of {an(what)} must not begin or end with a blank.", f"Write `{name.strip()}`."
        )
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in name):
        raise EditRefusedError(f"The name of {an(what)} must not hold signs that cannot be seen.", "Leave them out.")


def check_pattern(pattern: str) -> None:
    """Raises EditRefusedError when a text is of no use as a route's pattern."""
    check_new_name(pattern, "route")
    if "*" in pattern[1:-1]:
        raise EditRefusedError(
            f"In `{pattern}` a `*` inside is taken literally: it counts only as the first or last character.",
            "Write `x*`, `*x`, `*x*`, `*`, or the exact name of a model.",
        )
