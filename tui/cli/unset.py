"""`pipedeck unset`: take a value out of the tree, or only what lies over the base."""

from __future__ import annotations

import argparse

from tui.cli.edit import add_edit_options, carry_out, edit_parser, open_workspace
from tui.cli.options import Commands


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "unset",
        "take a value out of the tree, or what lies over the base",
        "Remove one value, named as for `set`. With --reset only what lies over the base goes, so that the value of the"
        " base counts again.",
        ("pipedeck unset deck.llm.presets.writing.max_tokens", "no such key any more"),
        ("pipedeck unset deck.llm.aliases.best --reset", "as the base has it"),
    )
    parser.add_argument("key", metavar="KEY", help="where the value is")
    parser.add_argument("--reset", action="store_true", help="remove only what lies over the base")
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Remove it."""
    from core.edits.layer_edits import ResetToBase
    from core.edits.value_edits import UnsetAt

    intent = ResetToBase(options.key) if options.reset else UnsetAt(options.key)
    return carry_out(options, open_workspace(options), [intent])
