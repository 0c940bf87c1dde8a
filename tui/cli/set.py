"""`pipedeck set`: give any value of the tree another one, by its address."""

from __future__ import annotations

import argparse

from tui.cli.edit import add_edit_options, carry_out, edit_parser, open_workspace
from tui.cli.options import Commands


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "set",
        "give a value of the tree another one, by its address",
        "Set one value. KEY begins with backends, models, profiles, deck or active; a name with dots is put in quotes."
        " VALUE is written as TOML has it, or as bare text.",
        ("pipedeck set backends.openai.enabled false", "turn a backend off"),
        ("pipedeck set 'models.openai.\"gpt-4.1\".costs.input' 2.5", "USD per million tokens"),
        ("pipedeck set deck.llm.presets.writing.temperature 0.2", "in your own deck file"),
        ("pipedeck set active all_openai --override", "for this machine alone"),
    )
    parser.add_argument("key", metavar="KEY", help="where the value is")
    parser.add_argument("value", metavar="VALUE", help="what it shall be")
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Set it."""
    from core.edits.value_edits import SetValueAt, value_of

    workspace = open_workspace(options)
    value = value_of(workspace.report, options.key, options.value, workspace.view)
    return carry_out(options, workspace, [SetValueAt(options.key, value)])
