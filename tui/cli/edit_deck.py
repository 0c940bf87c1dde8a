"""The commands `alias`, `waterfall`, `preset` and `choice`: entries of the deck."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from tui.cli.edit import EditCommand, add_settings_option, fields_of, without_removals
from tui.cli.parsers import Parser

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.workspace import Workspace

_TABLES = {"alias": "aliases", "waterfall": "waterfalls", "preset": "presets"}


def _add_entry_options(parser: Parser) -> argparse._MutuallyExclusiveGroup:
    """Add the options of every entry that has a name. Returns the group of the operations."""
    parser.add_argument("--family", metavar="F", help="llm, extract, img_gen ... (default: the one that has it)")
    operation = parser.add_mutually_exclusive_group()
    operation.add_argument("--rename", metavar="NEW", help="rename it, in every reference too")
    operation.add_argument("--delete", action="store_true", help="delete it")
    parser.add_argument("--instead", metavar="REF", help="with --delete: the name to use in its place")
    return operation


def _family(workspace: Workspace, kind: str, name: str, family: str | None) -> str:
    """The family of an entry: that of --family, the one that has it, else `llm`."""
    if family is not None:
        return family
    families = workspace.report.catalog.families.items()
    matches = [key for key, entries in families if name in getattr(entries, _TABLES[kind])]
    if len(matches) > 1:
        raise PipedeckError(f"{kind} `{name}` is in {' and in '.join(matches)}: choose one with --family")
    return matches[0] if matches else "llm"


# ---- alias, waterfall


def _add_alias(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="the alias, without @")
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="a model, another alias or a ~waterfall")
    _add_entry_options(parser)


def _edit_alias(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits import alias_edits, rename_edits

    name = options.name.removeprefix("@")
    family = _family(workspace, "alias", name, options.family)
    if options.delete:
        return [alias_edits.DeleteAlias(family, name, options.instead)]
    if options.rename is not None:
        return [rename_edits.RenameAlias(family, name, options.rename.removeprefix("@"))]
    exists = any(name in entries.aliases for entries in workspace.report.catalog.families.values())
    if len(options.targets) > 1:
        return [_set_entries(family, name, options.targets, exists=exists)]
    intent = alias_edits.SetTarget if exists else alias_edits.AddAlias
    return [intent(family, name, options.targets[0])]


def _set_entries(family: str, name: str, entries: Sequence[str], *, exists: bool) -> Intent:
    from core.edits import alias_edits

    return (alias_edits.SetEntries if exists else alias_edits.AddWaterfall)(family, name, tuple(entries))


def _add_waterfall(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="the waterfall, without ~")
    parser.add_argument("entries", metavar="ENTRY", nargs="*", help="models or aliases, in the order to try")
    _add_entry_options(parser)


def _edit_waterfall(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits import alias_edits, rename_edits

    name = options.name.removeprefix("~")
    family = _family(workspace, "waterfall", name, options.family)
    if options.delete:
        return [alias_edits.DeleteWaterfall(family, name, options.instead)]
    if options.rename is not None:
        return [rename_edits.RenameWaterfall(family, name, options.rename.removeprefix("~"))]
    exists = any(name in entries.waterfalls for entries in workspace.report.catalog.families.values())
    return [_set_entries(family, name, options.entries, exists=exists)]


# ---- preset


def _add_preset(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="the preset, without $")
    add_settings_option(parser)
    parser.add_argument("--model", metavar="M", help="its model: a handle, @alias or ~waterfall")
    operation = _add_entry_options(parser)
    operation.add_argument("--copy", metavar="PRESET", help="add it as a copy of another")


def _edit_preset(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits import preset_edits, rename_edits

    name = options.name.removeprefix("$")
    source = (options.copy or name).removeprefix("$")
    family = _family(workspace, "preset", source, options.family)
    if options.delete:
        return [preset_edits.DeletePreset(family, name, options.instead)]
    if options.rename is not None:
        return [rename_edits.RenamePreset(family, name, options.rename.removeprefix("$"))]
    fields = fields_of(options)
    model: list[Intent] = [preset_edits.SetPresetModel(family, name, options.model)] if options.model else []
    if options.copy:
        return [preset_edits.DuplicatePreset(family, source, name, without_removals(fields)), *model]
    entries = workspace.report.catalog.families.get(family)
    if entries is None or name not in entries.presets:
        if not options.model:
            raise PipedeckError(f"there is no preset `{name}`: add it with --model, or with --copy from another")
        return [preset_edits.AddPreset(family, name, options.model, without_removals(fields))]
    return model + [
        preset_edits.UnsetPresetField(family, name, key)
        if value is None
        else preset_edits.SetPresetField(family, name, key, value)
        for key, value in fields
    ]


# ---- choice


def _add_choice(parser: Parser) -> None:
    parser.add_argument("key", metavar="KEY", help="such as llm/default/for_text")
    parser.add_argument("reference", metavar="REF", nargs="?", help="a model, $preset, @alias or ~waterfall")
    parser.add_argument("--off", action="store_true", help="switch an override off")


def _edit_choice(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits.choice_edits import SetChoiceDefault, SetChoiceOverride

    family, _, remaining = options.key.partition("/")
    kind, _, key = remaining.partition("/")
    if kind not in ("default", "override"):
        raise PipedeckError(f"{options.key}: write it as FAMILY/default/KEY or FAMILY/override/KEY")
    if kind == "override":
        return [SetChoiceOverride(family, key, options.reference)]
    if options.off:
        raise PipedeckError("--off is for an override: a default needs a REF")
    return [SetChoiceDefault(family, key, options.reference)]


COMMANDS = (
    EditCommand(
        "alias",
        "point an alias at a model; add, rename or delete it",
        "With TARGET the alias is added, or pointed there when it exists. Several targets make a chain, where the"
        " release has chains of aliases (up to 0.14); newer releases have waterfalls.",
        (
            ("pipedeck alias best gpt-5", "add it, or point it there"),
            ("pipedeck alias best --rename finest", "with every reference to it"),
            ("pipedeck alias best --delete", "delete it"),
        ),
        _add_alias,
        _edit_alias,
        {"": ("TARGET",), "--rename": (), "--delete": ("--instead",)},
    ),
    EditCommand(
        "waterfall",
        "set the names to try in order; rename or delete a waterfall",
        "With ENTRY the waterfall is added, or its entries are replaced when it exists.",
        (
            ("pipedeck waterfall smart claude-4.5-opus gpt-5", "add it, or change its entries"),
            ("pipedeck waterfall smart --delete", "delete it"),
        ),
        _add_waterfall,
        _edit_waterfall,
        {"": ("ENTRY",), "--rename": (), "--delete": ("--instead",)},
    ),
    EditCommand(
        "preset",
        "add, copy, change, rename or delete a preset",
        "Settings are --set KEY=VALUE, the value as in TOML or as bare text; KEY= removes a setting.",
        (
            ("pipedeck preset writing --model @best --set temperature=0.2", "add it, or change it"),
            ("pipedeck preset drafts --copy writing --set temperature=1", "add a copy of another"),
            ("pipedeck preset writing --rename prose", "with every reference to it"),
        ),
        _add_preset,
        _edit_preset,
        {"": ("--model", "--set"), "--copy": ("--model", "--set"), "--rename": (), "--delete": ("--instead",)},
    ),
    EditCommand(
        "choice",
        "set the default of pipes that name no model",
        "KEY is FAMILY/default or FAMILY/override, followed by the key where the family has several:"
        " llm/default/for_text, llm/override/for_object, extract/default.",
        (
            ("pipedeck choice llm/default/for_text '@best'", "the default for text"),
            ("pipedeck choice llm/override/for_text --off", "no override"),
        ),
        _add_choice,
        _edit_choice,
        {"": ("REF",), "--off": ()},
    ),
)
