"""The commands `set`, `unset` and `layer`: any value of the tree, by its address."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.cli.edit import EditCommand
from tui.cli.parsers import Parser

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.workspace import Workspace

_KEY = "the address of the value"


def _add_set(parser: Parser) -> None:
    parser.add_argument("key", metavar="KEY", help=_KEY)
    parser.add_argument("value", metavar="VALUE", help="the new value")


def _set(options: argparse.Namespace, workspace: Workspace) -> Sequence[Intent]:
    from core.edits.address_edits import SetValueAt, value_of

    return [SetValueAt(options.key, value_of(workspace.report, options.key, options.value, workspace.view))]


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


COMMANDS = (
    EditCommand(
        "set",
        "set a value of the tree, by its address",
        "Set one value. KEY begins with backends, models, profiles, deck or active; a name with dots is put in quotes."
        " VALUE is as in TOML, or bare text.",
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
        " value of the base counts again.",
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
