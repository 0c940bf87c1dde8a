"""`pipedeck profile`: switch to a routing profile, or add, copy, change, rename and delete one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.edit import add_edit_options, carry_out, edit_parser, open_workspace
from tui.cli.options import Commands

if TYPE_CHECKING:
    from core.edits.intent import Intent

_NONE = "none"
"""The word that takes a default or an order away."""


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "profile",
        "switch to a routing profile; add, copy, change or delete one",
        "Without options NAME becomes the active profile.",
        ("pipedeck profile all_openai", "switch"),
        ("pipedeck profile all_openai --override", "for this machine alone, where the release has that"),
        ("pipedeck profile mine --copy all_openai", "a new one like another"),
        ("pipedeck profile mine --default anthropic --fallback openai,groq", "change it"),
    )
    parser.add_argument("name", metavar="NAME", help="the routing profile")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--new", action="store_true", help="add it")
    what.add_argument("--copy", metavar="PROFILE", help="add it as a copy of another")
    what.add_argument("--rename", metavar="NEW", help="give it another name")
    what.add_argument("--delete", action="store_true", help="delete it")
    parser.add_argument("--active", metavar="PROFILE", help="with --delete: the one to make active in its place")
    parser.add_argument("--default", metavar="BACKEND", help="where everything goes that no route takes; none: nowhere")
    parser.add_argument("--fallback", metavar="A,B", help="which backends are tried, in this order; none: no order")
    parser.add_argument("--description", metavar="TEXT", help="what it is for")
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    return carry_out(options, open_workspace(options), _intents(options))


def _intents(options: argparse.Namespace) -> list[Intent]:
    from core.edits import profile_edits

    name = options.name
    if options.delete:
        return [profile_edits.DeleteProfile(name, options.active)]
    if options.rename:
        return [profile_edits.RenameProfile(name, options.rename)]
    order = tuple(part for part in (options.fallback or "").split(",") if part and part != _NONE)
    default = options.default if options.default != _NONE else None
    if options.new:
        return [profile_edits.AddProfile(name, default, options.description, (), order)]
    changes: list[Intent] = [profile_edits.DuplicateProfile(options.copy, name)] if options.copy else []
    if options.default:
        changes.append(profile_edits.SetDefault(name, default))
    if options.fallback:
        changes.append(profile_edits.SetFallbackOrder(name, order))
    if options.description:
        changes.append(profile_edits.SetProfileDescription(name, options.description))
    return changes or [profile_edits.SwitchProfile(name)]
