"""`pipedeck layer`: move a value into the layer above its base, or back into the base."""

from __future__ import annotations

import argparse

from tui.cli.edit import add_edit_options, carry_out, edit_parser, open_workspace
from tui.cli.options import Commands


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "layer",
        "move a value into the override file, or into the base",
        "Move a value, named as for `set`, without changing it: into the override file (of the deck: copied into your"
        " own file), or from there into the base. `unset --reset` takes what lies over the base away.",
        ("pipedeck layer backends.openai.endpoint override", "out of the base"),
        ("pipedeck layer active base", "what was for this machine is for all"),
    )
    parser.add_argument("key", metavar="KEY", help="where the value is")
    parser.add_argument("to", choices=("override", "base"), help="where it is to be")
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Move it."""
    from core.edits.layer_edits import MoveToBase, MoveToOverride

    intent = MoveToOverride(options.key) if options.to == "override" else MoveToBase(options.key)
    return carry_out(options, open_workspace(options), [intent])
