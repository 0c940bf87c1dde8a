"""The JSON of `pipedeck lives` and `pipedeck prices`: ends of models, and prices that differ from published ones."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Report
from core.json.document import Document
from core.json.shared import LocationDocument, PriceDocument, TreeDocument
from core.lives.index import Index, ListedPrice, Origin
from core.lives.life_rows import LifeRow
from core.lives.lives import LifeState
from core.lives.price_check import PriceCheck


class OriginDocument(Document):
    """A source of the index: a package, its version, and the day of its data."""

    def __init__(self, origin: Origin) -> None:
        self.name: str = origin.name
        self.version: str = origin.version
        self.day: str = origin.day


class IndexDocument(Document):
    """The index in use. `own`: made by `lives --refresh` here. `age_days` counts to `today`."""

    def __init__(self, index: Index, today: str) -> None:
        self.built: str = index.built
        self.today: str = today
        self.age_days: int = index.age_days(today)
        self.own: bool = index.own
        self.sources: list[OriginDocument] = [OriginDocument(origin) for origin in index.sources]


class LifeDocument(LocationDocument):
    """A model with an end. `ends`: its day, null if none is stated. `listed`: age of the check that lists it."""

    def __init__(self, row: LifeRow, *, ignored: bool = False) -> None:
        self.handle: str = row.spec.handle
        self.backend: str = row.spec.backend
        self.model_id: str = row.spec.model_id
        self.state: LifeState = row.state
        self.ends: str | None = row.end.day or None
        self.days: int | None = row.end.days if row.end.day else None
        self.source: OriginDocument = OriginDocument(row.end.origin)
        self.successor: str | None = row.end.successor or None
        self.follows: str | None = row.follows or None
        self.names: list[str] = list(row.names)
        self.listed: str | None = row.listed or None
        self.ignored: bool = ignored
        super().__init__((row.spec.origin("model_id") or row.spec.place).location)


class LivesDocument(TreeDocument):
    """Printed by `pipedeck lives --json`. `unknown`: the models that are not in the index; null without an index."""

    def __init__(
        self,
        report: Report,
        rows: Sequence[LifeRow],
        *,
        within: int,
        ignored: frozenset[str],
        unknown: int | None,
        notes: Sequence[str],
    ) -> None:
        super().__init__(report)
        knowledge = report.knowledge
        self.index: IndexDocument | None = (
            IndexDocument(knowledge.index, knowledge.today) if knowledge is not None else None
        )
        self.notes: list[str] = list(notes)
        self.within: int = within
        self.unknown: int | None = unknown
        self.models: list[LifeDocument] = [LifeDocument(row, ignored=row.spec.handle in ignored) for row in rows]


class StepPriceDocument(Document):
    """The prices from a number of context tokens on, USD per million."""

    def __init__(self, step: tuple[int, float | None, float | None, float | None]) -> None:
        self.above: int = step[0]
        self.input: float | None = step[1]
        self.output: float | None = step[2]
        self.cached: float | None = step[3]


class TierPriceDocument(Document):
    """The prices of a service tier, such as `batch`, USD per million tokens."""

    def __init__(self, name: str, pair: tuple[float | None, float | None]) -> None:
        self.name: str = name
        self.input: float | None = pair[0]
        self.output: float | None = pair[1]


class ListedPriceDocument(Document):
    """The price that sources state, USD per million tokens. `start`: its first day, null if unknown."""

    def __init__(self, listed: ListedPrice) -> None:
        self.sources: list[str] = [origin.name for origin in listed.origins]
        self.start: str | None = listed.start or None
        self.input: float | None = listed.input
        self.output: float | None = listed.output
        self.others: dict[str, float] = dict(listed.other)
        self.steps: list[StepPriceDocument] = [StepPriceDocument(step) for step in listed.steps]
        self.tiers: list[TierPriceDocument] = [TierPriceDocument(*item) for item in listed.tiers.items()]


class PriceCheckDocument(LocationDocument):
    """A model with its price and those of the sources. `factor`: the largest ratio; null for free against paid."""

    def __init__(self, check: PriceCheck) -> None:
        self.handle: str = check.spec.handle
        self.backend: str = check.spec.backend
        self.model_id: str = check.spec.model_id
        self.price: PriceDocument = PriceDocument(check.price)
        self.factor: float | None = check.factor if check.factor != float("inf") else None
        self.listed: list[ListedPriceDocument] = [ListedPriceDocument(item) for item in check.listed]
        super().__init__((check.spec.origin("costs") or check.spec.place).location)


class PricesDocument(TreeDocument):
    """Printed by `pipedeck prices --json`. `compared`: the models with a price on both sides."""

    def __init__(self, report: Report, checks: Sequence[PriceCheck], compared: int, notes: Sequence[str]) -> None:
        super().__init__(report)
        knowledge = report.knowledge
        self.index: IndexDocument | None = (
            IndexDocument(knowledge.index, knowledge.today) if knowledge is not None else None
        )
        self.notes: list[str] = list(notes)
        self.compared: int = compared
        self.models: list[PriceCheckDocument] = [PriceCheckDocument(check) for check in checks]


class RefreshDocument(Document):
    """Printed by `pipedeck lives --refresh --json`: the new index, or the error."""

    def __init__(self, index: Index | None, today: str, error: str = "") -> None:
        self.index: IndexDocument | None = IndexDocument(index, today) if index is not None else None
        self.models: int = len(index) if index is not None else 0
        self.error: str | None = error or None
