"""`pipedeck releases`: the differences between Pipelex releases, and their effect on this tree."""

from __future__ import annotations

import argparse
import sys

from core.json.releases_document import behaviours_document, releases_document
from core.release_diff import ReleaseDiff, compare_releases
from core.releases import NEWEST_RELEASE, TABLE
from tui.cli.parsers import Commands, add_output_options, epilog
from tui.reports.text_output import TextOutput

_MAX_CHANGES = 20


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "releases",
        help="the differences between two releases for this tree",
        description="Without releases: every behaviour and the releases that changed it. With two: their differences,"
        " and the effect of each on this tree.",
        epilog=epilog(
            ("pipedeck releases", "every behaviour that changed, and when"),
            ("pipedeck releases 0.17.6 0.18.6", "the effects of that upgrade"),
            status="0, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("first", nargs="?", metavar="FIRST", help="a release, such as 0.16.0")
    parser.add_argument("second", nargs="?", metavar="SECOND", help=f"another (default: {NEWEST_RELEASE})")
    parser.add_argument("--tree", metavar="PATH", help="a project, a .pipelex or an inference folder")
    parser.add_argument("--profile", metavar="P", help="answer as if this routing profile were active")
    add_output_options(parser)
    parser.operations = {"": (), "FIRST": ("SECOND", "--tree", "--profile", "--assume-keys")}
    parser.bare = True
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the table of behaviours, or the differences between two releases."""
    output = TextOutput(sys.stdout)
    if options.first is None:
        _print_table(output, as_json=options.json)
        return 0
    diff = compare_releases(
        options.first,
        options.second or NEWEST_RELEASE,
        options.tree,
        profile=options.profile,
        assume_keys=options.assume_keys,
    )
    if options.json:
        output.json(releases_document(diff))
    else:
        _print(diff, output)
    return 0


def _print_table(output: TextOutput, *, as_json: bool) -> None:
    if as_json:
        output.json(behaviours_document())
        return
    for behaviour in TABLE:
        output.line((behaviour.title, "bold"))
        for step in behaviour.steps:
            output.line("  ", (f"{step.since}".ljust(8), "dim"), step.words)


def _print(diff: ReleaseDiff, output: TextOutput) -> None:
    first, second = str(diff.first.release), str(diff.second.release)
    output.line((diff.first.catalog.tree.paths.inference, "bold"))
    for report in (diff.first, diff.second):
        output.line((str(report.release).ljust(9), "accent"), report.verdict[1])
    width = max(len(first), len(second))
    for difference in diff.differences:
        output.line()
        output.line((difference.behaviour.title, "bold"))
        output.line("  ", (first.ljust(width), "dim"), "  ", difference.first)
        output.line("  ", (second.ljust(width), "dim"), "  ", difference.second)
        if difference.effect:
            output.line("  ", ("here: " + difference.effect, "warn"))
    output.line()
    output.line((f"references that end elsewhere: {len(diff.changes)}", "bold"))
    for change in diff.changes[:_MAX_CHANGES]:
        output.line(
            "  ", change.reference, (f"  {change.family} {change.kind}: ", "dim"), f"{change.before} -> {change.after}"
        )
    if len(diff.changes) > _MAX_CHANGES:
        output.line(("  " + f"and {len(diff.changes) - _MAX_CHANGES} more (--json lists all)", "dim"))
