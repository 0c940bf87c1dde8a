"""The JSON of `pipedeck validate`: verdict, causes, checks and problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.api import Report
from core.causes import Cause
from core.json.check_document import ResultDocument
from core.json.document import Document, optional
from core.json.shared import LocationDocument, PipeTallyDocument, ProblemDocument
from core.problems import Check, Problem, Severity, Stage
from core.verdict import (
    CheckState,
    StageReport,
    Tally,
    Verdict,
    checks,
    count_keys,
    count_unknown_keys,
    load_report,
    tallies,
)


class TallyDocument(Document):
    """References of one kind, counted by their status."""

    def __init__(self, tally: Tally) -> None:
        self.total: int = tally.total
        self.callable: int = tally.callable
        self.served: int = tally.served
        self.refused: int = tally.refused
        self.unknown: int = tally.unknown
        self.dead: int = tally.dead


class CountsDocument(Document):
    """Counts of problems, backends, models and variables; of references by `family/kind`."""

    def __init__(self, report: Report) -> None:
        keys_set, keys_needed = count_keys(report.catalog)
        severities = [problem.severity for problem in report.problems]
        self.fatal: int = sum(problem.fatal for problem in report.problems)
        self.error: int = severities.count(Severity.ERROR)
        self.warning: int = severities.count(Severity.WARNING)
        self.info: int = severities.count(Severity.INFO)
        self.backends: int = len(report.catalog.backends)
        self.backends_on: int = len(report.catalog.enabled)
        self.models: int = len(report.catalog.specs)
        self.models_served: int = len(report.serving.served)
        self.keys_set: int = keys_set
        self.keys_needed: int = keys_needed
        self.keys_unknown: int = count_unknown_keys(report.catalog)
        self.references: dict[str, TallyDocument] = {
            f"{family}/{kind}": TallyDocument(tally) for (kind, family), tally in tallies(report.resolutions).items()
        }


class CheckStateDocument(Document):
    """The result of one of the checks."""

    def __init__(self, status: CheckState, problems: Sequence[Problem]) -> None:
        self.status: CheckState = status
        self.problems: int = len(problems)
        self.codes: list[str] = sorted({problem.code for problem in problems})


class CauseDocument(LocationDocument):
    """The reason behind several problems. `dead` and `refused` count its references by kind."""

    def __init__(self, cause: Cause) -> None:
        self.cause: str = cause.key
        self.code: str = cause.code
        self.title: str = cause.title
        self.severity: Severity = cause.severity
        self.fatal: bool = cause.fatal
        self.dead: dict[str, int] = dict(cause.dead)
        self.refused: dict[str, int] = dict(cause.refused)
        self.problems: int = cause.problems
        super().__init__(cause.location)
        self.fix: str | None = cause.fix


class StopDocument(Document):
    """The problem over which the release does not start."""

    def __init__(self, problem: Problem) -> None:
        self.code: str = problem.code
        self.error_type: str | None = problem.error_type
        self.message: str = problem.message


class StageDocument(Document):
    """A stage of loading: the files read, in layers, and where it stops."""

    def __init__(self, stage: StageReport) -> None:
        self.stage: Stage = stage.stage
        self.read: str = stage.read
        self.layers: list[str] = list(stage.layers)
        self.problems: int = stage.problems
        self.stops: StopDocument | None = optional(StopDocument, stage.stops)


class ProfileVerdictDocument(Document):
    """The verdict with another profile active."""

    def __init__(self, verdict: Verdict, summary: str) -> None:
        self.verdict: Verdict = verdict
        self.summary: str = summary


class ValidateDocument(Document):
    """Printed by `pipedeck validate --json`. `profiles` is filled by `validate all`.

    `pipes` is null where no method asks for a model. `live`: the results of `--live`, else those of previous checks
    that still hold; null without any, and with `--offline`. `ignored`: the problems that `pipedeck.toml` accepts today,
    which the exit status does not count.
    """

    def __init__(
        self,
        report: Report,
        *,
        profiles: Mapping[str, tuple[Verdict, str]] | None = None,
        live: list[ResultDocument] | None = None,
        ignored: int = 0,
    ) -> None:
        """Build the document of a report; `profiles` are the verdicts with each profile active."""
        verdict, summary = report.verdict
        stages = load_report(report.catalog, report.boot_problems, report.resolutions)
        self.tree: str = report.catalog.tree.paths.inference
        self.release: str = str(report.release)
        self.release_source: str = report.release_source
        self.started_in: str = report.catalog.tree.paths.start
        self.dialect: str = report.catalog.dialect
        self.profile: str | None = report.catalog.active
        self.verdict: Verdict = verdict
        self.summary: str = summary
        self.boots: bool = report.boots
        self.stops_at: StopDocument | None = optional(StopDocument, report.stops_at)
        self.counts: CountsDocument = CountsDocument(report)
        self.checks: dict[Check, CheckStateDocument] = {
            check: CheckStateDocument(*state)
            for check, state in checks(report.problems, report.resolutions, report.pipe_tally).items()
        }
        self.pipes: PipeTallyDocument | None = PipeTallyDocument(report.pipe_tally) if report.pipes else None
        self.causes: list[CauseDocument] = [CauseDocument(cause) for cause in report.causes]
        self.stages: list[StageDocument] = [StageDocument(stage) for stage in stages]
        self.problems: list[ProblemDocument] = [ProblemDocument(problem) for problem in report.problems]
        self.profiles: dict[str, ProfileVerdictDocument] | None = (
            {name: ProfileVerdictDocument(*verdict) for name, verdict in profiles.items()}
            if profiles is not None
            else None
        )
        self.live: list[ResultDocument] | None = live
        self.ignored: int = ignored
