"""`pipedeck validate`: can this configuration run, and if not, why?"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.api import Report
from core.errors import PipedeckError
from core.exposure import exposure_problems
from core.files.discover import POLICY_FILE
from core.formatting import counted
from core.json.validate_document import ValidateDocument
from core.methods import NO_METHODS
from core.problems import Severity
from core.verdict import Verdict
from tui.cli.ignores import ignored_problems, policy_additions
from tui.cli.knowledge import with_knowledge, with_runs
from tui.cli.live_options import add_live_options
from tui.cli.parsers import (
    Commands,
    add_methods_option,
    add_output_options,
    add_tree_options,
    epilog,
    read_report,
)
from tui.cli.stored_checks import add_offline_option, stored_check_results
from tui.reports.text_output import TextOutput
from tui.reports.validation import VERDICT_MARKS, print_report

if TYPE_CHECKING:
    from core.json.check_document import ResultDocument
    from core.probes.check_result import CheckResult

_CANCELLED = 130


def add_validate(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "validate",
        help="check whether the tree can run, and why not",
        description="Check a tree: the dead references with their causes, and where the release would refuse to start.",
        epilog=epilog(
            ("pipedeck validate", "can it run, and if not, why"),
            ("pipedeck validate --release 0.14.3", "check for that release"),
            ("pipedeck validate --json --assume-keys", "in CI, without keys"),
            ("pipedeck validate all", "with each routing profile active"),
            ("pipedeck validate --live", "with a check of the providers"),
            ("pipedeck validate --format sarif", "problems for code scanning"),
            status="0 nothing fatal and no error, 1 errors, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=("inference", "all"),
        default="inference",
        help="the inference configuration; all: with every routing profile",
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="check the providers too, as `pipedeck check` (its --dry-run shows the requests)",
    )
    parser.add_argument(
        "--problems", action="store_true", help="list every problem with its code and line, and the stages of loading"
    )
    add_methods_option(parser, "validate the method files of the project too")
    add_offline_option(parser)
    add_live_options(parser)
    live = ("--timeout", "--deadline", "--at-once", "--trust", "--allow-host", "--ca-file", "--proxy")
    parser.operations, parser.bare = {"": ("--offline",), "--live": live}, True
    add_tree_options(parser)
    add_output_options(parser, formats=True)
    parser.set_defaults(run=run_validate)


def run_validate(options: argparse.Namespace) -> int:
    """Print the verdict, the causes and the problems."""
    if options.format and options.what == "all":
        raise PipedeckError(f"--format {options.format} has the problems of one profile: leave out `all`")
    report = read_report(options, warn=False)
    if options.methods:
        report = report.read_methods()
    results, interrupted = (
        _run_checks(report, options) if options.live else (stored_check_results(report, options), False)
    )
    report, _ = with_knowledge(report, options, results)
    report = with_runs(report, options)
    if options.live or results:
        report = report.with_live(results)
    more = [*exposure_problems(report, os.environ), *policy_additions(report)]
    report = report.with_live_problems((*report.live_problems, *more))
    accepted, _ = ignored_problems(report)
    profiles = _profiles(report, options) if options.what == "all" else {}
    output = TextOutput(sys.stdout)
    if options.format:
        output.formatted(options.format, report, [item for item in report.problems if item not in accepted])
    elif options.json:
        live = _live_documents(report, results) if options.live or results else None
        output.json(ValidateDocument(report, profiles=profiles or None, live=live, ignored=len(accepted)))
    else:
        print_report(report, output, results if options.live or results else None, problems=options.problems)
        if profiles:
            output.line()
            output.line(("profiles", "bold"))
            for name, (verdict, summary) in profiles.items():
                mark, tone = VERDICT_MARKS[verdict]
                output.line("  ", (mark.ljust(3), tone), f"{name}: {summary}")
    if interrupted:
        return _CANCELLED
    if accepted and not (options.json or options.format):
        output.line((f"{counted(len(accepted), 'problem')} ignored by {POLICY_FILE}", "dim"))
    errors = any(
        problem.fatal or (problem.severity is Severity.ERROR and problem not in accepted) for problem in report.problems
    )
    return 1 if errors else 0


def _run_checks(report: Report, options: argparse.Namespace) -> tuple[Sequence[CheckResult], bool]:
    """The results of a live check, and whether Ctrl+C interrupted it."""
    from tui.cli.live_run import check_enabled  # imported only for --live: it is slow to import

    if options.assume_keys:
        raise PipedeckError("--live needs the real keys: it cannot be combined with --assume-keys")
    return check_enabled(report, options)


def _live_documents(report: Report, results: Sequence[CheckResult]) -> list[ResultDocument]:
    from core.json.check_document import ResultDocument
    from core.probes.availability import compare

    return [ResultDocument(result, compare(report.catalog, result, report.resolutions)) for result in results]


def _profiles(report: Report, options: argparse.Namespace) -> dict[str, tuple[Verdict, str]]:
    verdicts, methods = {}, report.methods or NO_METHODS
    for name in report.catalog.profiles:
        options.profile = name
        verdicts[name] = read_report(options, warn=False).with_methods(methods).verdict
    return verdicts
