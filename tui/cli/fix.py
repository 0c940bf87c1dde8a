"""`pipedeck fix`: mend what has a safe fix: all problems, or those of some codes."""

from __future__ import annotations

import argparse
import sys

from tui.cli.edit import DONE, NOTHING, REFUSED, add_edit_options, carry_out, edit_parser, open_workspace
from tui.cli.options import Commands
from tui.cli.output import Out


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "fix",
        "mend what has a safe fix",
        "Without CODE the fixes there are are listed and nothing is done. A code is that of `validate --json`; `all`"
        " means every problem that has a fix.",
        ("pipedeck fix", "what could be mended, and how"),
        ("pipedeck fix literal-secret --dry-run", "what would change"),
        ("pipedeck fix all", "mend everything that has a safe fix"),
    )
    parser.add_argument("codes", metavar="CODE", nargs="*")
    add_edit_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from core.edits.repairs import fix_for, fixes

    workspace = open_workspace(options)
    out = Out(sys.stdout)
    found = fixes(workspace.report)
    if not options.codes:
        if options.json:
            out.json([{"code": one.code, "fix": one.sentence} for one in found])
        for one in () if options.json else found:
            out.told((f"{one.code}  ", "accent"), one.sentence)
        return DONE if found else NOTHING
    done, seen = NOTHING, set()
    # One after the other, each judged on the tree as mended so far.
    while True:
        problems = workspace.report.problems
        wanted = [problem for problem in problems if "all" in options.codes or problem.code in options.codes]
        todo = [
            (problem, fix)
            for problem in wanted
            if (problem.code, problem.message) not in seen and (fix := fix_for(workspace.report, problem)) is not None
        ]
        if not todo:
            return done
        problem, chosen = todo[0]
        seen.add((problem.code, problem.message))
        status = carry_out(options, workspace, [chosen.intent])
        if status not in (DONE, NOTHING, REFUSED) or options.dry_run:
            return status
        done = DONE if status == DONE else done
