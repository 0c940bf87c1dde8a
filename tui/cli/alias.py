"""`pipedeck alias`: add an alias or point it elsewhere, rename and delete it; several targets make a chain."""

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
        "alias",
        "point an alias at a model; add, rename or delete it",
        "With TARGET the alias is added, or pointed there when it exists. Several targets make a chain, where the"
        " release has chains of aliases (up to 0.14); later ones have waterfalls.",
        ("pipedeck alias best gpt-5", "add it, or point it there"),
        ("pipedeck alias best --rename finest", "with every reference to it"),
        ("pipedeck alias best --delete", "delete it"),
    )
    parser.add_argument("name", metavar="NAME", help="the alias, without @")
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="a model, another alias or a ~waterfall")
    add_name_options(parser)
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    workspace = open_workspace(options)
    return carry_out(options, workspace, [_intent(options, workspace)])


def _intent(options: argparse.Namespace, workspace: Workspace) -> Intent:
    from core.edits import alias_edits, rename_edits

    name = options.name.removeprefix("@")
    family = family_of_name(workspace, "alias", name, options.family)
    if options.delete:
        return alias_edits.DeleteAlias(family, name, options.instead)
    if options.rename:
        return rename_edits.RenameAlias(family, name, options.rename.removeprefix("@"))
    if not options.targets:
        raise PipedeckError("say what is to be done: a TARGET, --rename or --delete")
    known = any(name in found.aliases for key, found in workspace.report.catalog.families.items())
    if len(options.targets) > 1:
        make = alias_edits.SetEntries if known else alias_edits.AddWaterfall
        return make(family, name, tuple(options.targets))
    make_one = alias_edits.SetTarget if known else alias_edits.AddAlias
    return make_one(family, name, options.targets[0])
