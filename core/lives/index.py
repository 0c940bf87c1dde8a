"""The index of lives and prices: what published data says about a model, with the source and day of each fact."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import Any, Final

from core.records import dataclass

FORMAT: Final = 1
INDEX_FILE: Final = "index.json.gz"
NOTICES_FILE: Final = "NOTICES.txt"
KIND_LETTERS: Final[Mapping[str, str]] = {"text": "t", "image": "i", "audio": "a", "video": "v", "pdf": "p"}
OLD_DAYS: Final = 90
"""An older index is noted as old."""
MAX_BYTES: Final = 16 << 20
_KINDS: Final = {letter: kind for kind, letter in KIND_LETTERS.items()}
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Origin:
    """A source: the package, its version, and the day of its data."""

    name: str
    version: str
    day: str

    def __str__(self) -> str:
        return f"{self.name} of {self.day}"


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """Prices in USD per million tokens that these sources agree on, from `start` on (empty: not known).

    `other`: prices of other token kinds, such as `cached`. `steps`: tokens of context from which other prices hold,
    with input, output and cached. `tiers`: input and output of other service tiers, such as `batch`.
    """

    origins: tuple[Origin, ...]
    start: str
    input: float | None
    output: float | None
    other: Mapping[str, float] = field(default_factory=dict)
    steps: tuple[tuple[int, float | None, float | None, float | None], ...] = ()
    tiers: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListedLimits:
    """The context window and the longest output in tokens, by the sources that agree; 0 is unknown."""

    origins: tuple[Origin, ...]
    context: int
    max_output: int


@dataclass(frozen=True, slots=True)
class Life:
    """The end of a model according to one source. `status`: `deprecated`, `retired` or empty."""

    origin: Origin
    status: str
    ends: str
    successor: str


@dataclass(frozen=True, slots=True)
class ModelLife:
    """The entries of all sources for one model of one service.

    `exact`: the id is listed as it is; otherwise it is a dated or regional form of a listed id, of which the prices
    are left out.
    """

    service: str
    model_id: str
    exact: bool
    prices: tuple[ListedPrice, ...]
    limits: tuple[ListedLimits, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    lives: tuple[Life, ...]


class Index:
    """The index of one day. Rows are read when they are asked for."""

    def __init__(self, document: Mapping[str, Any], *, own: bool = False) -> None:
        """`own`: made by the user's own refresh. Raises ValueError for another format."""
        if document.get("format") != FORMAT or not _DAY.fullmatch(document["built"]):
            raise ValueError("another format")
        self.own = own
        self.built: str = document["built"]
        self.sources = tuple(Origin(str(name), str(version), str(day)) for name, version, day in document["sources"])
        self._rows: dict[str, Mapping[str, str]] = {
            service: rows for service, rows in document["services"].items() if isinstance(rows, dict)
        }

    def __contains__(self, key: tuple[str, str]) -> bool:
        return key[1] in self.listed(key[0])

    def __len__(self) -> int:
        return sum(map(len, self._rows.values()))

    def listed(self, service: str) -> Collection[str]:
        """The listed ids of a service; empty for an unknown one."""
        return self._rows.get(service, {})

    @property
    def services(self) -> tuple[str, ...]:
        """The services with models."""
        return tuple(self._rows)

    def facts(self, service: str, key: str, *, exact: bool = True) -> ModelLife | None:
        """The facts of a listed id, in lower case; None for another one or an invalid row."""
        text = self._rows.get(service, {}).get(key)
        if text is None:
            return None
        try:
            row: list[Any] = json.loads(text)  # all rows parsed take 4 MB: a tree needs few
            prices, limits, kinds, lives = [*row, *_EMPTY[len(row) :]]
            sides = kinds.partition(":")[2].partition(">") if kinds else ("", "", "")
            return ModelLife(
                service,
                key,
                exact,
                tuple(map(self._price, prices)) if exact else (),
                tuple(ListedLimits(self._origins(item[0]), int(item[1]), int(item[2])) for item in limits),
                tuple(_KINDS[letter] for letter in sides[0]),
                tuple(_KINDS[letter] for letter in sides[2]),
                tuple(Life(self._origins(item[0])[0], *map(str, [*item[1:], "", "", ""][:3])) for item in lives),
            )
        except (ValueError, TypeError, IndexError, KeyError, AttributeError):
            return None

    def _price(self, row: Sequence[Any]) -> ListedPrice:
        letters, start, cost_in, cost_out, other, steps, tiers = [*row, *_NO_PRICE[len(row) :]]
        return ListedPrice(
            self._origins(letters),
            str(start),
            _amount(cost_in),
            _amount(cost_out),
            {str(kind): float(amount) for kind, amount in (other or {}).items()},
            tuple((int(size), _amount(low), _amount(high), _amount(cached)) for size, low, high, cached in steps or ()),
            {str(tier): (_amount(pair[0]), _amount(pair[1])) for tier, pair in (tiers or {}).items()},
        )

    def _origins(self, letters: str) -> tuple[Origin, ...]:
        return tuple(self.sources[int(letter)] for letter in letters)

    def age_days(self, today: str) -> int:
        """The days since it was made."""
        return max(0, days_between(self.built, today))

    def age_text(self, today: str) -> str:
        """Its day and age: `of 2026-12-01, 3 days old`."""
        days = self.age_days(today)
        own = "own index" if self.own else "index"
        return f"{own} of {self.built}, {'made today' if not days else f'{days} day{chr(115) * (days != 1)} old'}"


