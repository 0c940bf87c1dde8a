"""`pipedeck undo`: take back the last change that was written to the tree, or list what was."""

from __future__ import annotations

import argparse
import sys
import time

from tui.cli.edit import DONE, NOT_WRITTEN, NOTHING, edit_parser, open_workspace
from tui.cli.options import Commands, add_tree_options
from tui.cli.output import Out, complain

_MOST = 20


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "undo",
        "take back the last change that was written",
        "Every file of that change gets back what it held before, to the byte, unless something else changed it since."
        " Each call takes back one more.",
        ("pipedeck undo", "take back the last change"),
        ("pipedeck undo --list", "what was written, the newest first"),
    )
    parser.add_argument("--list", action="store_true", help="list the changes of this user to this tree")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    add_tree_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from core.files.store import Committed, history, last, revert

    workspace = open_workspace(options)
    root, state = workspace.root, workspace.state
    out = Out(sys.stdout)
    if options.list:
        entries = list(history(root, state))[:_MOST]
        if options.json:
            out.json([{"label": one.label, "seconds": one.seconds, "files": len(one.files)} for one in entries])
        for one in () if options.json else entries:
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(one.seconds))
            out.line((when, "dim"), f"  {one.label}  ", (f"{len(one.files)} file(s)", "dim"))
        return DONE if entries else NOTHING
    entry = last(root, state)
    if entry is None:
        complain("there is nothing to undo: this user wrote no change to this tree, or all are undone")
        return NOTHING
    result = revert(entry, root=root, state=state)
    if not isinstance(result, Committed):
        complain(result.message)
        return NOT_WRITTEN
    if options.json:
        out.json({"undone": entry.label, "files": [file.path for file in result.files]})
    else:
        out.line((f"undone: {entry.label}", "bold"))
        for file in result.files:
            out.line(f"  {workspace.shown(file.path)}")
    return DONE
