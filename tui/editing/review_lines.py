"""The text of the review: each edit with its file, layer and notes, the impact, and the diff of each file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from core.edits.layered_files import is_managed
from core.formatting import usd_change
from core.impact import Rerouted, StatusChange, standing
from core.problems import Severity
from core.resolution import Resolution, Status
from core.safe_text import safe
from core.workspace import FileDiff, HistoryEntry, Workspace
from core.workspace.diffs import DiffLine
from tui.labels import STATUS_SYMBOLS, plain, problem_symbol
from tui.session import Session
from tui.widgets.lines import Line
from tui.widgets.runs import Run, Tone

EDIT = "edit:"
"""Prefix of the links of edits, before their number in the history."""
MAX_ROWS = 200
_DIFF_TONES: dict[str, Tone] = {"+": "good", "-": "bad", " ": "dim"}


def review_lines(session: Session) -> list[Line]:
    """The lines of the review."""
    workspace = session.workspace
    return [
        *_edits(session),
        Line(),
        *_changes(workspace),
        *(line for diff in workspace.diff() for line in _diff(diff)),
    ]


def _edits(session: Session) -> Iterator[Line]:
    workspace = session.workspace
    history = workspace.history
    yield Line((("edits", "heading"), ("  in the order they were made", "dim")))
    first = max(history.saved, 0)
    if history.at < first or history.saved < 0:
        undone = history.entries[history.at : history.saved] if history.saved >= 0 else ()
        for moment in undone[::-1]:
            yield Line((("undo of  ", "dim"), (plain(moment.label), "accent"), ("  written", "dim")), f"{EDIT}-1", 9)
        if not undone:
            yield Line((("undo of a written change", ""),), f"{EDIT}-1")
        first = 0 if history.saved < 0 else history.at
    for number in range(first, history.at):
        moment = history.entries[number]
        yield Line(((f"{number - first + 1}  ", "dim"), (plain(moment.label), "accent")), f"{EDIT}{number}", 5)
        for path in _paths(moment):
            yield Line((("     goes to ", "dim"), (f"{safe(workspace.shown(path))}", ""), (f"  {_layer(path)}", "dim")))
        for note in moment.notes:
            yield Line((("     ! ", "warn"), (plain(note), "")), "", 7)


def _paths(moment: HistoryEntry) -> tuple[str, ...]:
    return tuple(dict.fromkeys(applied_step.step.path for applied_step in moment.applied_steps))


def _layer(path: str) -> str:
    """The label of the layer of a file."""
    file = Path(path)
    if is_managed(path):
        return "Pipelex's own file"
    if file.name.endswith("_override.toml"):
        return "override, merged over the base"
    if file.parent.name == "deck":
        return "your own part of the deck"
    return "base"


def _changes(workspace: Workspace) -> Iterator[Line]:
    impact = workspace.impact
    before, after = impact.verdicts
    yield Line((("impact", "heading"), (f"  {impact.summary()}", "dim")))
    if impact.cost_change is not None:
        yield Line(((impact.cost_change.text, ""),))
    if before is not after:
        yield Line(((f"can it run: {before.value} -> {after.value}", ""),))
    # All of them are items of `impact.changed`; by identity, as the settings of an inline choice have no hash.
    ranked = (*impact.died, *impact.refused, *impact.uncallable, *impact.revived, *impact.moved)
    moved = {id(item): item for item in ranked}.values()
    replaced = [change for change in impact.changed if change.before is None or change.after is None]
    added = [problem for problem in impact.problems_added if problem.severity is not Severity.INFO]
    fixed = [problem for problem in impact.problems_removed if problem.severity is not Severity.INFO]
    rows = chain(
        map(_change_line, moved),
        map(_replaced_line, replaced),
        map(_rerouted_line, impact.rerouted),
        (Line((problem_symbol(problem), (f" {plain(problem.message)}", ""))) for problem in added),
        (Line((("fixed: ", "good"), (plain(problem.message), ""))) for problem in fixed),
    )
    yield from islice(rows, MAX_ROWS)
    more = sum(map(len, (moved, replaced, impact.rerouted, added, fixed))) - MAX_ROWS
    if more > 0:
        yield Line(((f"and {more} more", "dim"),))


def _replaced_line(change: StatusChange) -> Line:
    """A reference that was added or removed."""
    sign = "+ " if change.before is None else "- "
    return Line(((sign, "dim"), (change.shown.reference, "accent"), (_target(change), "dim")))


def _rerouted_line(item: Rerouted) -> Line:
    """A model with its backend before and after."""
    backends = f"  {item.before or 'no backend'} -> {item.after or 'no backend'}"
    return Line((("  ", ""), (item.handle, "accent"), (backends, "")))


def _change_line(change: StatusChange) -> Line:
    """A reference: its model before and after, and the change of its price."""
    shown = change.shown
    symbol = STATUS_SYMBOLS[shown.status]
    better = shown.status is Status.CALLABLE and change.before is not None and change.before.status is not shown.status
    tone: Tone = "bad" if shown.fails else "good" if better else ""
    before, after = _model(change.before), _model(change.after)
    price = change.price_change("output")
    runs: list[Run] = [(f"{symbol} ", tone), (shown.reference, "accent")]
    if before == after:
        runs += [(f"  {after}: ", "dim"), (change.detail, tone)]
        return Line(tuple(runs))
    runs += [(f"  {before} -> ", "dim"), (after, tone)]
    if price:
        runs.append((f"  {usd_change(price)}/M out", "warn" if price > 0 else "good"))
    return Line(tuple(runs))


def _target(change: StatusChange) -> str:
    return f"  new: {_model(change.after)}" if change.before is None else "  no longer there"


def _model(resolution: Resolution | None) -> str:
    if resolution is None or resolution.spec is None:
        if resolution is not None and resolution.status is Status.UNKNOWN:
            return "unknown"
        return "dead" if resolution is not None and not resolution.alive else "nothing"
    return f"{resolution.spec.handle} at {resolution.spec.backend}{standing(resolution)}"


def _diff(diff: FileDiff) -> Iterator[Line]:
    yield Line()
    counts = f"  {diff.state}  +{diff.added} -{diff.removed}"
    yield Line(((safe(diff.shown), "heading"), (counts, "dim")))
    for hunk in diff.hunks:
        start = next((line.new or line.old or 1 for line in hunk), 1)
        yield Line(((f"line {start}", "header"),))
        for line in hunk:
            yield diff_line(line)


def diff_line(line: DiffLine) -> Line:
    """A line of a diff."""
    return Line(((f"{line.sign} {line.text}", _DIFF_TONES[line.sign]),), "", 4)