_EMPTY: Final[tuple[Any, ...]] = ((), (), "", ())
_NO_PRICE: Final[tuple[Any, ...]] = ("", "", None, None, {}, (), {})


def _amount(value: Any) -> float | None:
    return None if value is None else float(value)


def normal_id(model_id: str) -> str:
    """An id as the index lists it."""
    return model_id.strip().lower()


def days_between(first: str, second: str) -> int:
    """The days from one day to another, both as `2026-12-31`. Raises ValueError for other texts."""
    return (date.fromisoformat(second) - date.fromisoformat(first)).days


def own_index_path(environ: Mapping[str, str]) -> Path:
    """The index in the user's data folder: `$XDG_DATA_HOME/pipedeck`, or `~/.local/share/pipedeck`."""
    folder = Path(environ.get("XDG_DATA_HOME", ""))
    if not folder.is_absolute():
        folder = Path(environ.get("HOME") or Path.home(), ".local", "share")
    return folder / "pipedeck" / INDEX_FILE


def read_index(environ: Mapping[str, str], today: str) -> tuple[Index | None, tuple[str, ...]]:
    """The newest readable index, the user's own or the shipped one, and notes for the user. Never raises."""
    notes: list[str] = []
    found = list(_readable(environ, notes))
    index = max(found, key=lambda item: (item.built, item.own), default=None)
    if index is not None and index.age_days(today) > OLD_DAYS:
        notes.append(f"the {index.age_text(today)}: renew it with `pipedeck lives --refresh`")
    return index, tuple(notes)


def _readable(environ: Mapping[str, str], notes: list[str]) -> Iterator[Index]:
    own = own_index_path(environ)
    for path, is_own in ((Path(__file__).with_name(INDEX_FILE), False), (own, True)):
        try:
            yield parse_index(path.read_bytes(), own=is_own)
        except FileNotFoundError:
            if not is_own:
                notes.append("the index of lives and prices is missing from the package")
        except (OSError, ValueError) as error:
            notes.append(f"the index of lives and prices {path} cannot be read ({str(error) or type(error).__name__})")


def parse_index(data: bytes, *, own: bool = False) -> Index:
    """An index from the bytes of its file. Raises ValueError where it is broken or of another format."""
    try:
        packed = zlib.decompressobj(31)
        text = packed.decompress(data, MAX_BYTES)
        if packed.unconsumed_tail or not packed.eof:
            raise ValueError("it is cut off or too large")
        document = json.loads(text)
        return Index(document, own=own)
    except (zlib.error, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it is broken") from error


def packed_index(document: Mapping[str, Any]) -> bytes:
    """The bytes of an index file, each row as a JSON text of its own. Equal documents give equal bytes."""
    services = {
        name: {key: _compact(row) for key, row in rows.items()} for name, rows in document.get("services", {}).items()
    }
    data = _compact({**document, "services": services}).encode()
    return gzip.compress(data, 9, mtime=0)


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def names(origins: Iterable[Origin]) -> str:
    """The names of sources."""
    return ", ".join(origin.name for origin in origins)
