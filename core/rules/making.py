"""Making a rule's problem in one line."""

from __future__ import annotations

from core.entities import Place
from core.problems import Check, Problem, Severity


def problem(
    code: str,
    severity: Severity,
    check: Check,
    message: str,
    place: Place | None,
    *,
    fix: str | None = None,
    cause: str | None = None,
    error_type: str | None = None,
    subject: str | None = None,
    reference: tuple[str, str, str] | None = None,
) -> Problem:
    """A finding of a rule: it never keeps a release from starting."""
    return Problem(
        code=code,
        severity=severity,
        check=check,
        message=message,
        error_type=error_type,
        location=place.location if place is not None else None,
        fix=fix,
        cause=cause,
        subject=subject,
        reference=reference,
    )
