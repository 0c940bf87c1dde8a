"""`pipedeck spent`: what past runs cost, from the traces of the project."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator

from core.formatting import counted
from core.json.spent_document import SpentDocument
from core.lives.clock import today
from core.past_runs import read_traces
from core.repricing import replacement
from core.spent import By, first_day, spent, spent_problems
from tui.cli.knowledge import with_knowledge
from tui.cli.parsers import Commands, add_format_options, add_tree_options, epilog, read_report
from tui.reports.spent_text import print_spent
from tui.reports.text_output import TextOutput

_STOPPED = 130


def add_spent(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "spent",
        help="what past runs cost, from the project's own traces",
        description="Add up the calls, tokens and cost of past runs from the traces that Pipelex writes: by the prices"
        " of the runs, of the tree, and of the index. Prompts, inputs, outputs and error texts in traces are neither"
        " shown nor stored. The first reading may take a while; later ones read what was added.",
        epilog=epilog(
            ("pipedeck spent", "the last 30 days by model"),
            ("pipedeck spent --since 7d --by pipe", "the last week by pipe"),
            ("pipedeck spent --as '@cheap=gpt-4o-mini'", "with another model in place"),
            ("pipedeck spent --format github", "annotations of the models whose calls have no price"),
            status="0; 2 wrong usage or no tree; 130 stopped by Ctrl+C, with what is read so far",
        ),
    )
    parser.add_argument("--since", metavar="WHEN", type=_since, default="30d", help="30d, 4w, or a day (default: 30d)")
    parser.add_argument("--by", choices=[by.value for by in By], default=By.MODEL.value, help="(default: model)")
    parser.add_argument(
        "--as",
        dest="instead",
        metavar="REF=MODEL",
        action="append",
        default=[],
        help="the cost with MODEL in place of the model that REF ends at",
    )
    add_tree_options(parser)
    add_format_options(parser)
    parser.set_defaults(run=run_spent, offline=True, assume_keys=False)


def _since(text: str) -> str:
    try:
        return first_day(text, today())
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is no period: write 30d, 4w or a day, such as 2026-11-01") from None


def run_spent(options: argparse.Namespace) -> int:
    """Print the spending of a period."""
    report, _ = with_knowledge(read_report(options), options)
    replacements = [replacement(report, text) for text in options.instead]
    with _progress_shown() as progress:
        traces = read_traces(report, os.environ, progress)
    answer = spent(
        report,
        traces.summary,
        since=options.since,
        until=max(today(), options.since),
        by=By(options.by),
        replacements=replacements,
    )
    output = TextOutput(sys.stdout)
    if options.format:
        output.formatted(options.format, report, spent_problems(report, traces, options.since))
    elif options.json:
        output.json(SpentDocument(report, answer, traces))
    else:
        print_spent(answer, traces, output)
    return _STOPPED if traces.updated.stopped else 0


@contextlib.contextmanager
def _progress_shown() -> Iterator[Callable[[int], bool]]:
    """A function that shows the progress of a long reading on a terminal, and returns False after Ctrl+C."""
    read, shown, stopped = 0, 0, False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True

    def progress(size: int) -> bool:
        nonlocal read, shown
        read += size
        if sys.stderr.isatty() and read >> 24 > shown:
            shown = read >> 24
            sys.stderr.write(f"\rreading traces: {counted(read >> 20, 'MB', 'MB')}, Ctrl+C stops")
            sys.stderr.flush()
        return not stopped

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield progress
    finally:
        signal.signal(signal.SIGINT, before)
        if shown:
            sys.stderr.write("\r\x1b[K")
