"""Forms of TOML: what the reader of a release takes, refuses, or reads in its own way."""

from __future__ import annotations

from ..draft import BACKENDS, SOUTH, Draft
from ..registry import kind, lines, swapped


@kind()
def base_tree(draft: Draft) -> None:
    """The base as it is."""


swapped("price infinite", SOUTH, "input = 1.0", "input = inf")
swapped("price not a number", SOUTH, "input = 1.0", "input = nan")
lines("date without seconds", BACKENDS, "[south]", "since = 2024-05-27T07:32Z")
