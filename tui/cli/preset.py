"""`pipedeck preset`: add a preset, copy one, change its model and settings, rename and delete it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from tui.cli.edit import (
    add_edit_options,
    add_name_options,
    carry_out,
    edit_parser,
    family_of_name,
    open_workspace,
    setting_of,
)
from tui.cli.options import Commands

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.workspace import Workspace


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "preset",
        "add, copy, change, rename or delete a preset",
        "Settings are --set KEY=VALUE, as TOML has the value or as bare text; KEY= takes a setting out.",
        ("pipedeck preset writing --model @best --set temperature=0.2", "add it, or change it"),
        ("pipedeck preset drafts --copy writing --set temperature=1", "a new one like another"),
        ("pipedeck preset writing --rename prose", "with every reference to it"),
    )
    parser.add_argument("name", metavar="NAME", help="the preset, without $")
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help="may be given more than once"
    )
    parser.add_argument("--model", metavar="M", help="what it is to use: a model, @alias or ~waterfall")
    parser.add_argument("--copy", metavar="PRESET", help="add it as a copy of another")
    add_name_options(parser)
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    workspace = open_workspace(options)
    return carry_out(options, workspace, _intents(options, workspace))


def _intents(options: argparse.Namespace, workspace: Workspace) -> list[Intent]:
    from core.edits import preset_edits, rename_edits

    name = options.name.removeprefix("$")
    like = (options.copy or name).removeprefix("$")
    family = family_of_name(workspace, "preset", like, options.family)
    if options.delete:
        return [preset_edits.DeletePreset(family, name, options.instead)]
    if options.rename:
        return [rename_edits.RenamePreset(family, name, options.rename.removeprefix("$"))]
    settings = tuple(setting_of(text) for text in options.settings)
    given = tuple((key, value) for key, value in settings if value is not None)
    if options.copy:
        copied: list[Intent] = [preset_edits.DuplicatePreset(family, like, name, given)]
        return [*copied, *([preset_edits.SetPresetModel(family, name, options.model)] if options.model else [])]
    found = workspace.report.catalog.families.get(family)
    if found is None or name not in found.presets:
        if not options.model:
            raise PipedeckError(f"there is no preset `{name}`: say its --model, or --copy another")
        return [preset_edits.AddPreset(family, name, options.model, given)]
    changes: list[Intent] = [preset_edits.SetPresetModel(family, name, options.model)] if options.model else []
    for key, value in settings:
        unset = value is None
        changes.append(
            preset_edits.UnsetPresetField(family, name, key)
            if unset
            else preset_edits.SetPresetField(family, name, key, value)
        )
    if not changes:
        raise PipedeckError("say what is to be done: --model, --set, --copy, --rename or --delete")
    return changes
