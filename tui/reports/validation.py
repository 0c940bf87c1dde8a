"""Text of a validation report: verdict, causes, checks, and where loading stops."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.api import Report
from core.causes import Cause
from core.formatting import age, counted
from core.problems import CHECK_TITLES, LIVE_TITLES, Check, Problem
from core.verdict import Verdict, checks, count_keys, count_unknown_keys, load_report
from tui.reports.text_output import TextOutput

if TYPE_CHECKING:
    from core.probes.check_result import CheckResult

_MAX_OF_A_CAUSE = 3
_MARKS = {
    "fatal": ("x", "bad"),
    "error": ("x", "bad"),
    "warning": ("!", "warn"),
    "unknown": ("?", "warn"),
    "ok": ("ok", "good"),
    "info": ("i", "dim"),
}
VERDICT_MARKS = {
    Verdict.REFUSED: ("x", "bad"),
    Verdict.CANNOT_RUN: ("x", "bad"),
    Verdict.DEGRADED: ("x", "bad"),
    Verdict.WARNINGS: ("!", "warn"),
    Verdict.OK: ("ok", "good"),
    Verdict.UNKNOWN: ("?", "warn"),
}


def print_report(report: Report, output: TextOutput, results: Sequence[CheckResult] | None = None) -> None:
    """Print the verdict, its causes, the checks, and where loading stops; `results`: those of live checks."""
    verdict, sentence = report.verdict
    mark, tone = VERDICT_MARKS[verdict]
    have, need = count_keys(report.catalog)
    unknown = count_unknown_keys(report.catalog)
    keys = f"keys {have}/{need}" + (f", {unknown} unknown" if unknown else "")
    output.line((report.catalog.tree.paths.inference, "bold"))
    output.line(
        (
            f"answers for Pipelex {report.release_source} ({report.catalog.dialect}),"
            f" profile {report.catalog.active or 'none'}, {keys}",
            "dim",
        )
    )
    if report.started_in:
        output.line((report.started_in, "dim"))
    output.line((f"{mark} {sentence}", tone))
    if report.causes:
        output.line()
        output.line(("causes", "bold"))
        for cause in report.causes:
            _print_cause(cause, output)
    output.line()
    output.line(("checks", "bold"))
    for check, (status, problems) in checks(report.problems, report.resolutions, report.pipe_tally).items():
        mark, tone = _MARKS[status]
        title = _live_title(check, results) if results is not None and check in LIVE_TITLES else CHECK_TITLES[check]
        output.line("  ", (mark.ljust(3), tone), title)
        _print_problems(problems, output)
    stop = report.stops_at
    if stop is not None:
        output.line()
        output.line(("loading", "bold"))
        for stage in load_report(report.catalog, report.boot_problems, report.resolutions):
            halt = (f"  <- Pipelex {report.release} stops here: {stop.error_type}", "bad") if stage.stops else ""
            output.line("  ", stage.stage.value.ljust(17), stage.read, halt)


def _live_title(check: Check, results: Sequence[CheckResult]) -> str:
    """The title of a check, with the number of backends that were asked."""
    tried = sum(1 for result in results if result.applicable)
    if check is Check.BACKENDS:
        return f"{LIVE_TITLES[check]} ({counted(tried, 'backend')} asked{_ages(results)})"
    listed = sum(1 for result in results if result.listing.complete)
    return f"{LIVE_TITLES[check]} ({listed} of {tried} listed all their models)"


def _ages(results: Sequence[CheckResult]) -> str:
    """The age of results from a previous check: that of the oldest."""
    stored = [result.at for result in results if result.cached]
    return f", {age(time.time() - min(stored))}" if stored else ""


def _print_cause(cause: Cause, output: TextOutput) -> None:
    mark, tone = _MARKS["fatal" if cause.fatal else cause.severity.value]
    effect = f": {cause.effect}" if cause.effect and "is dead" not in cause.title else ""
    output.line("  ", (mark.ljust(3), tone), cause.title, effect)
    if cause.location is not None:
        output.line("     ", (str(cause.location), "dim"))
    if cause.fix:
        output.line("     ", ("fix: " + cause.fix, "dim"))


def _print_problems(problems: Sequence[Problem], output: TextOutput) -> None:
    shown: dict[str | None, int] = {}
    for problem in problems:
        count = shown[problem.cause] = shown.get(problem.cause, 0) + 1
        if problem.cause is not None and count > _MAX_OF_A_CAUSE:
            continue
        mark, tone = _MARKS["fatal" if problem.fatal else problem.severity.value]
        location = f"  {problem.location}" if problem.location is not None else ""
        output.line("      ", (mark.ljust(2), tone), problem.message, (f" [{problem.code}]{location}", "dim"))
        for line in problem.excerpt or ():
            output.line("          ", (line, "dim"))
    more = sum(max(0, count - _MAX_OF_A_CAUSE) for cause, count in shown.items() if cause is not None)
    if more:
        output.line("      ", (f"   and {more} more of the same causes (--json lists all)", "dim"))
