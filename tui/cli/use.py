"""`pipedeck use`: use one backend and no other, with served models for every reference that would die."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from tui.cli.edit import Standing, Telling, add_edit_options, carry_out, edit_parser, open_workspace, where_of
from tui.cli.options import Commands

if TYPE_CHECKING:
    from core.edits.use_only import Accepted
    from core.replacements import Replacement


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "use",
        "use one backend only, with a served model for every dead name",
        "Turn the other backends off (but `internal`), make a profile active that sends everything to BACKEND, and"
        " point every name that would die at the nearest model it serves: by what the old one could do, then by price,"
        " then by tier. A name that many others go through is pointed elsewhere once.",
        ("pipedeck use anthropic --dry-run", "what would change, and what it costs"),
        ("pipedeck use anthropic", "do it, as one change that `undo` takes back"),
        ("pipedeck use anthropic --with @best=claude-4.5-opus", "another model for one name"),
    )
    parser.add_argument("backend", metavar="BACKEND", help="the backend to keep")
    parser.add_argument("--no-replace", action="store_true", help="leave names that die as they are")
    add_chosen(parser)
    add_edit_options(parser)
    parser.set_defaults(run=run)


def add_chosen(parser: argparse.ArgumentParser) -> None:
    """`--with`."""
    parser.add_argument(
        "--with",
        dest="chosen",
        action="append",
        default=[],
        metavar="NAME=MODEL",
        help="the model for one name, in place of the one proposed; may be given more than once",
    )


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from core.edits.intent import EditRefused
    from core.edits.use_only import UseOnly, proposed

    workspace = open_workspace(options)
    found = proposed(workspace.report, workspace.view, options.backend, where_of(options))
    if isinstance(found, EditRefused):
        return Telling(options, workspace, UseOnly(options.backend).label).refused(found)
    taken = () if options.no_replace else take(found, options.chosen)
    return carry_out(
        options,
        workspace,
        [UseOnly(options.backend, taken)],
        Standing() if options.no_replace else Standing(found, taken),
    )


def take(found: Sequence[Replacement], chosen: Sequence[str]) -> tuple[Accepted, ...]:
    """The nearest candidate of each, or what NAME=MODEL says. Raises PipedeckError for a NAME that does not die."""
    from core.edits.use_only import accept

    wanted = dict(_pair(text) for text in chosen)
    taken: list[Accepted] = []
    for one in found:
        name = one.node.name
        names = (name, f"@{name}", f"${name}", f"~{name}", f"{one.node.family}/{name}")
        model = next((wanted.pop(said) for said in names if said in wanted), None)
        taken += [(one.node, model)] if model is not None else accept([one])
    if wanted:
        raise PipedeckError(f"--with {next(iter(wanted))}: this name does not die, so it is not replaced")
    return tuple(taken)


def _pair(text: str) -> tuple[str, str]:
    name, equals, model = text.partition("=")
    if not equals or not name or not model:
        raise PipedeckError(f"--with {text}: write it as NAME=MODEL")
    return name, model
