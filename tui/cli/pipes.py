"""`pipedeck pipes`: the pipes of the project's methods, and whether each can run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from core.api import Report
from core.formatting import counted
from core.json.pipes_document import PipesDocument
from core.methods import Origin
from core.pipes import PipeAnswer
from core.problems import Check
from core.resolution import Status
from tui.cli.knowledge import with_runs
from tui.cli.parsers import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.reports.pipes import print_pipes
from tui.reports.text_output import TextOutput


def add_pipes(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "pipes",
        help="the pipes of the project's methods, and whether each can run",
        description="List every pipe of the method files that uses a model: what it names, the model at the end with"
        " its price in USD per million tokens, and whether the call can work. A pipe that names no model gets a default"
        " of the deck. Names that Python code gives are not known here.",
        epilog=epilog(
            ("pipedeck pipes", "every pipe with its model"),
            ("pipedeck pipes --dead", "those that cannot run, with the reason"),
            ("pipedeck pipes --json", "for scripts"),
            status="0, 1 a pipe of the project cannot run or a method file cannot be read, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("--dead", action="store_true", help="only pipes that cannot run")
    add_tree_options(parser)
    add_output_options(parser, formats=True)
    parser.set_defaults(run=run_pipes)


def run_pipes(options: argparse.Namespace) -> int:
    """Print the pipes."""
    report = with_runs(read_report(options).read_methods(), options)
    chosen = [answer for answer in report.pipes if not options.dead or answer.status is not Status.CALLABLE]
    output = TextOutput(sys.stdout)
    if options.format:
        output.formatted(options.format, report, (item for item in report.problems if item.check is Check.METHODS))
    elif options.json:
        output.json(PipesDocument(report, chosen))
    else:
        _print(report, chosen, output)
    tally, methods = report.pipe_tally, report.methods
    broken = methods is not None and any(file.origin is Origin.PROJECT for file in methods.broken)
    return 1 if broken or tally.able + tally.unknown < tally.total else 0


def _print(report: Report, chosen: Sequence[PipeAnswer], output: TextOutput) -> None:
    methods = report.methods
    assert methods is not None
    output.line((report.catalog.tree.paths.project, "bold"))
    files = counted(len(methods.files), "method file")
    cut = f"; {methods.cut_short}" if methods.cut_short else ""
    output.line((f"{files} for Pipelex {report.release_source}{cut}", "dim"))
    for file, reason in methods.unread:
        output.line(("!   ", "warn"), f"{file} cannot be read: {reason}")
    if report.pipe_tally.total:
        output.line(report.pipe_tally.words)
    if chosen:
        output.line()
    print_pipes(chosen, output, report.runs)
