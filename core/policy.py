"""The policy of a team: `.pipelex/pipedeck.toml`, a file of pipedeck's own that Pipelex does not read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import Final

from core.entities import ModelSpec, Path
from core.files.source import Source
from core.formatting import usd
from core.prices import price_of
from core.records import dataclass
from core.suggest import choose_among

INTERNAL: Final = "internal"
"""The backend of what Pipelex does itself, which costs nothing and does not end."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Ignore:
    """A problem that is accepted up to a day: its code, and its subject or `*`."""

    code: str
    subject: str
    until: str
    path: Path


@dataclass(frozen=True, slots=True)
class Life:
    """The life of a model in the index: the days until its end, None without one; `known`: whether it has the model."""

    known: bool
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits of a team for its models; None allows all. Patterns are those of a shell, prices USD per 1M tokens."""

    backends: tuple[str, ...] | None = None
    families: tuple[str, ...] | None = None
    models: tuple[str, ...] | None = None
    max_price_in: float | None = None
    max_price_out: float | None = None
    ends_within_days: int | None = None
    literal_keys: bool = True
    ignores: tuple[Ignore, ...] = ()

    @property
    def judges_models(self) -> bool:
        """Whether it says anything of models."""
        rules = (self.backends, self.families, self.models, self.max_price_in, self.max_price_out)
        return any(rule is not None for rule in (*rules, self.ends_within_days))

    def violations(self, spec: ModelSpec, family: str, life: Callable[[ModelSpec], Life | None]) -> Iterator[str]:
        """The violations of the policy by a model, as sentences. An unknown property violates it too.

        `life` returns None where the index was not read, which is no answer.
        """
        for noun, name, patterns in (
            ("backend", spec.backend, self.backends),
            ("family", family, self.families),
            ("model", spec.handle, self.models),
        ):
            if patterns is not None and not any(fnmatchcase(name, pattern) for pattern in patterns):
                yield f"{noun} `{name}` is none of {', '.join(patterns) or 'those allowed, which are none'}"
        if spec.backend == INTERNAL:
            return
        price = price_of(spec)
        for side, key, amount, limit in (
            ("input", "max_price_in", price.input, self.max_price_in),
            ("output", "max_price_out", price.output, self.max_price_out),
        ):
            if limit is not None and amount is None:
                yield f"its {side} price is unknown, and {key} is {usd(limit)}"
            elif limit is not None and amount is not None and amount > limit:
                yield f"its {side} price is {usd(amount)} per M, and {key} is {usd(limit)}"
        if self.ends_within_days is not None and (found := life(spec)) is not None:
            if not found.known:
                yield f"its end is unknown, and ends_within_days is {self.ends_within_days}"
            elif found.days is not None and found.days <= self.ends_within_days:
                when = "has ended" if found.days <= 0 else f"ends in {found.days} days"
                yield f"it {when}, and ends_within_days is {self.ends_within_days}"


NO_POLICY: Final = Policy()
Fault = tuple[Path, str]
"""The key path of a wrong value, and what is wrong."""


def read_policy(source: Source | None) -> tuple[Policy, tuple[Fault, ...]]:
    """The policy of a file, and its faults. What is faulty allows nothing."""
    if source is None:
        return NO_POLICY, ()
    if source.error is not None:
        return NO_POLICY, (((), source.error),)
    if source.document.parse_error is not None:
        return NO_POLICY, (((), source.document.parse_error.message),)
    faults: list[Fault] = []
    for key in source.data:
        if key not in ("policy", "ignore"):
            faults.append(((key,), f"unknown key `{key}`: {choose_among(key, ('policy', 'ignore'))}"))
    table = source.data.get("policy", {})
    values: dict[str, object] = {}
    if not isinstance(table, Mapping):
        faults.append((("policy",), "`policy` is no table: write [policy]"))
    else:
        for key, value in table.items():
            path = ("policy", str(key))
            if key not in _READERS:
                faults.append((path, f"unknown key `{key}`: {choose_among(str(key), _READERS)}"))
            elif (read := _READERS[key](value)) is None:
                faults.append((path, f"`{key}` is {_WANTED[_READERS[key]]}"))
            else:
                values[key] = read
    ignores = tuple(_ignores(source.data.get("ignore", []), faults))
    return Policy(**values, ignores=ignores), tuple(faults)  # type: ignore[arg-type]


def _patterns(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return None
    return tuple(value)


def _amount(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return float(value)


def _days(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 99999 else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "backends": _patterns,
    "families": _patterns,
    "models": _patterns,
    "max_price_in": _amount,
    "max_price_out": _amount,
    "ends_within_days": _days,
    "literal_keys": _flag,
}
_WANTED: Final[Mapping[Callable[[object], object], str]] = {
    _patterns: 'a list of names or patterns, as ["openai", "azure*"]',
    _amount: "an amount of USD per million tokens, 0 or more",
    _days: "a number of days, 0 or more",
    _flag: "true or false",
}


def _ignores(value: object, faults: list[Fault]) -> Iterator[Ignore]:
    rows: Sequence[object] = value if isinstance(value, list) else []
    if not isinstance(value, list):
        faults.append((("ignore",), "`ignore` is no list of tables: write [[ignore]]"))
    for number, row in enumerate(rows):
        path: Path = ("ignore", number)
        table = row if isinstance(row, Mapping) else {}
        code, subject, until = (table.get(key) for key in ("code", "subject", "until"))
        day = until.isoformat() if isinstance(until, date) else until
        unknown = [str(key) for key in table if key not in ("code", "subject", "until")]
        if unknown:
            faults.append(((*path, unknown[0]), f"unknown key `{unknown[0]}`: code, subject or until"))
        elif not isinstance(code, str) or not isinstance(subject, str):
            faults.append((path, "an ignore has a code and a subject, which may be `*`"))
        elif not isinstance(day, str) or not _DAY.fullmatch(day) or not _is_day(day):
            faults.append((path, "an ignore has a last day, as until = 2027-01-31"))
        else:
            yield Ignore(code, subject, day, path)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
