"""The JSON document of every command that edits: what it would do or did, the difference, and what that changes."""

from __future__ import annotations

from collections.abc import Iterable

from core.edits.refused import EditRefused
from core.impact import Impact, Turned
from core.problems import Severity
from core.replacements import Replacement
from core.resolution import Resolution
from core.views.checking import problem_document
from core.views.parts import Json


def impact_document(impact: Impact) -> Json:
    """What an edit changes: handles that go elsewhere, references, prices (USD per million tokens), problems."""
    before, after = impact.verdicts
    change = impact.price_change
    return {
        "summary": impact.summary(),
        "verdict_before": before.value,
        "verdict_after": after.value,
        "rerouted": [
            {"model_type": item.model_type or None, "handle": item.handle, "before": item.before, "after": item.after}
            for item in impact.rerouted
        ],
        "references": [_turned(turn) for turn in impact.turned],
        "died": [turn.shown.reference for turn in impact.died],
        "revived": [turn.shown.reference for turn in impact.revived],
        "price_change": {"input": change[0], "output": change[1]} if change is not None else None,
        "problems_added": [problem_document(problem) for problem in impact.problems_added],
        "problems_removed": [problem_document(problem) for problem in impact.problems_removed],
        "errors_added": [problem_document(problem) for problem in impact.errors_added],
        "errors_removed": [
            problem_document(problem) for problem in impact.problems_removed if problem.severity is Severity.ERROR
        ],
    }


def _turned(turn: Turned) -> Json:
    shown = turn.shown
    return {
        "reference": shown.reference,
        "kind": shown.kind.value,
        "family": shown.family,
        "before": _end(turn.before),
        "after": _end(turn.after),
    }


def _end(resolution: Resolution | None) -> Json | None:
    if resolution is None:
        return None
    spec = resolution.spec
    return {
        "status": resolution.status.value,
        "backend": spec.backend if spec is not None else None,
        "handle": spec.handle if spec is not None else None,
    }


def refusal_document(refused: EditRefused) -> Json:
    """Why an edit is not made, and what works instead."""
    return {
        "reason": refused.reason,
        "instead": refused.instead,
        "file": refused.file,
        "layers": [where.value for where in refused.offers],
        "others": [intent.label for intent in refused.others],
    }


def replacements_document(found: Iterable[Replacement], taken: Iterable[tuple[object, str]]) -> list[Json]:
    """Entries that would be dead, what each is to name instead, and what could be taken in its place."""
    chosen = dict(taken)
    return [
        {
            "kind": one.node.kind,
            "family": one.node.family,
            "name": one.node.name,
            "names": list(one.cut.texts),
            "revives": len(one.revives),
            "taken": chosen.get(one.node),
            "candidates": [
                {
                    "name": candidate.text,
                    "backend": candidate.spec.backend,
                    "reasons": list(candidate.reasons),
                    "warnings": list(candidate.warnings),
                }
                for candidate in one.candidates[:_MOST]
            ],
        }
        for one in found
    ]


_MOST = 5
"""So many candidates are told of each entry."""
