"""Drift: the differences between the parts of a tree and the kit it was made from, or a newer one."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import StrEnum

from core.api import Report
from core.diagnostics.history_codes import KIT_DRIFT
from core.problems import Problem, Severity
from core.records import dataclass
from core.releases import Release
from core.rules.context import problem
from core.toml.edit.plain_data import identical
from core.toml.edit.text_layout import Path
from core.upgrade.convert import Converter
from core.upgrade.kit import Kit
from core.upgrade.origin import Origin, Stock, data_of
from core.upgrade.rows import shown
from core.upgrade.units import DECK, kind_of, units


class Drift(StrEnum):
    """The kind of a difference."""

    YOURS = "yours"
    """It differs from the kit of its origin, which the newer kit did not change."""
    BEHIND = "behind"
    """It is as the kit of its origin has it, and the newer kit has another value."""
    GONE = "gone"
    """It is as the kit of its origin has it, and the newer kit does not have it."""
    BOTH = "both"
    """It differs from the kit of its origin, and from a newer value of the newer kit."""


@dataclass(frozen=True)
class DriftRow:
    """One part that differs, with its value here and in the newer kit, masked."""

    file: str
    path: Path
    drift: Drift
    mine: str
    new: str

    @property
    def name(self) -> str:
        """The key path, joined by dots."""
        return ".".join(map(str, self.path))


@dataclass(frozen=True)
class DriftReport:
    """The drift of a tree."""

    origin: Origin
    stock: str
    target: Release
    kit: str
    rows: tuple[DriftRow, ...] = field(repr=False)

    @property
    def counts(self) -> Counter[Drift]:
        """The number of differences of each kind."""
        return Counter(row.drift for row in self.rows)


def drift(origin: Origin, mine: Mapping[str, bytes], stock: Stock, kit: Kit, converter: Converter) -> DriftReport:
    """The drift of the files of a tree, by their path below `.pipelex`, from its stock and from a kit."""
    new_units: dict[tuple[str, Path], object] = {}
    for name, content in kit.files.items():
        if kind_of(name):
            found = units(name, data_of(content))
            new_units.update({(_place(name), path): value for path, value in found.items()})
    rows = []
    for name, content in mine.items():
        if not kind_of(name):
            continue
        for path, value in units(name, data_of(content)).items():
            for target, part in converter.unit(name, path, value):
                row = _drift(stock, new_units, name, (path, value), (target, part))
                if row is not None:
                    new = new_units.get((_place(name), target))
                    rows.append(DriftRow(name, path, row, shown(name, path, value), shown(name, target, new)))
    return DriftReport(origin, stock.source, kit.release, kit.where, tuple(rows))


_WORDS = {
    Drift.YOURS: "its kit has another value, and the newer kit the same one as that, or none",
    Drift.BEHIND: "it is as its kit has it, and the newer kit has another value",
    Drift.GONE: "it is as its kit has it, and the newer kit does not have it",
    Drift.BOTH: "its kit has another value, and the newer kit a third one",
}


def drift_problems(drift: DriftReport, report: Report) -> Iterator[Problem]:
    """A problem for each part that differs; a warning for one that is gone from the newer kit."""
    folder = os.path.dirname(report.catalog.tree.paths.inference)
    sources = {os.path.relpath(source.path, folder): source for source in report.catalog.tree.sources}
    for row in drift.rows:
        source = sources.get(row.file)
        yield problem(
            KIT_DRIFT,
            f"`{row.name}` is '{row.drift.value}': {_WORDS[row.drift]}",
            source.locate(row.path) if source is not None else None,
            severity=Severity.WARNING if row.drift is Drift.GONE else None,
            fix=f"`pipedeck upgrade` to the kit of {drift.target}" if row.drift is not Drift.YOURS else None,
            subject=row.name,
        )


def _drift(
    stock: Stock,
    new_units: Mapping[tuple[str, Path], object],
    name: str,
    old: tuple[Path, object],
    converted: tuple[Path, object],
) -> Drift | None:
    new = new_units.get((_place(name), converted[0]))
    is_stock = stock.has_unit(name, *old)
    if new is not None and identical(new, converted[1]):
        return None
    if is_stock:
        return Drift.GONE if new is None else Drift.BEHIND
    return Drift.YOURS if new is None or stock.has_unit(name, converted[0], new) else Drift.BOTH


def _place(name: str) -> str:
    return DECK if kind_of(name) == DECK else name
