"""Making a rule's problem in one line."""

from __future__ import annotations

from core.diagnostics.diagnostic import Diagnostic
from core.entities import Place
from core.problems import Problem, Severity


def problem(
    diagnostic: Diagnostic,
    message: str,
    place: Place | None,
    *,
    severity: Severity | None = None,
    fix: str | None = None,
    cause: str | None = None,
    error_type: str | None = None,
    subject: str | None = None,
    reference: tuple[str, str, str] | None = None,
) -> Problem:
    """A finding of a rule: it never keeps a release from starting."""
    return Problem(
        diagnostic,
        severity=severity or diagnostic.severity,
        check=diagnostic.check,
        message=message,
        error_type=error_type,
        location=place.location if place is not None else None,
        fix=fix,
        cause=cause,
        subject=subject,
        reference=reference,
    )
