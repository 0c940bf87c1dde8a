"""`pipedeck route`: send the models of a pattern to a backend; move, change and delete routes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from tui.cli.edit import add_edit_options, carry_out, edit_parser, open_workspace
from tui.cli.options import Commands

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.workspace import Workspace


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "route",
        "send the models of a pattern to a backend; move or delete a route",
        "With BACKEND the route is added, or sent there when it exists. A `*` counts only at the ends of a pattern; the"
        " first pattern that takes a name wins, and an exact name wins over all. --in names the profile, else the"
        " active one.",
        ("pipedeck route 'claude-*' anthropic", "add it, or send it there"),
        ("pipedeck route 'claude-*' --before 'c*'", "move it"),
        ("pipedeck route 'claude-*' --delete", "delete it"),
    )
    parser.add_argument("pattern", metavar="PATTERN", help="a model name, or a part of one with * at its ends")
    parser.add_argument("backend", metavar="BACKEND", nargs="?", help="the backend that these models are sent to")
    parser.add_argument("--in", dest="of", metavar="PROFILE", help="the profile (default: the active one)")
    # One group would make a line of the usage that no terminal holds.
    place, end = parser.add_mutually_exclusive_group(), parser.add_mutually_exclusive_group()
    place.add_argument("--first", action="store_true", help="as the first")
    for step, words in (("last", "as the last"), ("up", "one step up"), ("down", "one step down")):
        end.add_argument(f"--{step}", dest="step", action="store_const", const=step, default="", help=words)
    place.add_argument("--before", metavar="PATTERN", help="in front of this one")
    place.add_argument("--after", metavar="PATTERN", help="behind this one")
    sort = parser.add_mutually_exclusive_group()
    sort.add_argument("--optional", action="store_true", help="as a route that sleeps while its backend is off")
    sort.add_argument("--plain", action="store_true", help="as a plain route, if it is an optional one")
    parser.add_argument("--rename", metavar="NEW", help="another pattern for it")
    parser.add_argument("--delete", action="store_true", help="delete it")
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    workspace = open_workspace(options)
    return carry_out(options, workspace, _intents(options, workspace))


def _intents(options: argparse.Namespace, workspace: Workspace) -> list[Intent]:
    from core.edits import route_edits

    catalog = workspace.report.catalog
    name = options.of or catalog.active
    if name is None:
        raise PipedeckError("there is no active profile: name one with --in")
    pattern = options.pattern
    if options.delete:
        return [route_edits.DeleteRoute(name, pattern)]
    if options.rename:
        return [route_edits.RenamePattern(name, pattern, options.rename)]
    profile = catalog.profiles.get(name)
    known = profile is not None and any(
        route.pattern == pattern for route in (*profile.routes, *profile.optional_routes)
    )
    step: route_edits.Step = "first" if options.first else options.step
    moves: list[Intent] = []
    if known and (options.optional or options.plain):
        moves.append(route_edits.SetRouteOptional(name, pattern, options.optional))
    if step or options.before or options.after:
        moves.append(route_edits.MoveRoute(name, pattern, step, options.before, options.after))
    if options.backend is None:
        if not moves:
            raise PipedeckError("say what is to be done: a BACKEND, a place such as --first, --rename or --delete")
        return moves
    if known:
        return [route_edits.RetargetRoute(name, pattern, options.backend), *moves]
    where = {"before": options.before, "after": options.after, "first": options.first}
    return [route_edits.AddRoute(name, pattern, options.backend, optional=options.optional, **where)]
