"""`pipedeck keys`: the variables that the tree needs, whether they are set here, and by which source."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from core.keys import KeyRow, keys, missing_lines
from core.masking import shown_name
from core.variables import State
from core.views.keys import keys_document
from tui.cli.options import Commands, add_tree_options, epilog, read_report
from tui.cli.output import Out

_TONES = {State.SET: "good", State.EMPTY: "bad", State.MISSING: "bad", State.PLACEHOLDER: "warn"}
_SHOWN = 3


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "keys",
        help="which variables are set, empty or missing, and which source wins",
        description="Every variable that backends.toml and the backend files refer to: its state, the source that wins"
        " (shell, home .env, ./.env; the last one does), what it hides, and the backends that need it. Values are"
        " never shown.",
        epilog=epilog(
            ("pipedeck keys", "every variable, and which source wins"),
            ("pipedeck keys --lines >> .env", "a line for each that is not set"),
            status="0 every backend that is on has what it needs, 1 one has not, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("--all", action="store_true", help="also those that only backends which are off refer to")
    parser.add_argument("--lines", action="store_true", help="print only lines for .env: what is needed and not set")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    add_tree_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the variables, or the lines to be filled in."""
    report = read_report(options)
    rows = keys(report)
    out = Out(sys.stdout)
    if options.json:
        out.json(keys_document(report))
    elif options.lines:
        for line in missing_lines(report):
            out.line(line)
    else:
        order = " < ".join(label for label, _ in report.catalog.environment.sources)
        print_keys(rows, order, out, everything=options.all)
    return 1 if any(row.fails for row in rows) else 0


def print_keys(rows: Sequence[KeyRow], order: str, out: Out, *, everything: bool) -> None:
    """A line for each variable that is needed, or for `everything`; and what is odd about them."""
    shown = [row for row in rows if row.needed or everything]
    left = len(rows) - len(shown)
    if shown:
        cells = [(row.shown, _state(row), row.source or "-", _backends(row)) for row in shown]
        tones = [("", "warn" if row.spaced else _TONES[row.state], "dim", "dim") for row in shown]
        out.table(("VARIABLE", "STATE", "FROM", "NEEDED BY"), cells, tones, flexible=(0, 3))
    elif not rows:
        out.line("the tree refers to no variable")
    for row in shown:
        if row.finding:
            out.told(("! ", "warn"), f"{row.shown}: {row.finding}")
            out.told("  ", f"fix: {row.fix}", "dim")
    failing = sum(1 for row in rows if row.fails)
    needed = sum(1 for row in rows if row.needed)
    told = f"{needed - failing} of {needed} needed variables are fine; sources, the last wins: {order}"
    out.line((told, "dim"))
    if left:
        out.line((f"{left} more {'is' if left == 1 else 'are'} needed by backends that are off (--all)", "dim"))


def _state(row: KeyRow) -> str:
    return "spaced" if row.spaced and row.state is State.SET else row.state.value


def _backends(row: KeyRow) -> str:
    needs = sorted(row.needs, key=lambda need: not need.on)
    names = [need.backend if need.on else f"{need.backend} (off)" for need in needs]
    told = ", ".join(names[:_SHOWN]) + (f" +{len(names) - _SHOWN}" if len(names) > _SHOWN else "")
    others = dict.fromkeys(name for need in needs for name in need.others)
    return f"{told}; or {', '.join(map(shown_name, others))}" if others else told
