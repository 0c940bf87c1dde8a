"""`pipedeck fix`: apply the automatic fixes of all problems, or of some codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.formatting import counted
from tui.cli.edit import EditCommand, apply_intent, layer_of
from tui.cli.edit_output import DONE, NOTHING, EditPrinter
from tui.cli.knowledge import know
from tui.reports.text_output import TextOutput

if TYPE_CHECKING:
    from core.edits.fixes import Fix
    from core.workspace import Workspace

_ALL = "all"


def _fix(options: argparse.Namespace, workspace: Workspace) -> int:
    from core.edits.batch import Batch
    from core.edits.fixes import fixes
    from core.edits.intent import EditLayer, EditRefused

    know(workspace, options)
    available = fixes(workspace.report, workspace.view)
    if not options.codes:
        return _list(available, as_json=options.json)
    selected = [fix for fix in available if _ALL in options.codes or fix.code in options.codes]
    if not selected:
        printer = EditPrinter(options, workspace, "fix")
        if _ALL in options.codes:
            return printer.nothing()
        codes = " or ".join(f"`{code}`" for code in options.codes)
        return printer.refused(EditRefused(f"No problem {codes} has an automatic fix.", "`pipedeck fix` lists those."))
    layer = layer_of(options)
    if len(selected) == 1:
        [fix] = selected
        return apply_intent(options, workspace, fix.intent, layer if fix.layer is EditLayer.AUTO else fix.layer)
    batch = Batch(f"fix {counted(len(selected), 'problem')}", tuple((fix.intent, fix.layer) for fix in selected))
    return apply_intent(options, workspace, batch, layer)


def _list(fixes: Sequence[Fix], *, as_json: bool) -> int:
    output = TextOutput(sys.stdout)
    rows = [(fix.code, f"{fix.sentence} ({fix.note})" if fix.note else fix.sentence) for fix in fixes]
    if as_json:
        from core.json.edit_document import fixes_document

        output.json(fixes_document(rows))
        return DONE if rows else NOTHING
    for code, sentence in rows:
        output.wrapped((f"{code:22}  ", "accent"), sentence)
    if not rows:
        output.wrapped("", "no problem has an automatic fix", "dim")
    return DONE if rows else NOTHING


COMMANDS = (
    EditCommand(
        "fix",
        "apply automatic fixes",
        "Without CODE the available fixes are listed and nothing is written. A code is one of `validate --json`; `all`"
        " selects every problem that has a fix. They are written as one change.",
        (
            ("pipedeck fix", "list the available fixes"),
            ("pipedeck fix secret-literal --dry-run", "see the changes"),
            ("pipedeck fix all", "apply every automatic fix"),
        ),
        lambda parser: parser.add_argument("codes", metavar="CODE", nargs="*", help="codes to fix, or all"),
        _fix,
    ),
)
