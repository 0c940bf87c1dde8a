"""Text of a validation report: verdict, causes, checks, and where loading stops."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.api import Report
from core.causes import MAX_CAUSES, Cause
from core.formatting import age, counted
from core.problems import CHECK_TITLES, LIVE_TITLES, Check, Problem, Severity
from core.verdict import Verdict, checks, count_keys, count_unknown_keys, load_report
from tui.reports.text_output import TextOutput

if TYPE_CHECKING:
    from core.probes.check_result import CheckResult

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


def print_report(
    report: Report, output: TextOutput, results: Sequence[CheckResult] | None = None, *, problems: bool = False
) -> None:
    """Print the verdict, its causes and the checks; `results`: those of live checks.

    `problems`: every cause, every problem below its check, and the stages of loading.
    """
    verdict, sentence = report.verdict
    mark, tone = VERDICT_MARKS[verdict]
    have, need = count_keys(report.catalog)
    unknown = count_unknown_keys(report.catalog)
    keys = f"keys {have}/{need}" + (f", {unknown} unknown" if unknown else "")
    output.line((report.catalog.tree.paths.inference, "bold"))
    output.line(
        (
            f"answers for Pipelex {report.release_source}, profile {report.catalog.active or 'none'}, {keys}",
            "dim",
        )
    )
    if report.started_in:
        output.line((report.started_in, "dim"))
    output.line((f"{mark} {sentence}", tone))
    causes = report.causes if problems else report.causes[:MAX_CAUSES]
    failing = any(cause.severity is Severity.ERROR for cause in causes)
    for cause in causes:
        _print_cause(cause, output, brief=failing and not problems and cause.severity is not Severity.ERROR)
    output.line()
    output.line(("checks", "bold"))
    for check, (status, found) in checks(report.problems, report.resolutions, report.pipe_tally).items():
        mark, tone = _MARKS[status]
        title = _live_title(check, results) if results is not None and check in LIVE_TITLES else CHECK_TITLES[check]
        count = "" if problems or not found else f"  {_counts(found)}"
        output.line("  ", (mark.ljust(3), tone), title, (count, "dim"))
        if problems:
            _print_problems(found, output)
    stop = report.stops_at
    if not problems:
        more = len(report.causes) - MAX_CAUSES
        if report.problems:
            left_out = f"{counted(more, 'more cause')}, and " if more > 0 else ""
            output.line((f"  {left_out}each problem with its line: validate --problems", "dim"))
    elif stop is not None:
        output.line()
        output.line(("loading", "bold"))
        for stage in load_report(report.catalog, report.boot_problems, report.resolutions):
            halt = (f"  <- Pipelex {report.release} stops here: {stop.error_type}", "bad") if stage.stops else ""
            output.line("  ", stage.stage.value.ljust(17), stage.read, halt)


def _counts(problems: Sequence[Problem]) -> str:
    """`3 problems, 3 notes`: causes are counted by severity, as each may be behind several problems."""
    notes = sum(problem.severity is Severity.INFO for problem in problems)
    counts = (counted(len(problems) - notes, "problem"), len(problems) - notes), (counted(notes, "note"), notes)
    return ", ".join(text for text, count in counts if count)


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


def _print_cause(cause: Cause, output: TextOutput, *, brief: bool) -> None:
    """Print a cause with its location and fix; `brief`: without them, as of warnings beside errors."""
    mark, tone = _MARKS["fatal" if cause.fatal else cause.severity.value]
    effect = cause.effect_after_title if "is dead" not in cause.title else ""
    place = f"  {cause.location}" if cause.location is not None and not brief else ""
    _print_text(output, (f"  {mark.ljust(3)}", tone), f"{cause.title}{effect} [{cause.code}]{place}")
    for line in cause.excerpt or ():
        output.line("     ", (line, "dim"))
    if cause.fix and not brief:
        _print_text(output, "     ", f"fix: {cause.fix}", "dim")


def _print_text(output: TextOutput, margin: str | tuple[str, str], text: str, tone: str = "") -> None:
    """Write a text behind a margin: wrapped on a terminal, else on one line, for programs that search it."""
    if output.clips:
        output.wrapped(margin, text, tone)
    else:
        output.line(margin, (text, tone))


def _print_problems(problems: Sequence[Problem], output: TextOutput) -> None:
    for problem in problems:
        mark, tone = _MARKS["fatal" if problem.fatal else problem.severity.value]
        location = f"  {problem.location}" if problem.location is not None else ""
        output.line("      ", (mark.ljust(2), tone), problem.message, (f" [{problem.code}]{location}", "dim"))
        for line in problem.excerpt or ():
            output.line("          ", (line, "dim"))
