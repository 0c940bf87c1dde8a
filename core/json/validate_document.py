"""The document of `validate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from core.api import Report
from core.json.check_document import ResultDocument
from core.json.shared import LocationDocument, ProblemDocument, fields_document, location_document, problem_document
from core.problems import Check, Problem, Severity, Stage
from core.verdict import CheckState, Verdict, checks, count_keys, load_report, tallies


class TallyDocument(TypedDict):
    """References of one kind, counted by their status."""

    total: int
    callable: int
    served: int
    refused: int
    unknown: int
    dead: int


class CountsDocument(TypedDict):
    """Counts of problems, backends, models and variables; of references by `family/kind`."""

    fatal: int
    error: int
    warning: int
    info: int
    backends: int
    backends_on: int
    models: int
    models_served: int
    keys_set: int
    keys_needed: int
    references: dict[str, TallyDocument]


class CheckStateDocument(TypedDict):
    """The result of one of the five checks."""

    status: CheckState
    problems: int
    codes: list[str]


class CauseDocument(LocationDocument):
    """The reason behind several problems. `dead` and `refused` count its references by kind."""

    cause: str
    title: str
    severity: Severity
    fatal: bool
    dead: dict[str, int]
    refused: dict[str, int]
    problems: int
    fix: str | None


class StopDocument(TypedDict):
    """The problem over which the release does not start."""

    code: str
    error_type: str | None
    message: str


class StageDocument(TypedDict):
    """A stage of loading: the files read, in layers, and where it stops."""

    stage: Stage
    read: str
    layers: list[str]
    problems: int
    stops: StopDocument | None


class ProfileVerdictDocument(TypedDict):
    """The verdict with another profile active."""

    verdict: Verdict
    summary: str


class ValidateDocument(TypedDict):
    """Printed by `pipedeck validate --json`. `profiles` is filled by `validate all`.

    `live`: the results of `--live`, else those of previous checks that still hold; null without any, and with
    `--offline`.
    """

    tree: str
    release: str
    release_source: str
    started_in: str
    dialect: str
    profile: str | None
    verdict: Verdict
    summary: str
    boots: bool
    stops_at: StopDocument | None
    counts: CountsDocument
    checks: dict[Check, CheckStateDocument]
    causes: list[CauseDocument]
    stages: list[StageDocument]
    problems: list[ProblemDocument]
    profiles: dict[str, ProfileVerdictDocument] | None
    live: list[ResultDocument] | None


def validate_document(
    report: Report,
    *,
    profiles: Mapping[str, tuple[Verdict, str]] | None = None,
    live: list[ResultDocument] | None = None,
) -> ValidateDocument:
    """Build the document of a report; `profiles` are the verdicts with each profile active, `live` what was tried."""
    verdict, summary = report.verdict
    return {
        "tree": report.catalog.tree.paths.inference,
        "release": str(report.release),
        "release_source": report.release_source,
        "started_in": report.catalog.tree.paths.start,
        "dialect": report.catalog.dialect,
        "profile": report.catalog.active,
        "verdict": verdict,
        "summary": summary,
        "boots": report.boots,
        "stops_at": _stop(report.stops_at),
        "counts": _counts(report),
        "checks": {
            check: {
                "status": status,
                "problems": len(problems),
                "codes": sorted({problem.code for problem in problems}),
            }
            for check, (status, problems) in checks(report.problems, report.resolutions).items()
        },
        "causes": [
            {
                "cause": cause.key,
                "title": cause.title,
                "severity": cause.severity,
                "fatal": cause.fatal,
                "dead": dict(cause.dead),
                "refused": dict(cause.refused),
                "problems": cause.problems,
                **location_document(cause.location),
                "fix": cause.fix,
            }
            for cause in report.causes
        ],
        "stages": [
            {
                "stage": stage.stage,
                "read": stage.read,
                "layers": list(stage.layers),
                "problems": stage.problems,
                "stops": _stop(stage.stops),
            }
            for stage in load_report(report.catalog, report.boot_problems, report.resolutions)
        ],
        "problems": [problem_document(problem) for problem in report.problems],
        "profiles": {name: {"verdict": verdict, "summary": text} for name, (verdict, text) in profiles.items()}
        if profiles is not None
        else None,
        "live": live,
    }


def _counts(report: Report) -> CountsDocument:
    keys_set, keys_needed = count_keys(report.catalog)
    severities = [problem.severity for problem in report.problems]
    return {
        "fatal": sum(problem.fatal for problem in report.problems),
        "error": severities.count(Severity.ERROR),
        "warning": severities.count(Severity.WARNING),
        "info": severities.count(Severity.INFO),
        "backends": len(report.catalog.backends),
        "backends_on": len(report.catalog.enabled),
        "models": len(report.catalog.specs),
        "models_served": len(report.serving.served),
        "keys_set": keys_set,
        "keys_needed": keys_needed,
        "references": {
            f"{family}/{kind}": fields_document(TallyDocument, tally)
            for (kind, family), tally in tallies(report.resolutions).items()
        },
    }


def _stop(problem: Problem | None) -> StopDocument | None:
    return fields_document(StopDocument, problem) if problem is not None else None
