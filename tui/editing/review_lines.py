"""The text of the review: the effects, each edit with its layer and notes, and the files, whose diffs fold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from core.edits.layered_files import is_managed
from core.formatting import usd_change
from core.impact import Rerouted, StatusChange, standing
from core.problems import Problem, Severity
from core.resolution import Resolution, Status
from core.safe_text import safe
from core.workspace import FileDiff, HistoryEntry, Workspace
from core.workspace.diffs import DiffLine
from tui.labels import STATUS_SYMBOLS, plain, problem_symbol
from tui.session import Session
from tui.widgets.lines import Line
from tui.widgets.runs import Run, Tone

EDIT, FILE, HUNK, EFFECTS = "edit:", "file:", "hunk:", "effects"
"""Prefixes of links: of edits, before their number in the history; of files, before their path; of hunks, before the
path and their number; and the link of the effects that are folded."""
MAX_ROWS = 200
_SHOWN_EFFECTS = 8
_SHOWN_PATHS = 2
_SMALL = 30
"""Lines of all diffs up to which the files are not folded at first."""
_DIFF_TONES: dict[str, Tone] = {"+": "good", "-": "bad", " ": "dim"}


def review_lines(session: Session, toggled: Collection[str]) -> list[Line]:
    """The lines of the review. `toggled`: the links of files that are not as at first, and of unfolded effects."""
    workspace = session.workspace
    diffs = workspace.diff()
    lines = [*_effects(workspace, EFFECTS in toggled), Line(), *_edits(session), Line()]
    counts = f"  {sum(diff.added for diff in diffs):+,} {-sum(diff.removed for diff in diffs):,}"
    lines.append(Line((("files", "heading"), (f"  {len(diffs)}, lines{counts}", "dim"))))
    folder = session.view.folder if session.view is not None else ""
    names = [safe(diff.shown.removeprefix(f"{folder}/")) for diff in diffs]
    width = max(map(len, names), default=0)
    for diff, name in zip(diffs, names, strict=True):
        lines += _file(diff, f"{name:<{width}}", is_open=shows_diff(diff, diffs, toggled))
    return lines


def shows_diff(diff: FileDiff, diffs: Sequence[FileDiff], toggled: Collection[str]) -> bool:
    """Whether the diff of a file is unfolded."""
    small = sum(len(hunk) for one in diffs for hunk in one.hunks) <= _SMALL
    return small != (FILE + diff.path in toggled)


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
        paths = _paths(moment)
        for path in paths if len(paths) <= _SHOWN_PATHS else ():
            yield Line((("     goes to ", "dim"), (f"{safe(workspace.shown(path))}", ""), (f"  {_layer(path)}", "dim")))
        if len(paths) > _SHOWN_PATHS:
            yield Line(((f"     goes to {len(paths)} files", "dim"),))
        for note in moment.notes:
            yield Line((("     ! ", "warn"), (plain(note), "")), "", 7)


def _paths(moment: HistoryEntry) -> tuple[str, ...]:
    return tuple(dict.fromkeys(applied_step.step.path for applied_step in moment.applied_steps))


_SHORT_LAYERS = {
    "Pipelex's own file": "Pipelex's",
    "override, merged over the base": "override",
    "your own part of the deck": "yours",
    "base": "base",
}


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


def _effects(workspace: Workspace, unfolded: bool) -> Iterator[Line]:
    impact = workspace.impact
    before, after = impact.verdicts
    yield Line((("effects", "heading"), (f"  {impact.summary()}", "")))
    if impact.cost_change is not None:
        yield Line(((impact.cost_change.text, ""),))
    if before is not after:
        yield Line(((f"can it run: {before.words} -> {after.words}", ""),))
    # All of them are items of `impact.changed`; by identity, as the settings of an inline choice have no hash.
    lost = {id(item): item for item in (*impact.died, *impact.refused, *impact.uncallable)}
    moved = {id(item): item for item in (*impact.revived, *impact.moved) if id(item) not in lost}
    told = {_reference(item) for item in (*lost.values(), *moved.values())}
    replaced = [change for change in impact.changed if change.before is None or change.after is None]
    added = [problem for problem in impact.problems_added if _has_line(problem, told)]
    fixed = [problem for problem in impact.problems_removed if _has_line(problem, told)]
    rows = chain(
        map(_change_line, lost.values()),
        (Line((problem_symbol(problem), (f" new: {plain(problem.message)}", "bad")), "", 2) for problem in added),
        map(_change_line, moved.values()),
        map(_replaced_line, replaced),
        map(_rerouted_line, impact.rerouted),
        (Line((("fixed: ", "good"), (plain(problem.message), ""))) for problem in fixed),
    )
    total = sum(map(len, (lost, moved, replaced, impact.rerouted, added, fixed)))
    foldable = total > _SHOWN_EFFECTS + 1
    yield from islice(rows, MAX_ROWS if unfolded or not foldable else _SHOWN_EFFECTS)
    if foldable:
        rest = f"{total - _SHOWN_EFFECTS} more effects"
        yield Line(((f"{_arrow(unfolded)} ", "dim"), (f"fold {rest}" if unfolded else rest, "accent")), EFFECTS)
    if unfolded and total > MAX_ROWS:
        yield Line(((f"and {total - MAX_ROWS:,} not shown", "dim"),))


def _reference(change: StatusChange) -> tuple[str, str, str]:
    shown = change.shown
    return shown.kind.value, shown.family, shown.name


def _has_line(problem: Problem, told: Collection[tuple[str, str, str]]) -> bool:
    """Whether a problem has a line of its own: no information, and not about a reference that has a line."""
    return problem.severity is not Severity.INFO and problem.reference not in told


def _arrow(unfolded: bool) -> str:
    return "▾" if unfolded else "▸"


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


def _file(diff: FileDiff, name: str, *, is_open: bool) -> Iterator[Line]:
    """The row of a file; below it, when it is unfolded, its hunks."""
    counts = f"  {diff.state:<7}  {f'+{diff.added}':>5} {f'-{diff.removed}':>5}"
    layer: Run = (f"  {_SHORT_LAYERS[_layer(diff.path)]}", "dim")
    yield Line(((f"{_arrow(is_open)} ", "dim"), (name, "accent"), (counts, ""), layer), FILE + diff.path, -1)
    for number, hunk in enumerate(diff.hunks if is_open else ()):
        start = next((line.new or line.old or 1 for line in hunk), 1)
        yield Line(((f"  line {start}", "header"),), f"{HUNK}{number}:{diff.path}")
        for line in hunk:
            yield diff_line(line)


def diff_line(line: DiffLine) -> Line:
    """A line of a diff."""
    return Line(((f"{line.sign} {line.text}", _DIFF_TONES[line.sign]),), "", 4)
