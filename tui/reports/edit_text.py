"""What an edit changes, in lines of text: what can run, which references turn, which models go elsewhere, problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from core.entities import GLOBAL
from core.references import Kind, written

if TYPE_CHECKING:
    from core.impact import Impact, Turned
    from core.replacements import Replacement
    from core.resolution import Resolution

Told = tuple[str, str, str]
"""A sign, a text, and the tone of the sign."""
_MOST = 8


def change_lines(impact: Impact) -> Iterator[Told]:
    """Everything that an edit changes beside the files."""
    yield "  ", impact.summary(), "dim"
    before, after = impact.before.verdict, impact.after.verdict
    if before != after:
        yield "  was   ", before[1], "dim"
        yield "  is    ", after[1], "bold"
    yield from _some([("  dies  ", _turned(turn), "bad") for turn in impact.died])
    yield from _some([("  lives ", _turned(turn), "good") for turn in impact.revived])
    yield from _some([("  turns ", _turned(turn), "") for turn in impact.moved])
    told = {(turn.shown.kind.value, turn.shown.family, turn.shown.name) for turn in (*impact.died, *impact.revived)}
    for word, tone, problems in (
        ("  adds  ", "bad", impact.errors_added),
        ("  mends ", "good", [item for item in impact.problems_removed if item.severity.value == "error"]),
    ):
        # Those of references that turn are told already.
        yield from _some([(word, problem.message, tone) for problem in problems if problem.reference not in told])


def _some(lines: Sequence[Told]) -> Iterator[Told]:
    yield from lines[:_MOST]
    if len(lines) > _MOST:
        sign, _, tone = lines[0]
        yield " " * len(sign), f"and {len(lines) - _MOST} more", tone


def _turned(turn: Turned) -> str:
    return f"{turn.shown.reference}  {_end(turn.before)} -> {_end(turn.after)}"


def _end(resolution: Resolution | None) -> str:
    if resolution is None:
        return "not there"
    return f"{resolution.spec.handle} at {resolution.spec.backend}" if resolution.spec is not None else "dead"


def replacement_lines(found: Iterable[Replacement], taken: Iterable[tuple[object, str]]) -> Iterator[Told]:
    """What entries that would be dead are made to name, and those that nothing served can replace."""
    chosen = dict(taken)
    without = []
    for one in found:
        text = chosen.get(one.node)
        if text is None:
            without.append(one)
            continue
        candidate = next((item for item in one.candidates if item.text == text), None)
        told = [*candidate.reasons, *(f"! {warning}" for warning in candidate.warnings)] if candidate else []
        yield "  names ", f"{_label(one)}  {', '.join(one.cut.texts)} -> {text}  {'; '.join(told)}".rstrip(), "accent"
    if without:
        names = ", ".join(_label(one) for one in without)
        yield "  left  ", f"{names}: left dead", "warn"


def _label(one: Replacement) -> str:
    node = one.node
    if node.kind == Kind.CHOICE.value:
        return f"{node.family}/{node.name}"
    name = written(Kind(node.kind), node.name, one.behaviours)
    return name if node.family in ("llm", GLOBAL) else f"{node.family} {name}"
