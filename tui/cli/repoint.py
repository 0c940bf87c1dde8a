"""`pipedeck repoint`: point dead names of the deck at the nearest models that are served."""

from __future__ import annotations

import argparse

from tui.cli.edit import Standing, Telling, add_edit_options, carry_out, edit_parser, open_workspace
from tui.cli.options import Commands
from tui.cli.use import add_chosen, take


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "repoint",
        "point dead names at the nearest models that are served",
        "For every dead name of the deck the fewest entries that bring all of it back to life, each pointed at the"
        " nearest model that is served: by what the old one could do, then by price, then by tier. With NAME only these"
        " entries.",
        ("pipedeck repoint --dry-run", "what is dead, and what could stand in"),
        ("pipedeck repoint", "do it"),
        ("pipedeck repoint @best --with @best=gpt-5", "one name, with a model of your choice"),
    )
    parser.add_argument("names", metavar="REF", nargs="*", help="entries of the deck (default: all that are needed)")
    add_chosen(parser)
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from core.edits.intent import EditRefused
    from core.edits.use_only import Repoint
    from core.replacements import replacements

    workspace = open_workspace(options)
    wanted = {name.lstrip("$@~") for name in options.names}
    found = tuple(
        one
        for one in replacements(workspace.report, workspace.report)
        if not wanted or one.node.name in wanted or any(item.name in wanted for item in one.revives)
    )
    taken = take(found, options.chosen)
    if found and not taken:
        why = EditRefused(
            "Nothing that is served could stand in for what is dead.", "Turn on a backend that serves it."
        )
        return Telling(options, workspace, "repoint", Standing(found)).refused(why)
    return carry_out(options, workspace, [Repoint(taken)], Standing(found, taken))
