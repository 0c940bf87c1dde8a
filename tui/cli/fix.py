"""`pipedeck fix`: mend what has a safe fix: all problems, or those of some codes."""

from __future__ import annotations

import argparse
import sys

from tui.cli.edit import DONE, NOTHING, Telling, add_edit_options, carry_out_at, edit_parser, open_workspace, where_of
from tui.cli.options import Commands
from tui.reports.text_output import TextOutput

_ALL = "all"


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "fix",
        "mend what has a safe fix",
        "Without CODE the fixes there are are listed and nothing is done. A code is that of `validate --json`; `all`"
        " means every problem that has a fix. They are written as one change.",
        ("pipedeck fix", "what could be mended, and how"),
        ("pipedeck fix secret-literal --dry-run", "what would change"),
        ("pipedeck fix all", "mend everything that has a safe fix"),
    )
    parser.add_argument("codes", metavar="CODE", nargs="*", help="what to mend: codes, or all")
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List the fixes, or make them."""
    from core.edits.edit_session import Batch
    from core.edits.fixes import fixes
    from core.edits.intent import EditLayer, EditRefused

    workspace = open_workspace(options)
    found = fixes(workspace.report)
    if not options.codes:
        about = [f"{one.sentence} ({one.about})" if one.about else one.sentence for one in found]
        return _list(options, [(one.code, said) for one, said in zip(found, about, strict=True)])
    wanted = [one for one in found if _ALL in options.codes or one.code in options.codes]
    if not wanted:
        if _ALL in options.codes:
            return Telling(options, workspace, "fix").nothing()
        codes = " or ".join(f"`{code}`" for code in options.codes)
        why = EditRefused(
            f"No problem {codes} has a fix that is safe to make.", "`pipedeck fix` lists those that have one."
        )
        return Telling(options, workspace, "fix").refused(why)
    if len(wanted) == 1:
        [one] = wanted
        where = where_of(options) if one.where is EditLayer.AUTO else one.where
        return carry_out_at(options, workspace, one.intent, where)
    every = Batch(f"fix {len(wanted)} problems", tuple((one.intent, one.where) for one in wanted))
    return carry_out_at(options, workspace, every, where_of(options))


def _list(options: argparse.Namespace, found: list[tuple[str, str]]) -> int:
    output = TextOutput(sys.stdout)
    if options.json:
        output.json([{"code": code, "fix": sentence} for code, sentence in found])
        return DONE if found else NOTHING
    for code, sentence in found:
        output.wrapped((f"{code:22}  ", "accent"), sentence)
    if not found:
        output.wrapped("", "no problem has a fix that is safe to make", "dim")
    return DONE if found else NOTHING
