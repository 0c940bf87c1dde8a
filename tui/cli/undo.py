"""`pipedeck undo`: take back what pipedeck wrote to a tree, from the log of changes."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from tui.cli.edit import DONE, NOTHING, Telling, edit_parser, open_workspace
from tui.cli.options import Commands, add_tree_options
from tui.reports.text_output import TextOutput

if TYPE_CHECKING:
    from core.files.store import LoggedCommit
    from core.workspace import Workspace


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = edit_parser(
        commands,
        "undo",
        "take back the last change that was written",
        "Every file of that change gets back what it held before, to the byte, unless somebody changed it since: then"
        " nothing is written. Each call takes back one more; an undo is undone by its ID.",
        ("pipedeck undo", "take back the last change"),
        ("pipedeck undo --dry-run", "what would come back"),
        ("pipedeck undo --list", "what was written, the newest first"),
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="a change of --list (default: the last)")
    parser.add_argument("--list", action="store_true", help="list the changes of this user to this tree")
    parser.add_argument("--dry-run", action="store_true", help="only show what would change; write nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    add_tree_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List the changes, or take one back."""
    workspace = open_workspace(options)
    if options.list:
        return _list(options, workspace)
    return _undo(options, workspace)


def _list(options: argparse.Namespace, workspace: Workspace) -> int:
    from datetime import UTC, datetime

    from core.files.store import history

    found = list(history(workspace.root, workspace.state))
    undone = {entry.reverts for entry in found if entry.reverts}
    output = TextOutput(sys.stdout)
    if options.json:
        from core.json.edit_document import changes_document

        shown = ([workspace.shown(written.path) for written in entry.files] for entry in found)
        output.json(changes_document(found, shown))
        return DONE if found else NOTHING
    folder = workspace.disk_report.catalog.tree.routing.sources[0].shown.removesuffix("routing_profiles.toml")
    rows = []
    for entry in found:
        time = datetime.fromtimestamp(entry.seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        state = "undone" if entry.id in undone else ""
        files = ", ".join(workspace.shown(written.path).removeprefix(folder) for written in entry.files)
        rows.append((entry.id, time, state, entry.label, files))
    if rows:
        output.table(("ID", "WRITTEN", "", "CHANGE", "FILES"), rows, flexible=(3, 4))
    else:
        output.wrapped("", "nothing was written here", "dim")
    return DONE if found else NOTHING


def _undo(options: argparse.Namespace, workspace: Workspace) -> int:
    from core.api import inspect_again
    from core.files.store import Committed, Conflict, is_undoable, revert
    from core.files.view import DISK, Overlay
    from core.impact import compare
    from core.workspace.diffs import file_diff

    entry = _entry(options, workspace)
    telling = Telling(options, workspace, f"undo {entry.label}" if entry is not None else "undo")
    if entry is None:
        return telling.nothing()
    if not is_undoable(entry, workspace.root, workspace.state):
        return telling.failed("nothing was written: what the files held before is no longer kept")
    olds = _olds(entry, workspace)
    before = workspace.report
    after = inspect_again(before, Overlay(DISK, olds))
    diffs = []
    for path, old in olds.items():
        now = DISK.content(path)
        diff = file_diff(path, workspace.shown(path, after), now if isinstance(now, bytes) else None, old)
        diffs += [diff] if diff is not None else []
    telling.diffs, telling.impact = diffs, compare(before, after)
    if options.dry_run:
        return telling.would(refused=False)
    result = revert(entry, root=workspace.root, state=workspace.state)
    if isinstance(result, Committed):
        telling.notes = result.notes
        return telling.written()
    hint = "; it was changed since, so undo it by hand" if isinstance(result, Conflict) else ""
    return telling.failed(f"{result.message}{hint}")


def _entry(options: argparse.Namespace, workspace: Workspace) -> LoggedCommit | None:
    from core.files.store import history, last

    if options.id is None:
        return last(workspace.root, workspace.state)
    for entry in history(workspace.root, workspace.state):
        if entry.id == options.id:
            return entry
    raise PipedeckError(f"no change of id {options.id!r} was written here; `pipedeck undo --list` tells which were")


def _olds(entry: LoggedCommit, workspace: Workspace) -> dict[str, bytes | None]:
    """What each file of a change held before it."""
    from core.files.store import ABSENT, old_content

    return {
        written.path: None if written.old == ABSENT else old_content(entry, index, workspace.root, workspace.state)
        for index, written in enumerate(entry.files)
    }
