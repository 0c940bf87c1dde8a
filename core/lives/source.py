"""The entries of a data package, in one form for all packages: models with prices, limits and ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field

from core.records import dataclass

DAY = re.compile(r"20\d\d-[01]\d-[0-3]\d")


@dataclass(frozen=True, slots=True)
class SourcePrice:
    """Prices in USD per million tokens from a day on; an empty `start` is not known.

    `other`: prices of other token kinds. `steps`: the prices of long contexts: tokens from which they hold, input,
    output, cached. `tiers`: input and output of other service tiers.
    """

    input: float | None
    output: float | None
    start: str = ""
    other: Mapping[str, float] = field(default_factory=dict)
    steps: tuple[tuple[int, float | None, float | None, float | None], ...] = ()
    tiers: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """The entry of one source for one model of one service."""

    service: str
    model_id: str
    prices: tuple[SourcePrice, ...] = ()
    context: int | None = None
    max_output: int | None = None
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    status: str = ""
    """`deprecated` or `retired`."""
    ends: str = ""
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One read package. `day`: the day of its data, or of its newest price.

    `matches`: the id of its model for an id of a service.
    """

    name: str
    version: str
    day: str
    records: tuple[Record, ...]
    notice: str
    matches: Callable[[str, str], str | None] | None = None


def text_of(value: object) -> str:
    """The value if it is a text; else an empty one."""
    return value if isinstance(value, str) else ""


def number_of(value: object) -> float | None:
    """The value if it is a price: a number from 0 up to a billion."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9 else None


def count_of(value: object) -> int | None:
    """The value if it is a count of tokens: more than 0, and less than a billion."""
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9 else None


def day_of(value: object) -> str:
    """The day at the start of a text, as `2026-12-01`; empty without one."""
    found = DAY.match(text_of(value))
    return found[0] if found else ""
