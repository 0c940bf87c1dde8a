"""The documents of `validate` and `resolve`."""

from __future__ import annotations

from typing import Literal

from core.contract.document import Document
from core.contract.live import LiveResultDocument


class ProblemDocument(Document):
    """One finding. `fatal`: the release refuses to start. `file` is relative to the project; lines count from 1."""

    code: str
    severity: Literal["error", "warning", "info"]
    fatal: bool
    error_type: str | None
    message: str
    file: str | None
    line: int | None
    column: int | None
    key: str | None
    fix: str | None
    cause: str | None


class CheckDocument(Document):
    """One of the five checks."""

    status: Literal["fatal", "error", "warning", "ok"]
    problems: int


class ChecksDocument(Document):
    """The five checks."""

    backend_connectivity: CheckDocument
    model_availability: CheckDocument
    routing_consistency: CheckDocument
    preset_validity: CheckDocument
    alias_resolution: CheckDocument


class ValidateDocument(Document):
    """What `pipedeck validate --json` prints."""

    tree: str
    release: str
    dialect: str
    profile: str | None
    verdict: Literal["refused", "cannot_run", "degraded", "warnings", "ok"]
    summary: str
    boots: bool
    counts: dict[str, object]
    checks: ChecksDocument
    problems: list[ProblemDocument]
    live: list[LiveResultDocument] | None = None
    """What the providers said; only with `--live`."""


class RouteDocument(Document):
    """The route that won."""

    method: Literal["exact", "pattern", "optional", "default", "fallback", "internal"]
    pattern: str | None
    file: str | None
    line: int | None


class StepDocument(Document):
    """One step of a trail."""

    kind: str
    name: str
    file: str | None
    line: int | None
    note: str


class DeathDocument(Document):
    """Why a reference is dead; `error_type` is what the release raises when it is used."""

    code: str
    error_type: str
    message: str


class ReferenceDocument(Document):
    """One reference, resolved."""

    reference: str
    kind: Literal["model", "alias", "waterfall", "preset", "choice"]
    family: str
    name: str
    status: Literal["callable", "served", "unknown", "dead"]
    handle: str | None
    backend: str | None
    model_id: str | None
    sdk: str | None
    route: RouteDocument | None
    trail: list[StepDocument]
    problem: DeathDocument | None


class ResolveDocument(Document):
    """What `pipedeck resolve --json` prints."""

    release: str
    dialect: str
    profile: str | None
    enabled_backends: list[str]
    references: list[ReferenceDocument]
