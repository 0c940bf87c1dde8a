"""The JSON documents of `validate` and `resolve`."""

from __future__ import annotations

from collections.abc import Iterable

from core.api import Report
from core.problems import Problem, Severity
from core.resolution import Resolution, Status
from core.verdict import checks, keys, load_report, tallies
from core.views.parts import Json, place_document


def validate_document(report: Report) -> Json:
    """Everything that `validate --json` says. Keys are stable; new ones may be added."""
    verdict, sentence = report.verdict
    set_keys, needed = keys(report.catalog)
    counted = tallies(report.resolutions)
    return {
        "tree": report.catalog.tree.found.inference,
        "release": str(report.release),
        "dialect": report.catalog.dialect,
        "profile": report.catalog.active,
        "verdict": verdict.value,
        "summary": sentence,
        "boots": report.boots,
        "stops_at": _stop(report.stops_at),
        "counts": {
            "fatal": sum(1 for problem in report.problems if problem.fatal),
            **{
                severity.value: sum(1 for problem in report.problems if problem.severity is severity)
                for severity in Severity
            },
            "backends": len(report.catalog.backends),
            "backends_on": len(report.catalog.enabled),
            "models": len(report.catalog.specs),
            "models_served": len(report.serving.served),
            "keys_set": set_keys,
            "keys_needed": needed,
            "references": {
                f"{family}/{kind}": {
                    "total": tally.total,
                    "callable": tally.callable,
                    "served": tally.served,
                    "unknown": tally.unknown,
                    "dead": tally.dead,
                }
                for (kind, family), tally in counted.items()
            },
        },
        "checks": {
            check.value: {
                "status": status,
                "problems": len(found),
                "codes": sorted({problem.code for problem in found}),
            }
            for check, (status, found) in checks(report.problems).items()
        },
        "causes": [
            {
                "cause": cause.key,
                "title": cause.title,
                "severity": cause.severity.value,
                "fatal": cause.fatal,
                "dead": dict(cause.dead),
                "problems": cause.problems,
                **place_document(cause.location),
                "fix": cause.fix,
            }
            for cause in report.causes
        ],
        "stages": [
            {
                "stage": stage.stage.value,
                "read": stage.read,
                "layers": list(stage.layers),
                "problems": stage.problems,
                "stops": _stop(stage.stops),
            }
            for stage in load_report(report.catalog, report.boot_problems, report.resolutions)
        ],
        "problems": [problem_document(problem) for problem in report.problems],
    }


def problem_document(problem: Problem) -> Json:
    """One problem as data."""
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "fatal": problem.fatal,
        "error_type": problem.error_type,
        "message": problem.message,
        "check": problem.check.value,
        "stage": problem.stage.value,
        **place_document(problem.location),
        "fix": problem.fix,
        "cause": problem.cause,
        "excerpt": list(problem.excerpt) if problem.excerpt is not None else None,
    }


def resolve_document(report: Report, resolutions: Iterable[Resolution]) -> Json:
    """Everything that `resolve --json` says about some references."""
    return {
        "release": str(report.release),
        "dialect": report.catalog.dialect,
        "profile": report.catalog.active,
        "enabled_backends": list(report.catalog.enabled),
        "references": [resolution_document(report, resolution) for resolution in resolutions],
    }


def resolution_document(report: Report, resolution: Resolution) -> Json:
    """One resolution as data, with its whole trail."""
    spec = resolution.spec
    unresolved = resolution.unresolved if resolution.status is Status.DEAD else None
    return {
        "reference": resolution.reference,
        "kind": resolution.kind.value,
        "family": resolution.family,
        "name": resolution.name,
        "status": resolution.status.value,
        "handle": spec.handle if spec is not None else None,
        "backend": spec.backend if spec is not None else None,
        "model_id": spec.model_id if spec is not None else None,
        "sdk": spec.sdk if spec is not None else None,
        "route": _route(resolution),
        "trail": [
            {
                "kind": step.kind,
                "name": step.name,
                "file": step.location.file if step.location is not None else None,
                "line": step.location.line if step.location is not None else None,
                "note": step.note,
            }
            for step in report.trail(resolution)
        ],
        "problem": None
        if unresolved is None
        else {"code": unresolved.code, "error_type": unresolved.error, "message": unresolved.message},
    }


def _route(resolution: Resolution) -> Json | None:
    if resolution.method is None or resolution.spec is None:
        return None
    match = resolution.match
    location = match.place.location if match is not None else None
    return {
        "method": resolution.method,
        "pattern": match.pattern if match is not None else None,
        "file": location.file if location is not None else None,
        "line": location.line if location is not None else None,
    }


def _stop(problem: Problem | None) -> Json | None:
    if problem is None:
        return None
    return {"code": problem.code, "error_type": problem.error_type, "message": problem.message}
