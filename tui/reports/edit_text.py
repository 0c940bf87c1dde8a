"""Lines of text for the effects of an edit: verdict, references, problems, replacements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from core.entities import GLOBAL
from core.impact import standing
from core.references import Kind, written

if TYPE_CHECKING:
    from core.impact import Impact, StatusChange
    from core.replacements import Replacement
    from core.resolution import Resolution

MarkedLine = tuple[str, str, str]
"""A mark, a text, and the tone of the mark."""
_MAX_LINES = 8


def change_lines(impact: Impact) -> Iterator[MarkedLine]:
    """The effects of an edit beside the changed files."""
    yield "  ", impact.summary(), "dim"
    if impact.cost_change is not None:
        yield "  ", impact.cost_change.text, ""
    before, after = impact.before.verdict, impact.after.verdict
    if before != after:
        yield "  was   ", before[1], "dim"
        yield "  is    ", after[1], "bold"
    told: set[int] = set()
    for mark, tone, changes in (
        ("  dies  ", "bad", impact.died),
        ("  refused ", "bad", impact.refused),
        ("  no longer callable ", "bad", impact.uncallable),
        ("  lives ", "good", impact.revived),
        ("  callable ", "good", impact.callable),
        ("  moves ", "", impact.moved),
    ):
        yield from _some([(mark, _change_line(change), tone) for change in changes if id(change) not in told])
        told |= {id(change) for change in changes}
    resolutions = [change.shown for change in (*impact.died, *impact.revived)]
    listed = {(shown.kind.value, shown.family, shown.name) for shown in resolutions}
    for word, tone, problems in (
        ("  adds  ", "bad", impact.errors_added),
        ("  fixes ", "good", [item for item in impact.problems_removed if item.severity.value == "error"]),
    ):
        # Those of references that die or revive are listed above.
        yield from _some([(word, problem.message, tone) for problem in problems if problem.reference not in listed])


def _some(lines: Sequence[MarkedLine]) -> Iterator[MarkedLine]:
    yield from lines[:_MAX_LINES]
    if len(lines) > _MAX_LINES:
        mark, _, tone = lines[0]
        yield " " * len(mark), f"and {len(lines) - _MAX_LINES} more", tone


def _change_line(change: StatusChange) -> str:
    before, after = _end(change.before), _end(change.after)
    end = f"{before} -> {after}" if before != after else f"{after}: {change.detail}"
    return f"{change.shown.reference}  {end}"


def _end(resolution: Resolution | None) -> str:
    if resolution is None:
        return "undefined"
    if resolution.spec is None:
        return "dead" if not resolution.alive else "unknown"
    return f"{resolution.spec.handle} at {resolution.spec.backend}{standing(resolution)}"


def replacement_lines(
    replacements: Iterable[Replacement], chosen: Iterable[tuple[object, str]]
) -> Iterator[MarkedLine]:
    """The new name of each entry that would be dead, and the entries that no served model can replace."""
    names = dict(chosen)
    without = []
    for item in replacements:
        text = names.get(item.node)
        if text is None:
            without.append(item)
            continue
        candidate = next((each for each in item.candidates if each.text == text), None)
        reasons = [*candidate.reasons, *(f"! {warning}" for warning in candidate.warnings)] if candidate else []
        yield (
            "  names ",
            f"{_label(item)}  {', '.join(item.cut.texts)} -> {text}  {'; '.join(reasons)}".rstrip(),
            "accent",
        )
    if without:
        labels = ", ".join(_label(item) for item in without)
        yield "  left  ", f"{labels}: left dead", "warn"


def _label(item: Replacement) -> str:
    node = item.node
    if node.kind == Kind.CHOICE.value:
        return f"{node.family}/{node.name}"
    name = written(Kind(node.kind), node.name, item.behaviours)
    return name if node.family in ("llm", GLOBAL) else f"{node.family} {name}"
