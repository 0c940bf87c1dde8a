"""The commands `use`, `repoint`, `set`, `unset` and `layer`: dead names, and any value by its address."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from tui.cli.edit import EditCommand, apply_intents, layer_of, typed_value
from tui.cli.edit_output import EditPrinter
from tui.cli.knowledge import know
from tui.cli.parsers import Parser

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.edits.repoint_edits import Accepted
    from core.replacements import Replacement
    from core.workspace import Workspace


_KEY = "the address of the value"


def _add_set(parser: Parser) -> None:
    parser.add_argument("key", metavar="KEY", help=_KEY)
    parser.add_argument("value", metavar="VALUE", help="the new value; - for one from stdin, typed without echo")


def _set(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits.address_edits import SetValueAt, value_of

    value = typed_value(options.key, options.value)
    return [SetValueAt(options.key, value_of(workspace.report, options.key, value, workspace.view))]


def _add_unset(parser: Parser) -> None:
    parser.add_argument("key", metavar="KEY", help=_KEY)
    parser.add_argument("--reset", action="store_true", help="remove only the layers over the base")


def _unset(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits.address_edits import UnsetAt
    from core.edits.layer_edits import ResetToBase

    return [ResetToBase(options.key) if options.reset else UnsetAt(options.key)]


def _add_layer(parser: Parser) -> None:
    parser.add_argument("key", metavar="KEY", help=_KEY)
    parser.add_argument("to", choices=("override", "base"), help="the layer to move it to")


def _move(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits.layer_edits import MoveToBase, MoveToOverride

    return [MoveToOverride(options.key) if options.to == "override" else MoveToBase(options.key)]


def _add_use(parser: Parser) -> None:
    parser.add_argument("backend", metavar="BACKEND", help="the backend to keep")
    parser.add_argument("--no-replace", action="store_true", help="keep names that die")
    _add_with(parser)


def _add_repoint(parser: Parser) -> None:
    parser.add_argument("names", metavar="REF", nargs="*", help="entries of the deck (default: all that are needed)")
    _add_with(parser)


def _add_with(parser: Parser) -> None:
    help_ = "the model for a name, in place of the proposed one; repeatable"
    parser.add_argument("--with", dest="chosen", action="append", default=[], metavar="NAME=MODEL", help=help_)


def _use(options: argparse.Namespace, workspace: Workspace) -> int:
    from core.edits.intent import EditRefused
    from core.edits.repoint_edits import UseOnly, proposed

    know(workspace, options)
    replacements = proposed(workspace.report, workspace.view, options.backend, layer_of(options))
    if isinstance(replacements, EditRefused):
        return EditPrinter(options, workspace, UseOnly(options.backend).label).refused(replacements)
    if options.no_replace:
        return apply_intents(options, workspace, [UseOnly(options.backend, ())])
    chosen = _choose(replacements, options.chosen)
    return apply_intents(options, workspace, [UseOnly(options.backend, chosen)], replacements, chosen)


def _repoint(options: argparse.Namespace, workspace: Workspace) -> int:
    from core.edits.intent import EditRefused
    from core.edits.repoint_edits import Repoint
    from core.replacements import replacements

    know(workspace, options)
    names = {name.lstrip("$@~") for name in options.names}
    dead = [
        item
        for item in replacements(workspace.report, workspace.report)
        if not names or item.node.name in names or any(revived.name in names for revived in item.revives)
    ]
    chosen = _choose(dead, options.chosen)
    if dead and not chosen:
        reason = EditRefused("No served model can replace the dead names.", "Enable a backend that serves one.")
        return EditPrinter(options, workspace, "repoint", dead).refused(reason)
    return apply_intents(options, workspace, [Repoint(chosen)], dead, chosen)


def _choose(replacements: Sequence[Replacement], pairs: Sequence[str]) -> tuple[Accepted, ...]:
    """The nearest candidate of each, or the one of NAME=MODEL. Raises PipedeckError for a NAME that does not die."""
    from core.edits.repoint_edits import accept

    models = dict(_pair(text) for text in pairs)
    chosen: list[Accepted] = []
    for item in replacements:
        name = item.node.name
        spellings = (name, f"@{name}", f"${name}", f"~{name}", f"{item.node.family}/{name}")
        model = next((models.pop(spelling) for spelling in spellings if spelling in models), None)
        chosen += [(item.node, model)] if model is not None else accept([item])
    if models:
        raise PipedeckError(f"--with {next(iter(models))}: this name does not die, so it is not replaced")
    return tuple(chosen)


def _pair(text: str) -> tuple[str, str]:
    name, _, model = text.partition("=")
    if not name or not model:
        raise PipedeckError(f"--with {text}: write it as NAME=MODEL")
    return name, model


COMMANDS = (
    EditCommand(
        "use",
        "use one backend only, with a served model for every dead name",
        "Turn the other backends off (except `internal`), make a profile active that sends everything to BACKEND, and"
        " point every name that would die at the nearest model of BACKEND: by capability, then by price, then by tier."
        " A name that many others use is pointed elsewhere once.",
        (
            ("pipedeck use anthropic --dry-run", "see the changes, and the cost"),
            ("pipedeck use anthropic", "do it, as one change that `undo` reverts"),
            ("pipedeck use anthropic --with @best=claude-4.5-opus", "another model for one name"),
        ),
        _add_use,
        _use,
        {"": ("--with",), "--no-replace": ()},
        bare=True,
    ),
    EditCommand(
        "repoint",
        "point dead names at the nearest served models",
        "For all dead names of the deck, point the fewest entries that revive them at the nearest served models: by"
        " capability, then by price, then by tier. With REF only these entries.",
        (
            ("pipedeck repoint --dry-run", "see the dead names, and their replacements"),
            ("pipedeck repoint", "do it"),
            ("pipedeck repoint @best --with @best=gpt-5", "one name, with a model of your choice"),
        ),
        _add_repoint,
        _repoint,
    ),
    EditCommand(
        "set",
        "set a value of the tree, by its address",
        "Set one value. KEY begins with backends, models, profiles, deck or active; a name with dots is put in quotes."
        " VALUE is as in TOML, or bare text; - reads it from stdin, at a terminal without echo.",
        (
            ("pipedeck set backends.openai.enabled false", "turn a backend off"),
            ("pipedeck set 'models.openai.\"gpt-4.1\".costs.input' 2.5", "USD per million tokens"),
            ("pipedeck set deck.llm.presets.writing.temperature 0.2", "in your own deck file"),
            ("pipedeck set active all_openai --override", "on this machine only"),
        ),
        _add_set,
        _set,
    ),
    EditCommand(
        "unset",
        "remove a value of the tree, or the layers over its base",
        "Remove one value, addressed as for `set`. With --reset only the layers over the base are removed, so that the"
        " base value is in force.",
        (
            ("pipedeck unset deck.llm.presets.writing.max_tokens", "remove the key"),
            ("pipedeck unset deck.llm.aliases.best --reset", "back to the base"),
        ),
        _add_unset,
        _unset,
    ),
    EditCommand(
        "layer",
        "move a value into the override file, or into the base",
        "Move a value, addressed as for `set`, without changing it: into the override file (of the deck: copied into"
        " your own file), or from there into the base. `unset --reset` removes the layers over the base.",
        (
            ("pipedeck layer backends.openai.endpoint override", "out of the base"),
            ("pipedeck layer active base", "for all machines"),
        ),
        _add_layer,
        _move,
    ),
)
