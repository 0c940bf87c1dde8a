"""The document of `resolve`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from core.api import Report
from core.json.shared import LineDocument, RefusalDocument, line_document, refusal_document
from core.references import Kind
from core.resolution import Resolution, Status
from core.routing import RouteMethod


class RouteDocument(LineDocument):
    """The route that won; `pattern` is null for a default."""

    method: RouteMethod
    pattern: str | None


class StepDocument(LineDocument):
    """A step of a trail."""

    kind: str
    name: str
    note: str


class UnresolvedDocument(TypedDict):
    """The reason why a reference is dead; `error_type` is what the release raises when it is used."""

    code: str
    error_type: str
    message: str


class ReferenceDocument(TypedDict):
    """A reference, resolved."""

    reference: str
    kind: Kind
    family: str
    name: str
    status: Status
    handle: str | None
    backend: str | None
    model_id: str | None
    sdk: str | None
    route: RouteDocument | None
    trail: list[StepDocument]
    problem: UnresolvedDocument | None
    refusal: RefusalDocument | None


class ResolveDocument(TypedDict):
    """Printed by `pipedeck resolve --json`."""

    release: str
    dialect: str
    profile: str | None
    enabled_backends: list[str]
    references: list[ReferenceDocument]


def resolve_document(report: Report, resolutions: Iterable[Resolution]) -> ResolveDocument:
    """Build the document of some references."""
    return {
        "release": str(report.release),
        "dialect": report.catalog.dialect,
        "profile": report.catalog.active,
        "enabled_backends": list(report.catalog.enabled),
        "references": [reference_document(report, resolution) for resolution in resolutions],
    }


def reference_document(report: Report, resolution: Resolution) -> ReferenceDocument:
    """Build a reference with its whole trail."""
    spec = resolution.spec
    unresolved = resolution.unresolved if resolution.status is Status.DEAD else None
    return {
        "reference": resolution.reference,
        "kind": resolution.kind,
        "family": resolution.family,
        "name": resolution.name,
        "status": resolution.status,
        "handle": spec.handle if spec is not None else None,
        "backend": spec.backend if spec is not None else None,
        "model_id": spec.model_id if spec is not None else None,
        "sdk": spec.sdk if spec is not None else None,
        "route": _route(resolution),
        "trail": [
            {"kind": step.kind, "name": step.name, **line_document(step.location), "note": step.note}
            for step in report.trail(resolution)
        ],
        "problem": None
        if unresolved is None
        else {"code": unresolved.code, "error_type": unresolved.error, "message": unresolved.message},
        "refusal": refusal_document(resolution),
    }


def _route(resolution: Resolution) -> RouteDocument | None:
    match = resolution.match
    if resolution.method is None or resolution.spec is None:
        return None
    return {
        "method": resolution.method,
        "pattern": match.pattern if match is not None else None,
        **line_document(match.place.location if match is not None else None),
    }
