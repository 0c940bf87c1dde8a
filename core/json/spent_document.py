"""The JSON of `pipedeck spent`: calls, tokens and cost of past runs."""

from __future__ import annotations

from core.api import Report
from core.json.document import Document
from core.json.shared import TreeDocument
from core.past_runs import ReadTraces
from core.repricing import Cost
from core.spent import Spending, Spent
from core.traces.summary import Summary


class CostDocument(Document):
    """A cost in USD of all but the unrated calls."""

    def __init__(self, cost: Cost) -> None:
        self.usd: float = cost.usd
        self.unrated: int = cost.unrated


class InsteadDocument(Document):
    """The cost in USD with other models, from and to."""

    def __init__(self, instead: tuple[float, float]) -> None:
        self.low: float = instead[0]
        self.high: float = instead[1]


class SpendingDocument(Document):
    """The spending of a pipe, model, backend or day. `cached` is part of `input`; `units`: requests and pages.

    `recorded`: by the prices of the runs; `file`: by those of the tree; `index`: by published ones.
    """

    def __init__(self, spending: Spending) -> None:
        self.name: str = spending.name
        self.calls: int = spending.calls
        self.errors: int = spending.errors
        self.input: int = spending.input
        self.output: int = spending.output
        self.cached: int = spending.cached
        self.units: int = spending.units
        self.recorded: CostDocument = CostDocument(spending.recorded)
        self.file: CostDocument = CostDocument(spending.file)
        self.index: CostDocument = CostDocument(spending.listed)
        self.instead: InsteadDocument | None = (
            InsteadDocument(spending.instead) if spending.instead is not None else None
        )


class TracesDocument(Document):
    """The traces read: their folder and files, and what was left out, by its kind.

    `none`: why the release writes no traces there. `cut`: files whose last line is not complete; `unread`: files that
    cannot be read; `stopped`: older traces are not read yet; `error`: why the summary could not be kept.
    """

    def __init__(self, traces: ReadTraces, summary: Summary) -> None:
        updated = traces.updated
        self.folder: str = traces.folder.path
        self.none: str | None = traces.folder.why_none or None
        self.files: int = updated.files
        self.cut: int = updated.cut
        self.unread: int = updated.unread
        self.stopped: bool = updated.stopped
        self.error: str | None = traces.error or None
        self.gaps: dict[str, int] = {gap.value: count for gap, count in summary.gaps.items()}


class SpentDocument(TreeDocument):
    """Printed by `pipedeck spent --json`. Days are in UTC. `by_routes`: calls without a recorded backend."""

    def __init__(self, report: Report, spent: Spent, traces: ReadTraces) -> None:
        super().__init__(report)
        self.traces: TracesDocument = TracesDocument(traces, traces.updated.cache.summary)
        self.since: str = spent.since
        self.until: str = spent.until
        self.by: str = spent.by.value
        self.total: SpendingDocument = SpendingDocument(spent.total)
        self.groups: list[SpendingDocument] = [SpendingDocument(group) for group in spent.groups]
        self.days: list[SpendingDocument] = [SpendingDocument(day) for day in spent.days]
        self.by_routes: int = spent.by_routes
