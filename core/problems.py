"""Problems of a tree: a diagnostic with its severity, message, location and fix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from core.diagnostics.diagnostic import Check, Diagnostic, Severity
from core.entities import Location, Place
from core.errors import Condition, error_type
from core.records import dataclass
from core.releases import Release

__all__ = ["CHECK_TITLES", "LIVE_TITLES", "Check", "Findings", "Problem", "Severity", "Stage", "first_fatal"]


class Stage(StrEnum):
    """The stages of loading a tree in Pipelex."""

    BACKENDS = "backends"
    SPECS = "model specs"
    ROUTING = "routing profiles"
    DECK = "model deck"
    FINAL = "finalization"


CHECK_TITLES = {
    Check.BACKENDS: "Backend connectivity (offline part)",
    Check.MODELS: "Model availability",
    Check.ROUTING: "Routing consistency",
    Check.PRESETS: "Preset validity",
    Check.ALIASES: "Alias resolution",
    Check.METHODS: "Methods",
}
LIVE_TITLES = {Check.BACKENDS: "Backend connectivity", Check.MODELS: "Model availability"}
"""Other titles, for checks that include answers of providers."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An instance of a diagnostic. The target release refuses to start if it is `fatal`."""

    diagnostic: Diagnostic
    severity: Severity
    check: Check
    message: str
    stage: Stage = Stage.FINAL
    fatal: bool = False
    error_type: str | None = None
    location: Location | None = None
    fix: str | None = None
    cause: str | None = None
    subject: str | None = None
    reference: tuple[str, str, str] | None = None
    """The (kind, family, name) of the reference that a problem is about."""
    excerpt: tuple[str, str] | None = None
    """For a syntax error: the line of the file, safe to print, and a line with `^` under the fault."""
    calls: int = 0
    """The recent calls and errors of past runs that it concerns, where they make it urgent."""

    @property
    def code(self) -> str:
        """The diagnostic's code."""
        return self.diagnostic.code

    def at(self, location: Location) -> Problem:
        """The problem at a location."""
        return replace(self, location=location)

    def with_cause(self, cause: str) -> Problem:
        """The problem filed under a cause. Written out: `replace` takes four times as long, for each of thousands."""
        return Problem(
            self.diagnostic,
            self.severity,
            self.check,
            self.message,
            self.stage,
            self.fatal,
            self.error_type,
            self.location,
            self.fix,
            cause,
            self.subject,
            self.reference,
            self.excerpt,
            self.calls,
        )


def first_fatal(problems: Iterable[Problem]) -> Problem | None:
    """The first fatal problem in load order: the one at which the target release stops."""
    return next((problem for problem in problems if problem.fatal), None)


@dataclass(slots=True)
class Findings:
    """Collects the problems of a stage of loading, in the order in which the target release meets them."""

    release: Release
    stage: Stage
    check: Check
    items: list[Problem]

    def refuse(
        self,
        diagnostic: Diagnostic,
        condition: Condition,
        message: str,
        place: Place | Location | None,
        *,
        fix: str | None = None,
        cause: str | None = None,
        subject: str | None = None,
    ) -> None:
        """Add a problem: fatal if the target release raises an error for the condition, else a warning."""
        name = error_type(condition, self.release)
        self.items.append(
            Problem(
                diagnostic,
                severity=Severity.ERROR if name else Severity.WARNING,
                check=self.check,
                message=message,
                stage=self.stage,
                fatal=name is not None,
                error_type=name,
                location=place.location if isinstance(place, Place) else place,
                fix=fix,
                cause=cause,
                subject=subject,
            )
        )

    def note(self, diagnostic: Diagnostic, message: str, *, fix: str | None = None) -> None:
        """Add a problem over which no release refuses to start, with the diagnostic's own severity."""
        self.items.append(Problem(diagnostic, diagnostic.severity, self.check, message, stage=self.stage, fix=fix))

    def within(self, stage: Stage, check: Check) -> Findings:
        """Findings of another stage that add to the same list."""
        return Findings(self.release, stage, check, self.items)
