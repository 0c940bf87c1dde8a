"""`pipedeck choice`: what a pipe gets that names no model, and the tree's word over that."""

from __future__ import annotations

import argparse

from core.errors import PipedeckError
from tui.cli.edit import add_edit_options, carry_out, edit_parser, open_workspace
from tui.cli.options import Commands


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "choice",
        "say what a pipe gets that names no model",
        "KEY is FAMILY/default or FAMILY/override, with the key behind it where the family has several:"
        " llm/default/for_text, llm/override/for_object, extract/default.",
        ("pipedeck choice llm/default/for_text '@best'", "the default for text"),
        ("pipedeck choice llm/override/for_text --off", "no override"),
    )
    parser.add_argument("key", metavar="KEY", help="such as llm/default/for_text")
    parser.add_argument("reference", metavar="REF", nargs="?", help="a model, $preset, @alias or ~waterfall")
    parser.add_argument("--off", action="store_true", help="switch an override off")
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from core.edits.choice_edits import SetChoiceDefault, SetChoiceOverride

    family, _, rest = options.key.partition("/")
    kind, _, key = rest.partition("/")
    if kind not in ("default", "override"):
        raise PipedeckError(f"{options.key}: write it as FAMILY/default/KEY or FAMILY/override/KEY")
    if (options.reference is None) != options.off or (options.off and kind == "default"):
        raise PipedeckError("give a REF, or --off for an override")
    workspace = open_workspace(options)
    if kind == "override":
        return carry_out(options, workspace, [SetChoiceOverride(family, key, options.reference)])
    return carry_out(options, workspace, [SetChoiceDefault(family, key, options.reference)])
