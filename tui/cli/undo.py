"""`pipedeck undo`: revert changes that pipedeck wrote to a tree, from the log of changes."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from tui.cli.edit import EditCommand
from tui.cli.edit_output import DONE, NOTHING, EditPrinter
from tui.cli.parsers import Parser
from tui.reports.text_output import TextOutput

if TYPE_CHECKING:
    from core.files.store import LoggedCommit
    from core.workspace import Workspace


def _add(parser: Parser) -> None:
    parser.add_argument("id", nargs="?", metavar="ID", help="a change of --list (default: the last)")
    parser.add_argument("--list", action="store_true", help="list the changes of this user to this tree")


def _run(options: argparse.Namespace, workspace: Workspace) -> int:
    return _list(options, workspace) if options.list else _undo(options, workspace)


def _list(options: argparse.Namespace, workspace: Workspace) -> int:
    from core.files.store import history, undone_ids
    from core.json.edit_document import changes_document

    entries = list(history(workspace.root, workspace.state))
    files = [[workspace.shown(written.path) for written in entry.files] for entry in entries]
    output = TextOutput(sys.stdout)
    if options.json:
        output.json(changes_document(entries, files))
        return DONE if entries else NOTHING
    folder = workspace.disk_report.catalog.tree.routing.sources[0].shown.removesuffix("routing_profiles.toml")
    undone = undone_ids(entries)
    rows = []
    for entry, paths in zip(entries, files, strict=True):
        time = datetime.fromtimestamp(entry.seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        state = "undone" if entry.id in undone else "undo" if entry.reverts else "in force"
        rows.append((entry.shown_id, time, state, entry.label, ", ".join(path.removeprefix(folder) for path in paths)))
    if rows:
        output.table(("ID", "WRITTEN", "STATE", "CHANGE", "FILES"), rows, flexible=(3, 4))
    else:
        output.wrapped("", "nothing was written here", "dim")
    return DONE if rows else NOTHING


def _undo(options: argparse.Namespace, workspace: Workspace) -> int:
    from core.api import update_report
    from core.files.store import Committed, Conflict, is_undoable, revert
    from core.files.view import DISK, Overlay
    from core.impact import compare
    from core.workspace.diffs import file_diff

    entry = _entry(options, workspace)
    printer = EditPrinter(options, workspace, f"undo {entry.label}" if entry is not None else "undo")
    if entry is None:
        return printer.nothing()
    if not is_undoable(entry, workspace.root, workspace.state):
        return printer.failed(revert(entry, root=workspace.root, state=workspace.state).message)
    olds = _olds(entry, workspace)
    before = workspace.report
    after = update_report(before, Overlay(DISK, olds), profile=before.catalog.assumed_profile)
    diffs = []
    for path, old in olds.items():
        now = DISK.content(path)
        diff = file_diff(path, workspace.shown(path, after), now if isinstance(now, bytes) else None, old)
        diffs += [diff] if diff is not None else []
    printer.diffs, printer.impact = diffs, compare(before, after)
    if options.dry_run:
        return printer.dry_run(0)
    result = revert(entry, root=workspace.root, state=workspace.state)
    if isinstance(result, Committed):
        printer.notes = result.notes
        return printer.written()
    hint = "; it was changed since, so undo it by hand" if isinstance(result, Conflict) else ""
    return printer.failed(f"{result.message}{hint}")


def _entry(options: argparse.Namespace, workspace: Workspace) -> LoggedCommit | None:
    from core.files.store import history, last

    if options.id is None:
        try:
            return last(workspace.root, workspace.state, strict=True)
        except OSError as error:  # an older change than the last one must not be taken for it
            raise PipedeckError(
                f"the log of changes cannot be read: {(error.strerror or 'the disk refused').lower()}"
            ) from None
    for entry in history(workspace.root, workspace.state):
        if options.id in (entry.id, entry.shown_id):
            return entry
    raise PipedeckError(f"no change of id {options.id!r} was written here; `pipedeck undo --list` lists the changes")


def _olds(entry: LoggedCommit, workspace: Workspace) -> dict[str, bytes | None]:
    """The content of each file of a change before it."""
    from core.files.store import ABSENT, old_content

    return {
        written.path: None if written.old == ABSENT else old_content(entry, index, workspace.root, workspace.state)
        for index, written in enumerate(entry.files)
    }


COMMANDS = (
    EditCommand(
        "undo",
        "revert the last change that was written",
        "Restore every file of a change byte for byte; refused if one of them has changed since. Each call reverts one"
        " more change; an undo is reverted by its ID.",
        (
            ("pipedeck undo", "revert the last change"),
            ("pipedeck undo --dry-run", "see the files that would be restored"),
            ("pipedeck undo --list", "list the written changes, newest first"),
        ),
        _add,
        _run,
        {"": ("ID",), "--list": ()},
        bare=True,
        layers=False,
    ),
)
