"""`pipedeck validate`: can this configuration run, and if not, why?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.api import Report
from core.causes import Cause
from core.errors import PipedeckError
from core.problems import CHECK_TITLES, LIVE_TITLES, Check, Problem, Severity
from core.verdict import Verdict, checks, keys, load_report
from core.views import validate_document
from tui.cli.live_options import add_live_options
from tui.cli.options import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.cli.output import Out

if TYPE_CHECKING:
    from core.probes.result import CheckResult

_CANCELLED = 130
_SHOWN_OF_A_CAUSE = 3
_SIGNS = {
    "fatal": ("x", "bad"),
    "error": ("x", "bad"),
    "warning": ("!", "warn"),
    "ok": ("ok", "good"),
    "info": ("i", "dim"),
}
_VERDICTS = {
    Verdict.REFUSED: ("x", "bad"),
    Verdict.CANNOT_RUN: ("x", "bad"),
    Verdict.DEGRADED: ("x", "bad"),
    Verdict.WARNINGS: ("!", "warn"),
    Verdict.OK: ("ok", "good"),
}


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "validate",
        help="can it run, and if not, why",
        description="Check a tree: which references are dead, why, and where the release would stop.",
        epilog=epilog(
            ("pipedeck validate", "can it run, and if not, why"),
            ("pipedeck validate --release 0.14.3", "would that release run it"),
            ("pipedeck validate --json --assume-keys", "in CI, where no key is set"),
            ("pipedeck validate all", "with every routing profile tried"),
            ("pipedeck validate --live", "and what the providers say"),
            status="0 nothing fatal and no error, 1 errors, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=("inference", "all"),
        default="inference",
        help="what to check: the inference configuration (all: the same, with every routing profile tried)",
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="ask the providers too: connectivity and what they serve (`pipedeck check --dry-run` shows what is sent)",
    )
    add_live_options(parser)
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the verdict, the causes and the problems."""
    report = read_report(options)
    results, interrupted = _asked(report, options) if options.live else ((), False)
    if options.live:
        report = report.with_live(results)
    profiles = _profiles(report, options) if options.what == "all" else {}
    out = Out(sys.stdout)
    if options.json:
        document = validate_document(report)
        if options.live:
            document["live"] = _live_documents(report, results)
        if options.what == "all":
            document["profiles"] = {
                name: {"verdict": v.value, "summary": words} for name, (v, words) in profiles.items()
            }
        out.json(document)
    else:
        print_report(report, out, results if options.live else None)
        if profiles:
            out.line()
            out.line(("profiles", "bold"))
            for name, (verdict, words) in profiles.items():
                sign, tone = _VERDICTS[verdict]
                out.line("  ", (sign.ljust(3), tone), f"{name}: {words}")
    if interrupted:
        return _CANCELLED
    errors = any(problem.fatal or problem.severity is Severity.ERROR for problem in report.problems)
    return 1 if errors else 0


def _asked(report: Report, options: argparse.Namespace) -> tuple[Sequence[CheckResult], bool]:
    """What the providers say, and whether somebody cut it short."""
    from tui.cli.live import ask_those_on  # only where something is asked: it takes longer than a whole small tree

    if options.assume_keys:
        raise PipedeckError("--live asks with the keys that are set here: it does not go with --assume-keys")
    return ask_those_on(report, options)


def _live_documents(report: Report, results: Sequence[CheckResult]) -> list[dict[str, object]]:
    from core.probes.availability import compare
    from core.views.live import result_document

    return [result_document(result, compare(report.catalog, result, report.resolutions)) for result in results]


def _profiles(report: Report, options: argparse.Namespace) -> dict[str, tuple[Verdict, str]]:
    out = {}
    for name in report.catalog.profiles:
        options.profile = name
        out[name] = read_report(options).verdict
    return out


def print_report(report: Report, out: Out, results: Sequence[CheckResult] | None = None) -> None:
    """The verdict, its causes, the five checks, where loading stops; `results`: what providers that were asked said."""
    verdict, sentence = report.verdict
    sign, tone = _VERDICTS[verdict]
    have, need = keys(report.catalog)
    out.line((report.catalog.tree.found.inference, "bold"))
    out.line(
        (
            f"answers for Pipelex {report.release} ({report.catalog.dialect}),"
            f" profile {report.catalog.active or 'none'}, keys {have}/{need}",
            "dim",
        )
    )
    out.line((f"{sign} {sentence}", tone))
    if report.causes:
        out.line()
        out.line(("causes", "bold"))
        for cause in report.causes:
            _cause(cause, out)
    out.line()
    out.line(("checks", "bold"))
    for check, (status, found) in checks(report.problems).items():
        sign, tone = _SIGNS[status]
        title = _live_title(check, results) if results is not None and check in LIVE_TITLES else CHECK_TITLES[check]
        out.line("  ", (sign.ljust(3), tone), title)
        _problems(found, out)
    stop = report.stops_at
    if stop is not None:
        out.line()
        out.line(("loading", "bold"))
        for stage in load_report(report.catalog, report.boot_problems, report.resolutions):
            halt = (f"  <- Pipelex {report.release} stops here: {stop.error_type}", "bad") if stage.stops else ""
            out.line("  ", stage.stage.value.ljust(17), stage.read, halt)


def _live_title(check: Check, results: Sequence[CheckResult]) -> str:
    """A check's title with how much the providers said of it: what they did not list is not known to be served."""
    asked = sum(1 for result in results if result.asked)
    if check is Check.BACKENDS:
        return f"{LIVE_TITLES[check]} ({asked} backend{'s' if asked != 1 else ''} asked)"
    listed = sum(1 for result in results if result.listing.whole)
    return f"{LIVE_TITLES[check]} ({listed} of {asked} listed all that they serve)"


def _cause(cause: Cause, out: Out) -> None:
    sign, tone = _SIGNS["fatal" if cause.fatal else cause.severity.value]
    effect = f": {cause.effect}" if cause.effect and "is dead" not in cause.title else ""
    out.line("  ", (sign.ljust(3), tone), cause.title, effect)
    if cause.location is not None:
        out.line("     ", (str(cause.location), "dim"))
    if cause.fix:
        out.line("     ", ("fix: " + cause.fix, "dim"))


def _problems(problems: Sequence[Problem], out: Out) -> None:
    shown: dict[str | None, int] = {}
    for problem in problems:
        count = shown[problem.cause] = shown.get(problem.cause, 0) + 1
        if problem.cause is not None and count > _SHOWN_OF_A_CAUSE:
            continue
        sign, tone = _SIGNS["fatal" if problem.fatal else problem.severity.value]
        where = f"  {problem.location}" if problem.location is not None else ""
        out.line("      ", (sign.ljust(2), tone), problem.message, (where, "dim"))
        for line in problem.excerpt or ():
            out.line("          ", (line, "dim"))
    more = sum(max(0, count - _SHOWN_OF_A_CAUSE) for cause, count in shown.items() if cause is not None)
    if more:
        out.line("      ", (f"   and {more} more of the same causes (--json lists all)", "dim"))
