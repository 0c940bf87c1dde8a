"""`pipedeck routes`: the handles that each rule of the profile catches, and the backend of any name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from core.api import Report
from core.json.routes_document import routes_document
from core.route_check import NameTest, route_of, routes_everywhere
from tui.cli.parsers import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.reports.tables import print_everywhere, print_rules, print_test
from tui.reports.text_output import TextOutput, print_error


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "routes",
        help="the rules of the profile, and the backend of any model name",
        description="List the rules of the active profile in the order in which they are tried, with the handles that"
        " each catches and shadows; rules that can never match are marked. With --test: the backends of model names,"
        " declared or not.",
        epilog=epilog(
            ("pipedeck routes", "every rule, in order"),
            ("pipedeck routes --test my-new-model gpt-4o", "where these names would go"),
            ("pipedeck routes --test gpt-4o --everywhere", "in every profile"),
            status="0, 1 no backend serves a tested name, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("--test", nargs="+", metavar="NAME", default=[], help="model names to test")
    parser.add_argument("--everywhere", action="store_true", help="test the names in every profile")
    parser.add_argument("--names", action="store_true", help="list the handles below each rule")
    parser.operations, parser.bare = {"": ("--names",), "--test": ("--everywhere",)}, True
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the rules, or the backends of some names."""
    report = read_report(options)
    tests = list(_tests(report, options.test, everywhere=options.everywhere))
    output = TextOutput(sys.stdout)
    if options.json:
        output.json(routes_document(report, tests))
    elif options.test:
        for name in options.test if options.everywhere else ():
            print_everywhere([test for test in tests if test.name == name], output)
        for index, test in enumerate(() if options.everywhere else tests):
            if index:
                output.line()
            print_test(report, test, output)
    else:
        print_rules(report, output, names=options.names)
    if report.catalog.profile is None:
        print_error('there is no active profile: write active = "..." in routing_profiles.toml')
        return 1
    return 1 if any(test.backend is None for test in tests if test.profile == report.catalog.active) else 0


def _tests(report: Report, names: Sequence[str], *, everywhere: bool) -> Iterator[NameTest]:
    for name in names:
        if everywhere:
            yield from routes_everywhere(report, name)
        else:
            test = route_of(report, name)
            if test is not None:
                yield test
