"""The JSON document of `routes`."""

from __future__ import annotations

from collections.abc import Iterable

from core.api import Report
from core.route_check import NameTest, Rule, rules
from core.routing import Lost, Match
from core.views.parts import Json, place_document


def routes_document(report: Report, tests: Iterable[NameTest]) -> Json:
    """Everything that `routes --json` says: the rules of the active profile, and where some names go."""
    return {
        "tree": report.catalog.tree.found.inference,
        "release": str(report.release),
        "profile": report.catalog.active,
        "rules": [_rule(rule) for rule in rules(report.catalog, report.serving)],
        "tests": [_test(test) for test in tests],
    }


def _rule(rule: Rule) -> Json:
    return {
        "kind": rule.kind,
        "pattern": rule.pattern,
        "backend": rule.backend,
        "what": rule.what,
        "live": rule.live,
        **place_document(rule.place.location),
        "catches": list(rule.caught),
        "served": rule.served,
        "missed": list(rule.missed),
        "shadows": [{"handle": item.handle, "pattern": item.pattern, "backend": item.backend} for item in rule.shadows],
        "loses": list(rule.loses),
        "never": rule.never or None,
    }


def _test(test: NameTest) -> Json:
    return {
        "name": test.name,
        "profile": test.profile,
        "backend": test.backend,
        "match": _match(test.match),
        "lost": [_lost(lost) for lost in test.lost],
        "outcomes": [
            {
                "type": destination.model_type or None,
                "backend": destination.backend,
                "method": destination.method,
                "reason": destination.reason or None,
            }
            for destination in test.destinations
        ],
        "declared_on": list(test.on),
        "declared_off": list(test.off),
    }


def _match(match: Match | None) -> Json | None:
    if match is None:
        return None
    return {
        "method": match.method,
        "pattern": match.pattern,
        "backend": match.backend,
        **place_document(match.place.location),
    }


def _lost(lost: Lost) -> Json:
    return {
        "pattern": lost.route.pattern,
        "backend": lost.route.backend,
        "why": lost.why,
        **place_document(lost.route.place.location),
    }
