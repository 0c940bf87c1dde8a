"""What the data packages say about models, and the reader of files of a wheel."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Final

from core.errors import PipedeckError
from core.records import dataclass

MAX_MEMBER: Final = 32 << 20
"""Bytes of the largest file that is read from a wheel."""
DAY = re.compile(r"20\d\d-[01]\d-[0-3]\d")


class SourceError(PipedeckError):
    """A package without the expected data."""


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
    """What one source says about one model of one service."""

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


class Wheel:
    """Reads files of a wheel, up to a size."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile:
            raise SourceError("not a wheel") from None

    def read(self, pattern: str) -> bytes:
        """The first file with this name. Raises SourceError."""
        for item in self._zip.infolist():
            if re.fullmatch(pattern, item.filename):
                if item.file_size > MAX_MEMBER:
                    raise SourceError(f"{item.filename} is larger than {MAX_MEMBER >> 20} MiB")
                return self._zip.read(item)
        raise SourceError(f"no file {pattern}")

    def text(self, pattern: str) -> str:
        return self.read(pattern).decode("utf-8", "replace")

    @property
    def notices(self) -> str:
        """The licence texts."""
        names = sorted(name for name in self._zip.namelist() if re.search(r"\.dist-info/licenses/.*LICENSE", name))
        return "\n".join(self.text(re.escape(name)).strip() for name in names)


def text_of(value: object) -> str:
    return value if isinstance(value, str) else ""


def number_of(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9 else None


def count_of(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9 else None


def day_of(value: object) -> str:
    found = DAY.match(text_of(value))
    return found[0] if found else ""
