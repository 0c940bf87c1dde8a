"""Parts of several documents: the tree they are about, locations, problems, ends of references, prices."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.api import Report
from core.entities import Location
from core.json.document import Document
from core.pipe_tally import PipeTally
from core.prices import Price
from core.problems import Check, Problem, Severity, Stage
from core.resolution import Resolution, Status

if TYPE_CHECKING:
    from core.traces.run_index import Ran


class TreeDocument(Document):
    """The tree that a document is about: its folder, the release answered for, its start folder, the active profile."""

    def __init__(self, report: Report) -> None:
        self.tree: str = report.catalog.tree.paths.inference
        self.release: str = str(report.release)
        self.release_source: str = report.release_source
        self.started_in: str = report.catalog.tree.paths.start
        self.profile: str | None = report.catalog.active


class LineDocument(Document):
    """A file, relative to the project, and a line of it, counted from 1."""

    def __init__(self, location: Location | None) -> None:
        self.file: str | None = location.file if location is not None else None
        self.line: int | None = location.line if location is not None else None


class LocationDocument(LineDocument):
    """A location in a file. Columns count from 1; `key` is dotted."""

    def __init__(self, location: Location | None) -> None:
        super().__init__(location)
        self.column: int | None = location.column if location is not None else None
        self.key: str | None = (location.key or None) if location is not None else None


class ProblemDocument(LocationDocument):
    """A diagnostic. `fatal`: the release refuses to start. `excerpt`: lines of the file, secrets hidden."""

    def __init__(self, problem: Problem) -> None:
        self.code: str = problem.code
        self.severity: Severity = problem.severity
        self.fatal: bool = problem.fatal
        self.error_type: str | None = problem.error_type
        self.message: str = problem.message
        self.check: Check = problem.check
        self.stage: Stage = problem.stage
        super().__init__(problem.location)
        self.fix: str | None = problem.fix
        self.cause: str | None = problem.cause
        self.excerpt: list[str] | None = list(problem.excerpt) if problem.excerpt is not None else None


class EndDocument(Document):
    """The end of a reference: its status, and the model that it ends at."""

    def __init__(self, resolution: Resolution) -> None:
        spec = resolution.spec
        self.status: Status = resolution.status
        self.backend: str | None = spec.backend if spec is not None else None
        self.handle: str | None = spec.handle if spec is not None else None
        self.model_id: str | None = spec.model_id if spec is not None else None


class PriceDocument(Document):
    """A price in USD per million tokens; null is unknown, which is not zero. `others`: further kinds of tokens."""

    def __init__(self, price: Price) -> None:
        self.input: float | None = price.input
        self.output: float | None = price.output
        self.others: dict[str, float] = dict(price.other_costs)


class RanDocument(Document):
    """The calls and errors of the last 30 days by the traces of the project. Times are in UTC, null without a run.

    `by_name`: those by this name; otherwise its model was called by other names. `seconds` and `usd`: of the last call.
    """

    def __init__(self, ran: Ran) -> None:
        totals = ran.totals
        self.by_name: bool = ran.by_name
        self.at: str | None = utc(totals.last) if totals.calls else None
        self.seconds: float | None = totals.last_seconds
        self.usd: float | None = totals.last_cost
        self.calls: int = totals.calls
        self.errors: int = totals.errors
        self.last_error: str | None = utc(totals.last_error) if totals.errors else None


def utc(moment: float) -> str:
    """A unix time in UTC: `2026-12-01T08:30:00Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


class PipeTallyDocument(Document):
    """The pipes of a project that use a model. `unknown`: only a server, a plugin or Python can tell."""

    def __init__(self, tally: PipeTally) -> None:
        self.total: int = tally.total
        self.can_run: int = tally.able
        self.unknown: int = tally.unknown
