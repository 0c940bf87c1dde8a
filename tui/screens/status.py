"""The line above the keys as long as anything is edited and not written: how many edits, and what they change."""

from __future__ import annotations

from core.formatting import counted
from tui.command import CommandTable
from tui.session import Session
from tui.widgets.runs import Run, Runs, Tone


def status_runs(session: Session, table: CommandTable) -> tuple[Runs, Runs]:
    """Left: how many edits are not written and their impact. Right: the keys that write and undo."""
    workspace = session.workspace
    history = workspace.history
    count = history.at - history.saved
    words = counted(count, "edit") + " not written" if count > 0 and history.saved >= 0 else "not written"
    impact = workspace.impact
    tone: Tone = "bad" if impact.died or impact.errors_added else "warn"
    left: Runs = ((f" * {words}: ", "warn"), (impact.summary(), tone))
    keys: list[Run] = []
    for name in ("review", "undo"):
        command = table.by_id[name]
        if command.keys:
            keys += [(table.grouped_key_labels(command), "accent"), (f" {command.label} ", "")]
    return left, tuple(keys)
