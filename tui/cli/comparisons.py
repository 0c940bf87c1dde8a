"""The commands `compare` and `releases`: two states of a tree, and two releases of Pipelex."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from core.api import Report
from core.compare import (
    Comparison,
    Outcome,
    across_releases,
    compare_profiles,
    without_backends,
    without_keys,
)
from core.errors import PipedeckError
from core.json.compare_document import CompareDocument, ProfilesDocument
from core.json.releases_document import ReleasesDocument, behaviours_document
from core.release_diff import ReleaseDiff, compare_releases
from core.releases import NEWEST_RELEASE, TABLE
from core.suggest import choose_among
from core.what_if import survey
from tui.cli.parsers import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.cli.start_options import add_start_option, start_folder, tree_path
from tui.reports.comparison import print_comparison, print_survey
from tui.reports.text_output import TextOutput


def add_compare(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "compare",
        help="two profiles, two releases, or the tree without a backend or a key",
        description="Compare two states of the tree: references that move, die or revive, the rules that save the"
        " others, and price changes. PROFILE alone is compared with the active one; without arguments there is a line"
        " for each profile. With --without: the references that an outage hits, and the state with that backend off.",
        epilog=epilog(
            ("pipedeck compare", "a line for each profile"),
            ("pipedeck compare all_openai", "with the active one"),
            ("pipedeck compare --without openai", "when that provider is down"),
            ("pipedeck compare --without-key OPENAI_API_KEY", "when that key is lost"),
            ("pipedeck compare --releases 0.16.0 0.92.2", "two releases of Pipelex"),
            status="0, 1 a preset or choice dies or is refused, or no start, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("profiles", nargs="*", metavar="PROFILE", help="one or two routing profiles")
    parser.add_argument("--without", action="append", metavar="BACKEND", help="a backend that is down; repeatable")
    parser.add_argument("--without-key", action="append", metavar="VAR", help="a variable that is not set; repeatable")
    parser.add_argument("--releases", nargs="+", metavar="R", help="one release (with the newest) or two")
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run_compare)


def run_compare(options: argparse.Namespace) -> int:
    """Print one comparison, or a line for each profile."""
    modes = (options.profiles, options.without, options.without_key, options.releases)
    if sum(1 for mode in modes if mode) > 1:
        raise PipedeckError("compare one thing at a time: profiles, --without, --without-key or --releases")
    if len(options.profiles) > 2 or len(options.releases or ()) > 2:
        raise PipedeckError("at most two profiles or releases can be compared")
    report = read_report(options)
    output = TextOutput(sys.stdout)
    if not any(modes):
        summaries = tuple(survey(report))
        if options.json:
            output.json(ProfilesDocument(report, summaries))
        else:
            print_survey(summaries, output)
        return 0
    comparison = _comparison(report, options)
    if options.json:
        output.json(CompareDocument(comparison))
    else:
        print_comparison(comparison, output)
    lost = comparison.count(Outcome.DIES, comparison.used) + comparison.count(Outcome.REFUSED, comparison.used)
    return 1 if comparison.refuses is not None or lost else 0


def _comparison(report: Report, options: argparse.Namespace) -> Comparison:
    catalog = report.catalog
    if options.without:
        _refuse_unknown(options.without, catalog.backends, "backend")
        return without_backends(report, options.without)
    if options.without_key:
        variables = dict.fromkeys(name for backend in catalog.backends for name in catalog.variables_of(backend))
        _refuse_unknown(options.without_key, variables, "variable in backends.toml called")
        return without_keys(report, options.without_key)
    if options.releases:
        return across_releases(report, options.releases[0], (*options.releases, NEWEST_RELEASE)[1])
    _refuse_unknown(options.profiles, catalog.profiles, "profile")
    first = options.profiles[0] if len(options.profiles) == 2 else None
    return compare_profiles(report, options.profiles[-1], first)


def _refuse_unknown(names: Iterable[str], existing: Iterable[str], noun: str) -> None:
    names_here = tuple(existing)
    for name in names:
        if name not in names_here:
            raise PipedeckError(f"there is no {noun} {name!r}: {choose_among(name, names_here)}")


_MAX_CHANGES = 20


def add_releases(commands: Commands) -> None:
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
    add_start_option(parser)
    parser.add_argument("--profile", metavar="P", help="answer as if this routing profile were active")
    add_output_options(parser)
    parser.operations = {"": (), "FIRST": ("SECOND", "--tree", "--cwd", "--profile", "--assume-keys")}
    parser.bare = True
    parser.set_defaults(run=run_releases)


def run_releases(options: argparse.Namespace) -> int:
    """Print the table of behaviours, or the differences between two releases."""
    output = TextOutput(sys.stdout)
    if options.first is None:
        _print_table(output, as_json=options.json)
        return 0
    diff = compare_releases(
        options.first,
        options.second or NEWEST_RELEASE,
        tree_path(options),
        cwd=start_folder(options),
        profile=options.profile,
        assume_keys=options.assume_keys,
    )
    if options.json:
        output.json(ReleasesDocument(diff))
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
            output.line("  ", (f"{step.since}".ljust(8), "dim"), step.text)


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
