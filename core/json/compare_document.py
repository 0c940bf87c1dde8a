"""The documents of `compare`: two states, and every profile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from core.api import Report
from core.compare import Changed, Comparison, ComparisonKind, Outcome
from core.json.shared import (
    EndDocument,
    LocationDocument,
    PriceDocument,
    ProblemDocument,
    TreeDocument,
    end_document,
    fields_document,
    location_document,
    price_document,
    problem_document,
    tree_document,
)
from core.prices import price_of
from core.references import Kind
from core.release_diff import Difference
from core.resolution import Resolution
from core.verdict import Verdict
from core.what_if import ProfileSummary


class StateDocument(TypedDict):
    """One of the two states."""

    release: str
    profile: str | None
    verdict: Verdict
    summary: str
    boots: bool
    stops_at: str | None


class PricedEndDocument(EndDocument):
    """The end of a reference in one of the states; `why` it is dead."""

    price: PriceDocument | None
    why: str | None


class ChangedDocument(LocationDocument):
    """A reference that ends elsewhere. `saved_by`: the waterfall or route that keeps it alive."""

    reference: str
    kind: Kind
    family: str
    name: str
    outcome: Outcome
    before: PricedEndDocument | None
    after: PricedEndDocument | None
    saved_by: str | None


class MeanChangeDocument(TypedDict):
    """The mean change over presets and choices priced on both sides, USD per million tokens; null without any."""

    input: float | None
    output: float | None


class DifferenceDocument(TypedDict):
    """A behaviour that differs between two releases; `effect`: its effect alone on this tree."""

    behaviour: str
    title: str
    first: str
    second: str
    effect: str | None


class CompareDocument(TypedDict):
    """Printed by `pipedeck compare --json`.

    `removed`: the removed backends. `affected`: the references that end there now. `refuses`: the problem over which
    the release would not start. `used` counts the changes of presets and choices, `counts` those of all references.
    """

    tree: str
    kind: ComparisonKind
    first: str
    second: str
    before: StateDocument
    after: StateDocument
    removed: list[str]
    affected: list[str]
    refuses: ProblemDocument | None
    counts: dict[Outcome, int]
    used: dict[Outcome, int]
    price_change: MeanChangeDocument
    changes: list[ChangedDocument]
    differences: list[DifferenceDocument]


def compare_document(comparison: Comparison) -> CompareDocument:
    """Build the document of a comparison."""
    input_change, output_change = comparison.price_change
    return {
        "tree": comparison.before.catalog.tree.paths.inference,
        "kind": comparison.kind,
        "first": comparison.first,
        "second": comparison.second,
        "before": _state(comparison.before),
        "after": _state(comparison.after),
        "removed": list(comparison.removed),
        "affected": [item.reference for item in comparison.hit],
        "refuses": problem_document(comparison.refuses) if comparison.refuses is not None else None,
        "counts": {outcome: comparison.count(outcome) for outcome in Outcome},
        "used": {outcome: comparison.count(outcome, comparison.used) for outcome in Outcome},
        "price_change": {"input": input_change, "output": output_change},
        "changes": [_changed(item) for item in comparison.changes],
        "differences": [difference_document(item) for item in comparison.differences],
    }


def difference_document(difference: Difference) -> DifferenceDocument:
    """Build a difference between two releases."""
    return {
        "behaviour": difference.behaviour.name,
        "title": difference.behaviour.title,
        "first": difference.first,
        "second": difference.second,
        "effect": difference.effect or None,
    }


def _state(report: Report) -> StateDocument:
    verdict, summary = report.verdict
    stop = report.stops_at
    return {
        "release": str(report.release),
        "profile": report.catalog.active,
        "verdict": verdict,
        "summary": summary,
        "boots": report.boots,
        "stops_at": stop.message if stop is not None else None,
    }


def _changed(item: Changed) -> ChangedDocument:
    shown = item.shown
    return {
        "reference": shown.reference,
        "kind": shown.kind,
        "family": shown.family,
        "name": shown.name,
        "outcome": item.outcome,
        "before": _end(item.before),
        "after": _end(item.after),
        "saved_by": item.saved_by or None,
        **location_document(item.place.location if item.place is not None else None),
    }


def _end(resolution: Resolution | None) -> PricedEndDocument | None:
    if resolution is None:
        return None
    spec, unresolved = resolution.spec, resolution.unresolved
    return {
        **end_document(resolution),
        "price": price_document(price_of(spec)) if spec is not None else None,
        "why": unresolved.message if unresolved is not None else None,
    }


class ProfileDocument(TypedDict):
    """The effect of one profile. `used`, `callable`, `dead`, `dies`, `revives` count presets and choices."""

    name: str
    description: str
    active: bool
    boots: bool
    verdict: Verdict
    summary: str
    used: int
    callable: int
    dead: int
    models: int
    dies: int
    revives: int


class ProfilesDocument(TreeDocument):
    """Printed by `pipedeck compare --json` without a name to compare."""

    profiles: list[ProfileDocument]


def profiles_document(report: Report, summaries: Iterable[ProfileSummary]) -> ProfilesDocument:
    """Build the document of every profile."""
    return {
        **tree_document(report),
        "profiles": [fields_document(ProfileDocument, item) for item in summaries],
    }
