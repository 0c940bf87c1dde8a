"""The JSON document of `compare`."""

from __future__ import annotations

from collections.abc import Iterable

from core.api import Report
from core.compare import Changed, Comparison, Outcome
from core.prices import price_of
from core.resolution import Resolution
from core.views.checking import problem_document
from core.views.models import price_document
from core.views.parts import Json, place_document
from core.what_if import ProfileSummary


def compare_document(found: Comparison) -> Json:
    """Everything that `compare --json` says."""
    inward, outward = found.price_change
    return {
        "tree": found.before.catalog.tree.found.inference,
        "kind": found.kind,
        "first": found.first,
        "second": found.second,
        "before": _state(found.before),
        "after": _state(found.after),
        "taken": list(found.taken),
        "hit": [item.reference for item in found.hit],
        "refuses": problem_document(found.refuses) if found.refuses is not None else None,
        "counts": {outcome.value: found.count(outcome) for outcome in Outcome},
        "used": {outcome.value: found.count(outcome, found.used) for outcome in Outcome},
        "price_change": {"input": inward, "output": outward},
        "changes": [_changed(item) for item in found.changes],
        "differences": [
            {
                "behaviour": item.behaviour.name,
                "title": item.behaviour.title,
                "first": item.first,
                "second": item.second,
                "effect": item.effect or None,
            }
            for item in found.differences
        ],
    }


def _state(report: Report) -> Json:
    verdict, summary = report.verdict
    stop = report.stops_at
    return {
        "release": str(report.release),
        "profile": report.catalog.active,
        "verdict": verdict.value,
        "summary": summary,
        "boots": report.boots,
        "stops_at": stop.message if stop is not None else None,
    }


def _changed(item: Changed) -> Json:
    shown = item.shown
    return {
        "reference": shown.reference,
        "kind": shown.kind.value,
        "family": shown.family,
        "name": shown.name,
        "outcome": item.outcome.value,
        "before": _end(item.before),
        "after": _end(item.after),
        "saved_by": item.saved_by or None,
        **place_document(item.place.location if item.place is not None else None),
    }


def _end(resolution: Resolution | None) -> Json | None:
    if resolution is None:
        return None
    spec, unresolved = resolution.spec, resolution.unresolved
    return {
        "status": resolution.status.value,
        "backend": spec.backend if spec is not None else None,
        "handle": spec.handle if spec is not None else None,
        "model_id": spec.model_id if spec is not None else None,
        "price": price_document(price_of(spec)) if spec is not None else None,
        "why": unresolved.message if unresolved is not None else None,
    }


def profiles_document(report: Report, found: Iterable[ProfileSummary]) -> Json:
    """Everything that `compare --json` says without a name: what each profile would serve and lose."""
    return {
        "tree": report.catalog.tree.found.inference,
        "release": str(report.release),
        "profile": report.catalog.active,
        "profiles": [
            {
                "name": item.name,
                "description": item.description,
                "active": item.active,
                "boots": item.boots,
                "verdict": item.verdict.value,
                "summary": item.summary,
                "used": item.used,
                "callable": item.callable,
                "dead": item.dead,
                "models": item.models,
                "dies": item.dies,
                "revives": item.revives,
            }
            for item in found
        ],
    }
