"""The commands `backend` and `model`: backends, and the models that they declare."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.cli.edit import EditCommand, add_settings_option, fields_of, without_removals
from tui.cli.parsers import Parser

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.workspace import Workspace

_DEFAULT_SDK = "openai"


# ---- backend


def _add_backend(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="the backend")
    parser.add_argument("state", metavar="on|off", nargs="?", choices=("on", "off"), help="turn it on or off")
    parser.add_argument("--endpoint", metavar="URL", help="its address")
    parser.add_argument("--key-from", metavar="VARIABLE", help="the variable that holds its key")
    add_settings_option(parser)
    operation = parser.add_mutually_exclusive_group()
    operation.add_argument("--new", action="store_true", help="add it")
    parser.add_argument("--model", action="append", default=[], metavar="ID", help="with --new: a model; repeatable")
    parser.add_argument("--sdk", metavar="SDK", help=f"with --new: its client library (default: {_DEFAULT_SDK})")
    parser.add_argument("--no-routes", action="store_true", help="with --new: add no routes to models without one")
    parser.add_argument("--with-profile", action="store_true", help="with --new: add a profile all_NAME that uses it")
    operation.add_argument("--delete", "--remove", action="store_true", help="delete it, and all references to it")
    parser.add_argument("--instead", metavar="BACKEND", help="with --delete: the backend to use in its place")
    parser.add_argument("--keep-file", action="store_true", help="with --delete: keep the file of its models")


def _edit_backend(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits import backend_edits
    from core.edits.new_backends import AddBackend
    from core.probes.model_proposals import free_handle

    name = options.name
    if options.delete:
        return [backend_edits.RemoveBackend(name, options.instead, not options.keep_file)]
    fields = fields_of(options)
    if options.new:
        models: dict[str, tuple[tuple[str, object], ...]] = {}
        for model_id in options.model:
            models[free_handle(model_id, set(models))] = (("model_id", model_id),)
        intent = AddBackend(
            name,
            options.endpoint,
            options.key_from,
            tuple(models.items()),
            (("sdk", options.sdk or _DEFAULT_SDK),),
            without_removals(fields),
            on=options.state != "off",
            routes=not options.no_routes,
            profile=options.with_profile,
        )
        return [intent]
    changes: list[Intent] = []
    if options.endpoint is not None:
        changes.append(backend_edits.SetBackendField(name, "endpoint", options.endpoint))
    changes += [backend_edits.SetBackendField(name, key, value) for key, value in fields]
    if options.key_from is not None:
        changes.append(backend_edits.UseVariable(name, options.key_from))
    if options.state is not None:
        changes.append(backend_edits.SwitchBackend(name, options.state == "on"))
    return changes


# ---- model


def _add_model(parser: Parser) -> None:
    parser.add_argument("backend", metavar="BACKEND", help="the backend that declares it")
    parser.add_argument("handle", metavar="MODEL", help="its handle: the name of its table")
    add_settings_option(parser)
    parser.add_argument("--price", metavar="IN,OUT", type=_prices, help="USD per million tokens, input and output")
    operation = parser.add_mutually_exclusive_group()
    operation.add_argument("--copy", metavar="MODEL", help="add it as a copy of another model of this backend")
    parser.add_argument("--of", metavar="BACKEND", help="with --copy: from another backend")
    operation.add_argument("--rename", metavar="NEW", help="rename it; references follow if only this backend has it")
    parser.add_argument("--everywhere", action="store_true", help="with --rename: at every backend that declares it")
    operation.add_argument("--delete", action="store_true", help="delete it")
    parser.add_argument("--instead", metavar="REF", help="with --delete: the name to use in its place")


def _prices(text: str) -> tuple[tuple[str, float | None], ...]:
    prices = text.partition(",")
    try:
        return (("input", float(prices[0])), ("output", float(prices[2])))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: write it as IN,OUT, such as 1.25,10") from None


def _edit_model(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits import model_edits, rename_edits

    backend, handle = options.backend, options.handle
    if options.delete:
        return [model_edits.DeleteModel(backend, handle, options.instead)]
    if options.rename is not None:
        return [rename_edits.RenameModel(handle, options.rename, None if options.everywhere else backend)]
    fields = fields_of(options)
    specs = workspace.report.catalog.specs_by_backend.get(backend, ())
    changes: list[Intent] = []
    if options.copy is not None:
        target = backend if options.of else None
        changes.append(model_edits.DuplicateModel(options.of or backend, options.copy, handle, target))
    elif all(spec.handle != handle for spec in specs):
        costs = (("costs", dict(options.price)),) if options.price else ()
        return [model_edits.AddModel(backend, handle, (*without_removals(fields), *costs))]
    changes += [model_edits.ChangeModelField(backend, handle, key, value) for key, value in fields]
    if options.price is not None:
        changes.append(model_edits.SetPrice(backend, handle, options.price))
    return changes


_BACKEND_FIELDS = ("on|off", "--endpoint", "--key-from", "--set")
COMMANDS = (
    EditCommand(
        "backend",
        "turn a backend on or off; add or delete one",
        "With --new the three files are written as one change: its table, the file of its models, and the routes that"
        " reach them. Keys stay in variables: --key-from names the variable.",
        (
            ("pipedeck backend openai off --dry-run", "see the names that would die"),
            ("pipedeck backend lab --new --endpoint http://localhost:1234/v1 --model m1", "a local server"),
            ("pipedeck backend openai --endpoint https://proxy.example/v1", "another address"),
            ("pipedeck backend local --delete", "its table, its file, and all references to it"),
        ),
        _add_backend,
        _edit_backend,
        {
            "": _BACKEND_FIELDS,
            "--new": (*_BACKEND_FIELDS, "--model", "--sdk", "--no-routes", "--with-profile"),
            "--delete": ("--instead", "--keep-file"),
        },
    ),
    EditCommand(
        "model",
        "declare a model at a backend; change, copy, rename or delete it",
        "Fields are --set KEY=VALUE, the value as in TOML or as bare text; KEY= removes a field from the model's table,"
        " so that the default of its file counts. Prices are USD per million tokens.",
        (
            ("pipedeck model openai gpt-5 --set model_id=gpt-5-2026", "declare it, or change it"),
            ("pipedeck model openai gpt-5 --price 1.25,10", "its price, input and output"),
            ("pipedeck model openai gpt-5 --rename gpt-five", "with every reference to it"),
        ),
        _add_model,
        _edit_model,
        {
            "": ("--set", "--price"),
            "--copy": ("--set", "--price", "--of"),
            "--rename": ("--everywhere",),
            "--delete": ("--instead",),
        },
    ),
)
