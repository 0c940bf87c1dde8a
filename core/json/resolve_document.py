"""The JSON of `pipedeck resolve`: where references end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.api import Report
from core.json.document import Document, optional
from core.json.shared import LineDocument, RanDocument, utc
from core.references import Kind
from core.refusals import Refusal
from core.resolution import Resolution, Status, Unresolved
from core.routing import Match, RouteMethod
from core.trail import Step

if TYPE_CHECKING:
    from core.probes.availability import Tried, TriedIndex


class RouteDocument(LineDocument):
    """The route that won; `pattern` is null for a default."""

    def __init__(self, method: RouteMethod, match: Match | None) -> None:
        self.method: RouteMethod = method
        self.pattern: str | None = match.pattern if match is not None else None
        super().__init__(match.place.location if match is not None else None)


class StepDocument(LineDocument):
    """A step of a trail."""

    def __init__(self, step: Step) -> None:
        self.kind: str = step.kind
        self.name: str = step.name
        super().__init__(step.location)
        self.note: str = step.note


class UnresolvedDocument(Document):
    """The reason why a reference is dead; `error_type` is what the release raises when it is used."""

    def __init__(self, unresolved: Unresolved) -> None:
        self.code: str = unresolved.code
        self.error_type: str = unresolved.error
        self.message: str = unresolved.message


class RefusalDocument(Document):
    """Why a model refuses a call. `key`: the setting it refuses, null where the model itself lacks something.

    `structured`: only calls with structured output are refused.
    """

    def __init__(self, refusal: Refusal) -> None:
        self.key: str | None = refusal.key
        self.why: str = refusal.why
        self.structured: bool = refusal.structured


class ReferenceDocument(Document):
    """A reference, resolved. `ran`: its past runs, null where none are known."""

    def __init__(self, report: Report, resolution: Resolution) -> None:
        spec, method = resolution.spec, resolution.method
        self.reference: str = resolution.reference
        self.kind: Kind = resolution.kind
        self.family: str = resolution.family
        self.name: str = resolution.name
        self.status: Status = resolution.status
        self.handle: str | None = spec.handle if spec is not None else None
        self.backend: str | None = spec.backend if spec is not None else None
        self.model_id: str | None = spec.model_id if spec is not None else None
        self.sdk: str | None = spec.sdk if spec is not None else None
        self.route: RouteDocument | None = (
            RouteDocument(method, resolution.match) if method is not None and spec is not None else None
        )
        self.trail: list[StepDocument] = [StepDocument(step) for step in report.trail(resolution)]
        self.problem: UnresolvedDocument | None = optional(
            UnresolvedDocument, resolution.unresolved if resolution.status is Status.DEAD else None
        )
        self.refusal: RefusalDocument | None = optional(RefusalDocument, resolution.refusal)
        runs = report.runs
        self.ran: RanDocument | None = optional(RanDocument, runs.of_name(resolution) if runs is not None else None)


class TriedDocument(Document):
    """The outcome of the last check of a model, in UTC. `state`: `confirmed`, `not_served`, `failed` or `unknown`."""

    def __init__(self, tried: Tried) -> None:
        self.state: str = tried.state
        self.at: str = utc(tried.at)
        self.message: str = tried.text


class TriedReferenceDocument(ReferenceDocument):
    """A reference with the last check of its model; null where no result holds, and with `--offline`."""

    def __init__(self, report: Report, resolution: Resolution, index: TriedIndex | None) -> None:
        super().__init__(report, resolution)
        spec = resolution.spec
        tried = index.spec(spec) if index is not None and spec is not None else None
        self.tried: TriedDocument | None = optional(TriedDocument, tried)


class ResolveDocument(Document):
    """Printed by `pipedeck resolve --json`. `tried` holds the results of previous checks."""

    def __init__(self, report: Report, resolutions: Iterable[Resolution], tried: TriedIndex | None = None) -> None:
        self.release: str = str(report.release)
        self.dialect: str = report.catalog.dialect
        self.profile: str | None = report.catalog.active
        self.enabled_backends: list[str] = list(report.catalog.enabled)
        self.references: list[TriedReferenceDocument] = [
            TriedReferenceDocument(report, item, tried) for item in resolutions
        ]
