"""`pipedeck keys`: the variables that the tree needs, their state and source."""

from __future__ import annotations

import argparse
import sys

from core.json.keys_document import keys_document
from core.keys import keys, missing_lines
from tui.cli.parsers import Commands, add_tree_options, epilog, read_report
from tui.reports.tables import print_keys
from tui.reports.text_output import TextOutput


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "keys",
        help="which variables are set, empty or missing, and which source wins",
        description="List every variable that backends.toml and the backend files refer to: its state, the source that"
        " wins (of shell, home .env, ./.env the last), the sources it hides, and the backends that need it. Values are"
        " never shown.",
        epilog=epilog(
            ("pipedeck keys", "every variable, and which source wins"),
            ("pipedeck keys --lines >> .env", "a line for each missing variable"),
            status="0 every enabled backend has its variables, 1 one has not, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("--all", action="store_true", help="include variables that only disabled backends need")
    parser.add_argument("--lines", action="store_true", help="print only lines for .env, for the missing variables")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.operations, parser.bare = {"": ("--all",), "--json": ("--all",), "--lines": ()}, True
    add_tree_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the variables, or the lines to fill in."""
    report = read_report(options)
    rows = keys(report)
    output = TextOutput(sys.stdout)
    if options.json:
        output.json(keys_document(report))
    elif options.lines:
        for line in missing_lines(report):
            output.line(line)
    else:
        order = " < ".join(label for label, _ in report.catalog.environment.sources)
        print_keys(rows, order, output, everything=options.all)
    return 1 if any(row.fails for row in rows) else 0
