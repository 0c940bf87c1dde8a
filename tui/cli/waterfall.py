"""`pipedeck waterfall`: names that are tried in order: add, change, rename, delete."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from tui.cli.edit import add_edit_options, add_name_options, carry_out, edit_parser, family_of_name, open_workspace
from tui.cli.options import Commands

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.workspace import Workspace


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "waterfall",
        "say which names are tried in order; rename or delete a waterfall",
        "With ENTRY the waterfall is added, or holds these entries when it exists.",
        ("pipedeck waterfall smart claude-4.5-opus gpt-5", "add it, or change its entries"),
        ("pipedeck waterfall smart --delete", "delete it"),
    )
    parser.add_argument("name", metavar="NAME", help="the waterfall, without ~")
    parser.add_argument("entries", metavar="ENTRY", nargs="*", help="models or aliases, the first to try first")
    add_name_options(parser)
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    workspace = open_workspace(options)
    return carry_out(options, workspace, [_intent(options, workspace)])


def _intent(options: argparse.Namespace, workspace: Workspace) -> Intent:
    from core.edits import alias_edits, rename_edits

    name = options.name.removeprefix("~")
    family = family_of_name(workspace, "waterfall", name, options.family)
    if options.delete:
        return alias_edits.DeleteWaterfall(family, name, options.instead)
    if options.rename:
        return rename_edits.RenameWaterfall(family, name, options.rename.removeprefix("~"))
    if not options.entries:
        raise PipedeckError("say what is to be done: an ENTRY, --rename or --delete")
    known = any(name in found.waterfalls for found in workspace.report.catalog.families.values())
    make = alias_edits.SetEntries if known else alias_edits.AddWaterfall
    return make(family, name, tuple(options.entries))
