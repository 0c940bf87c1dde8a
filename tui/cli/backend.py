"""`pipedeck backend`: turn a backend on or off, add and remove one, change its fields."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from tui.cli.edit import add_edit_options, carry_out, edit_parser, open_workspace, setting_of
from tui.cli.options import Commands

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.workspace import Workspace


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "backend",
        "turn a backend on or off; add or remove one",
        "With --new the three files are written as one change: its table, the file of its models, and the routes that"
        " reach them. Keys stay in variables: --key-from names the variable.",
        ("pipedeck backend openai off --dry-run", "what would die"),
        ("pipedeck backend lab --new --endpoint http://localhost:1234/v1 --model m1", "a local server"),
        ("pipedeck backend openai --endpoint https://proxy.example/v1", "another address"),
        ("pipedeck backend local --remove", "its table, its file, and all that names it"),
    )
    parser.add_argument("name", metavar="NAME", help="the backend")
    parser.add_argument("state", metavar="on|off", nargs="?", choices=("on", "off"), help="turn it on or off")
    parser.add_argument("--endpoint", metavar="URL", help="the address it is asked at")
    parser.add_argument("--key-from", metavar="VARIABLE", help="the variable that holds its key")
    parser.add_argument("--new", action="store_true", help="add it")
    parser.add_argument(
        "--model", action="append", default=[], metavar="ID", help="with --new: a model; may be given more than once"
    )
    parser.add_argument("--sdk", metavar="SDK", default="openai", help="with --new: how it is asked (default: openai)")
    parser.add_argument(
        "--set", dest="fields", action="append", default=[], metavar="KEY=VALUE", help="a field of its table"
    )
    parser.add_argument("--no-routes", action="store_true", help="with --new: no routes to models that lack one")
    parser.add_argument(
        "--with-profile", action="store_true", help="with --new: a profile all_NAME that sends all to it"
    )
    parser.add_argument("--remove", action="store_true", help="remove it, and all that names it")
    parser.add_argument("--instead", metavar="BACKEND", help="with --remove: the one that takes its place")
    parser.add_argument("--keep-file", action="store_true", help="with --remove: leave the file of its models")
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    workspace = open_workspace(options)
    return carry_out(options, workspace, _intents(options, workspace))


def _intents(options: argparse.Namespace, workspace: Workspace) -> list[Intent]:
    from core.edits import backend_edits
    from core.edits.backend_edits import AddBackend, RemoveBackend
    from core.probes.model_proposals import free_handle

    name = options.name
    if options.remove:
        return [RemoveBackend(name, options.instead, not options.keep_file)]
    fields = tuple(setting_of(text) for text in options.fields)
    if options.new:
        taken: set[str] = set()
        models = []
        for model_id in options.model:
            handle = free_handle(model_id, taken)
            taken.add(handle)
            models.append((handle, (("model_id", model_id),)))
        return [
            AddBackend(
                name,
                options.endpoint,
                options.key_from,
                tuple(models),
                (("sdk", options.sdk),),
                tuple((key, value) for key, value in fields if value is not None),
                on=options.state != "off",
                routes=not options.no_routes,
                profile=options.with_profile,
            )
        ]
    changes: list[Intent] = []
    if options.endpoint:
        changes.append(backend_edits.SetBackendField(name, "endpoint", options.endpoint))
    changes += [backend_edits.SetBackendField(name, key, value) for key, value in fields]
    if options.key_from:
        changes.append(backend_edits.UseVariable(name, options.key_from))
    if options.state:
        changes.append(backend_edits.SwitchBackend(name, options.state == "on"))
    if not changes:
        raise PipedeckError("say what is to be done: on, off, --endpoint, --key-from, --set, --new or --remove")
    return changes
