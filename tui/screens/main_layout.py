"""The layout of the main screen: its sizes, and the contents of its header, status line and first footer."""

from __future__ import annotations

from typing import NamedTuple

from core.formatting import counted
from core.releases import NEWEST_RELEASE, is_beyond
from core.safe_text import safe
from core.verdict import count_keys
from tui.command import CommandTable
from tui.labels import VERDICT_SYMBOLS, causes_label
from tui.session import Session
from tui.view_model import ViewModel
from tui.widgets.runs import Run, Runs, Tone, width_of

MIN_COLUMNS, MIN_ROWS = 60, 16


class Sizes(NamedTuple):
    """The widths of the panes and of the inspector, and the rows of a pane that is not current, in cells."""

    left: int
    inspector: int
    others: int

    @classmethod
    def of(cls, columns: int, rows: int) -> Sizes:
        """The sizes for a terminal of so many columns and rows. Extra columns go to both sides."""
        left = min(max(34 + (columns - 80) * 55 // 100, 27), 130)
        # The inspector has a rule at its left, and a blank on both sides.
        others = 0 if rows < 20 else 1 if rows < 28 else 2 if rows < 36 else 3
        return cls(left, columns - left - 3, others)


def too_small(columns: int, rows: int) -> bool:
    """Whether a terminal is too small for the panes."""
    return columns < MIN_COLUMNS or rows < MIN_ROWS


def header_runs(session: Session, view: ViewModel, width: int) -> tuple[Runs, Runs]:
    """Left: the program and the tree, cut at its start. Right: the release and the profile."""
    active = view.catalog.active or "none"
    right: list[Run] = [("release ", "dim"), (str(view.report.release), "")]
    if is_beyond(view.report.release):
        right.append((f" as {NEWEST_RELEASE}", "warn"))
    right += [("   profile ", "dim"), (active, "")]
    if session.looking:
        right.append((" (viewed, not active)", "warn"))
    if session.locked:
        right.append(("  read only", "warn"))
    right.append((" ", ""))
    name: Run = (" pipedeck", "accent")
    room = width - width_of((name, *right)) - 3
    tree = safe(session.tree_label)
    if len(tree) > room:
        tree = "…" + tree[len(tree) - max(room - 1, 0) :]
    return (name, (f"  {tree}", "")), tuple(right)


def verdict_runs(view: ViewModel) -> tuple[Runs, Runs]:
    """Left: the verdict. Right: the number of causes and warnings, and of set and required variables."""
    verdict, sentence = view.live_results.report.verdict
    symbol, tone = VERDICT_SYMBOLS[verdict]
    good, required = count_keys(view.catalog)
    right: list[Run] = [
        (causes_label(*view.severities), ""),
        ("   keys ", "dim"),
        (f"{good}/{required}", "" if good == required else "bad"),
        (" ", ""),
    ]
    return ((f" {symbol} ", tone), (view.sentence(sentence), tone)), tuple(right)


def status_runs(session: Session, table: CommandTable) -> tuple[Runs, Runs]:
    """Left: how many edits are not written and their impact. Right: the keys that write and undo."""
    workspace = session.workspace
    history = workspace.history
    count = history.at - history.saved
    label = counted(count, "edit") + " not written" if count > 0 and history.saved >= 0 else "not written"
    impact = workspace.impact
    tone: Tone = "bad" if impact.died or impact.errors_added else "warn"
    left: Runs = ((f" * {label}: ", "warn"), (impact.summary(), tone))
    keys: list[Run] = []
    for name in ("review", "undo"):
        command = table.by_id[name]
        if command.keys:
            keys += [(table.grouped_key_labels(command), "accent"), (f" {command.label} ", "")]
    return left, tuple(keys)


def welcome_text(table: CommandTable, problems: int) -> str:
    """The footer until the first key: the number of invalid settings, or the first keys to learn."""
    if problems:
        count = counted(problems, "setting is", "settings are")
        return f"{count} not valid: see {table.key_labels('log')}"
    down, up, follow = (table.key_labels(id_).rpartition(" ")[2] for id_ in ("down", "up", "open"))
    go_to, help_ = (table.key_labels(id_).partition(" ")[0] for id_ in ("goto", "help"))
    return f"first start? {down} {up} move, {follow} open, {go_to} go to, {help_} all keys"
