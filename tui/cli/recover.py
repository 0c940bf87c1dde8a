"""`pipedeck recover`: finish or undo changes whose writing was interrupted."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from core.errors import NoTreeYetError
from tui.cli.edit import UNWRITTEN, open_workspace
from tui.cli.parsers import Commands, add_tree_options, epilog
from tui.cli.start_options import start_folder, tree_path
from tui.reports.text_output import TextOutput

if TYPE_CHECKING:
    from core.files.store import Decision, Recovery

DONE, UNDECIDED, NOTHING, BUSY = 0, 1, 3, 4


def add_recover(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "recover",
        help="finish or undo a change whose writing was interrupted",
        description="Every editing command and the app do this by themselves. A decision is needed where that could"
        " overwrite something: a file was changed by another program, the change was recorded by another user or"
        " machine, or its record is damaged. Without one the files are listed, each with the content it has now.",
        epilog=epilog(
            ("pipedeck recover", "settle what is certain, and list what is not"),
            ("pipedeck recover --finish", "write the new contents of every file"),
            ("pipedeck recover --undo", "restore the old contents of every file"),
            ("pipedeck recover --leave", "keep the present files, and discard the record"),
            status="0 settled; 1 a decision is needed; 2 wrong usage or no tree; 3 no change was interrupted;"
            " 4 another session is writing",
        ),
    )
    choice = parser.add_mutually_exclusive_group()
    for name, help_ in (
        ("finish", "write the new contents; a content of another program is kept elsewhere, and named"),
        ("undo", "restore the old contents; likewise"),
        ("leave", "keep the present contents"),
    ):
        choice.add_argument(f"--{name}", dest="decision", action="store_const", const=name, help=help_)
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    add_tree_options(parser)
    parser.set_defaults(run=run_recover, outcome=UNWRITTEN)


def run_recover(options: argparse.Namespace) -> int:
    """Settle what was interrupted in the tree, and print one line for each change."""
    from core.files.store import Busy, Decision, InterruptedCommit, Recovered

    outcomes = _settle(options, Decision(options.decision) if options.decision else None)
    if any(isinstance(outcome, Recovered) for outcome in outcomes):
        options.outcome = "what was interrupted was settled"
    output = TextOutput(sys.stdout)
    if options.json:
        from core.json.recover_document import RecoveryDocument

        output.json([RecoveryDocument(outcome) for outcome in outcomes])
    else:
        _print(outcomes, output)
    if any(isinstance(outcome, InterruptedCommit) for outcome in outcomes):
        return UNDECIDED
    if any(isinstance(outcome, Busy) for outcome in outcomes):
        return BUSY
    return DONE if outcomes else NOTHING


def _settle(options: argparse.Namespace, decision: Decision | None) -> tuple[Recovery, ...]:
    from core.api import current_directory
    from core.files.state_folder import commit_folders
    from core.files.store import settle, state_folder
    from core.scaffold import new_location

    try:
        return open_workspace(options).settle(decision=decision, tidy=True)
    except NoTreeYetError:  # the first change of a new tree may be the one that was interrupted
        cwd = start_folder(options) or current_directory()
        location = new_location(tree_path(options), cwd=cwd, environ=os.environ)
        folders = commit_folders([location.inference])
        if not folders:
            raise
        return settle(folders, state_folder(os.environ), decision=decision, tidy=True)


def _print(outcomes: tuple[Recovery, ...], output: TextOutput) -> None:
    from core.files.store import InterruptedCommit

    for outcome in outcomes:
        undecided = isinstance(outcome, InterruptedCommit)
        output.wrapped("", outcome.message, "warn" if undecided else "good")
        for file in outcome.files if isinstance(outcome, InterruptedCommit) else ():
            output.line("  ", file.path, ("  " + file.holds.value, "dim"))
        if undecided:
            output.wrapped("", "decide with --finish, --undo or --leave", "dim")
    if not outcomes:
        output.line(("no change was interrupted here", "dim"))
