"""`pipedeck model`: declare a model at a backend; change its price and limits, copy, rename and delete it."""

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
        "model",
        "declare a model at a backend; change, copy, rename or delete it",
        "Fields are --set KEY=VALUE, as TOML has the value, or as bare text; KEY= takes a field out of the model's"
        " table, so that the default of its file counts. Prices are USD per million tokens.",
        ("pipedeck model openai gpt-5 --set model_id=gpt-5-2026", "declare it, or change it"),
        ("pipedeck model openai gpt-5 --price 1.25,10", "its price in and out"),
        ("pipedeck model openai gpt-5 --rename gpt-five", "with every reference to it"),
    )
    parser.add_argument("backend", metavar="BACKEND", help="the backend that declares it")
    parser.add_argument("handle", metavar="MODEL", help="its handle: the name of its table")
    parser.add_argument(
        "--set", dest="fields", action="append", default=[], metavar="KEY=VALUE", help="may be given more than once"
    )
    parser.add_argument("--price", metavar="IN,OUT", help="USD per million tokens in and out")
    parser.add_argument("--copy", metavar="MODEL", help="add it as a copy of another of this backend")
    parser.add_argument("--of", metavar="BACKEND", help="with --copy: of another backend")
    parser.add_argument("--rename", metavar="NEW", help="here; references follow when nobody else declares it")
    parser.add_argument("--everywhere", action="store_true", help="with --rename: at every backend that declares it")
    parser.add_argument("--delete", action="store_true", help="delete it")
    parser.add_argument("--instead", metavar="REF", help="with --delete: what is named in its place")
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    workspace = open_workspace(options)
    return carry_out(options, workspace, _intents(options, workspace))


def _intents(options: argparse.Namespace, workspace: Workspace) -> list[Intent]:
    from core.edits import model_edits, rename_edits

    backend, handle = options.backend, options.handle
    if options.delete:
        return [model_edits.DeleteModel(backend, handle, options.instead)]
    if options.rename:
        return [rename_edits.RenameModel(handle, options.rename, None if options.everywhere else backend)]
    fields = tuple(setting_of(text) for text in options.fields)
    specs = workspace.report.catalog.specs_by_backend.get(backend, ())
    changes: list[Intent] = []
    if options.copy:
        changes.append(
            model_edits.DuplicateModel(options.of or backend, options.copy, handle, backend if options.of else None)
        )
    elif not any(spec.handle == handle for spec in specs):
        given = tuple((key, value) for key, value in fields if value is not None)
        if options.price:
            given = (*given, ("costs", dict(_prices(options.price))))
        return [model_edits.AddModel(backend, handle, given)]
    changes += [model_edits.ChangeModelField(backend, handle, key, value) for key, value in fields]
    if options.price:
        changes.append(model_edits.SetPrice(backend, handle, _prices(options.price)))
    if not changes:
        raise PipedeckError("say what is to be done: --set, --price, --copy, --rename or --delete")
    return changes


def _prices(text: str) -> tuple[tuple[str, float | None], ...]:
    inward, _, outward = text.partition(",")
    try:
        return (("input", float(inward)), ("output", float(outward)))
    except ValueError:
        raise PipedeckError(f"--price {text}: write it as IN,OUT, such as 1.25,10") from None
