"""`pipedeck use`: use one backend and no other, with served models for every reference that would die."""

from __future__ import annotations

import argparse
import sys

from core.errors import PipedeckError
from tui.cli.edit import add_edit_options, carry_out, edit_parser, open_workspace, where_of
from tui.cli.options import Commands
from tui.cli.output import Out


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "use",
        "use one backend only, with a served model for every dead name",
        "Turn the other backends off (but `internal`), make a profile active that sends everything to BACKEND, and"
        " point every name that would die at the nearest model it serves.",
        ("pipedeck use anthropic --dry-run", "what would change, and what it costs"),
        ("pipedeck use anthropic", "do it, as one change that `undo` takes back"),
        ("pipedeck use anthropic --with @best=claude-4.5-opus", "another model for one name"),
    )
    parser.add_argument("backend", metavar="BACKEND")
    parser.add_argument("--no-replace", action="store_true", help="leave names that die as they are")
    parser.add_argument(
        "--with",
        dest="chosen",
        action="append",
        default=[],
        metavar="NAME=MODEL",
        help="the model for one name, in place of the one proposed; may be given more than once",
    )
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from core.edits.refusals import NotDone
    from core.edits.repoint import Accepted
    from core.edits.use_only import UseOnly, proposed

    workspace = open_workspace(options)
    accepted: list[Accepted] = []
    if not options.no_replace:
        found = proposed(workspace.report, workspace.view, options.backend, where_of(options))
        chosen = dict(_pair(text) for text in options.chosen)
        out = Out(sys.stderr)
        for one in () if isinstance(found, NotDone) else found:
            names = {one.node.name, f"@{one.node.name}", f"${one.node.name}", f"~{one.node.name}"}
            wanted = next((chosen.pop(name) for name in names if name in chosen), None)
            text = wanted or (one.best.text if one.best is not None else None)
            if text is not None:
                accepted.append((one.node, text))
            elif not options.json:
                out.line(
                    (f"! nothing that {options.backend} serves can stand for {one.node.kind} {one.node.name}", "warn")
                )
        if chosen:
            raise PipedeckError(f"--with {next(iter(chosen))}: this name does not die, so it is not replaced")
    return carry_out(options, workspace, [UseOnly(options.backend, tuple(accepted))])


def _pair(text: str) -> tuple[str, str]:
    name, equals, model = text.partition("=")
    if not equals or not name or not model:
        raise PipedeckError(f"--with {text}: write it as NAME=MODEL")
    return name, model
