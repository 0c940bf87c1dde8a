"""The commands `profile` and `route`: routing profiles and their routes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from tui.cli.edit import EditCommand
from tui.cli.parsers import Parser

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.workspace import Workspace

_NONE = "none"
"""The value that removes a default or a fallback order."""


# ---- profile


def _add_profile(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="the routing profile")
    operation = parser.add_mutually_exclusive_group()
    operation.add_argument("--new", action="store_true", help="add it")
    operation.add_argument("--copy", metavar="PROFILE", help="add it as a copy of another")
    operation.add_argument("--rename", metavar="NEW", help="rename it")
    operation.add_argument("--delete", action="store_true", help="delete it")
    parser.add_argument("--instead", "--active", metavar="PROFILE", help="with --delete:the profile to activate")
    parser.add_argument("--default", metavar="BACKEND", help="the backend of models without a route; none: no default")
    parser.add_argument("--fallback", metavar="A,B", help="the backends to try, in order; none: no order")
    parser.add_argument("--description", metavar="TEXT", help="its description")


def _edit_profile(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits import profile_edits

    name = options.name
    if options.delete:
        return [profile_edits.DeleteProfile(name, options.instead)]
    if options.rename is not None:
        return [profile_edits.RenameProfile(name, options.rename)]
    order = tuple(backend for backend in (options.fallback or "").split(",") if backend and backend != _NONE)
    default = options.default if options.default != _NONE else None
    if options.new:
        return [profile_edits.AddProfile(name, default, options.description, (), order)]
    changes: list[Intent] = [profile_edits.DuplicateProfile(options.copy, name)] if options.copy is not None else []
    if options.default:
        changes.append(profile_edits.SetDefault(name, default))
    if options.fallback:
        changes.append(profile_edits.SetFallbackOrder(name, order))
    if options.description:
        changes.append(profile_edits.SetProfileDescription(name, options.description))
    return changes or [profile_edits.SwitchProfile(name, local=True)]


# ---- route


def _add_route(parser: Parser) -> None:
    parser.add_argument("pattern", metavar="PATTERN", help="a model name, or a part of one with * at its ends")
    parser.add_argument("backend", metavar="BACKEND", nargs="?", help="the backend to send these models to")
    parser.add_argument("--in", dest="of", metavar="PROFILE", help="the profile (default: the active one)")
    position = parser.add_mutually_exclusive_group()
    for step, help_ in (("first", "as the first"), ("last", "as the last"), ("up", "one up"), ("down", "one down")):
        position.add_argument(f"--{step}", dest="step", action="store_const", const=step, help=help_)
    position.add_argument("--before", metavar="PATTERN", help="before this route")
    position.add_argument("--after", metavar="PATTERN", help="after this route")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--optional", action="store_true", help="as an optional route, ignored while its backend is disabled"
    )
    kind.add_argument("--plain", action="store_true", help="as a plain route, if it is an optional one")
    operation = parser.add_mutually_exclusive_group()
    operation.add_argument("--rename", metavar="NEW", help="change its pattern")
    operation.add_argument("--delete", action="store_true", help="delete it")


def _edit_route(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits import route_edits

    catalog = workspace.report.catalog
    name = options.of or catalog.active
    if name is None:
        raise PipedeckError("there is no active profile: name one with --in")
    pattern = options.pattern
    if options.delete:
        return [route_edits.DeleteRoute(name, pattern)]
    if options.rename is not None:
        return [route_edits.RenamePattern(name, pattern, options.rename)]
    profile = catalog.profiles.get(name)
    exists = profile is not None and any(
        route.pattern == pattern for route in (*profile.routes, *profile.optional_routes)
    )
    moves: list[Intent] = []
    if exists and (options.optional or options.plain):
        moves.append(route_edits.SetRouteOptional(name, pattern, options.optional))
    if options.step or options.before or options.after:
        moves.append(route_edits.MoveRoute(name, pattern, options.step or "", options.before, options.after))
    if options.backend is None:
        if not moves:
            raise PipedeckError(f"there is no route `{pattern}` in {name}: add it with a BACKEND")
        return moves
    if exists:
        return [route_edits.RetargetRoute(name, pattern, options.backend), *moves]
    position = {"before": options.before, "after": options.after, "first": options.step == "first"}
    return [route_edits.AddRoute(name, pattern, options.backend, optional=options.optional, **position)]


_PROFILE_FIELDS = ("--default", "--fallback", "--description")
COMMANDS = (
    EditCommand(
        "profile",
        "switch to a routing profile; add, copy, change or delete one",
        "Without options NAME becomes the active profile, on this machine only where the release reads override files;"
        " --base switches for everybody.",
        (
            ("pipedeck profile all_openai", "switch"),
            ("pipedeck profile all_openai --base", "for everybody who uses the tree"),
            ("pipedeck profile mine --copy all_openai", "add a copy of another"),
            ("pipedeck profile mine --default anthropic --fallback openai,groq", "change it"),
        ),
        _add_profile,
        _edit_profile,
        {
            "": _PROFILE_FIELDS,
            "--new": _PROFILE_FIELDS,
            "--copy": _PROFILE_FIELDS,
            "--rename": (),
            "--delete": ("--instead",),
        },
        bare=True,
    ),
    EditCommand(
        "route",
        "send the models of a pattern to a backend; move or delete a route",
        "With BACKEND the route is added, or sent there when it exists. A `*` counts only at the ends of a pattern; the"
        " first pattern that matches a name wins, and an exact name wins over all patterns.",
        (
            ("pipedeck route 'claude-*' anthropic", "add it, or send it there"),
            ("pipedeck route 'claude-*' --before 'c*'", "move it"),
            ("pipedeck route 'claude-*' --delete", "delete it"),
        ),
        _add_route,
        _edit_route,
        {
            "": (
                "BACKEND",
                "--first",
                "--last",
                "--up",
                "--down",
                "--before",
                "--after",
                "--optional",
                "--plain",
            ),
            "--rename": (),
            "--delete": (),
        },
    ),
)
