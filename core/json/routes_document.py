"""The document of `routes`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from core.api import Report
from core.json.shared import LocationDocument, TreeDocument, fields_document, location_document, tree_document
from core.route_check import NameTest, Rule, RuleKind, rules
from core.routing import Lost, Match, RouteMethod


class ShadowedDocument(TypedDict):
    """A handle that a following rule would send to another backend."""

    handle: str
    pattern: str
    backend: str


class RuleDocument(LocationDocument):
    """A rule of the profile. `served`: how many of the caught handles its backend declares.

    `unreachable`: why it cannot win. `shadows`: handles that a following rule would send elsewhere; `loses`: handles
    that a preceding or exact rule takes.
    """

    kind: RuleKind
    pattern: str
    backend: str
    description: str
    live: bool
    catches: list[str]
    served: int
    missed: list[str]
    shadows: list[ShadowedDocument]
    loses: list[str]
    unreachable: str | None


class MatchDocument(LocationDocument):
    """The rule that takes a name; `pattern` is null for the default."""

    method: RouteMethod
    pattern: str | None
    backend: str


class LostDocument(LocationDocument):
    """A route that takes the name too, and why it did not win."""

    pattern: str
    backend: str
    why: str


class DestinationDocument(TypedDict):
    """The backend of a name, for models of one type (null: of any); `backend` is null when none serves it."""

    type: str | None
    backend: str | None
    method: str | None
    reason: str | None


class NameTestDocument(TypedDict):
    """The backend that a profile sends a name to, declared or not."""

    name: str
    profile: str
    backend: str | None
    match: MatchDocument | None
    lost: list[LostDocument]
    outcomes: list[DestinationDocument]
    declared_on: list[str]
    declared_off: list[str]


class RoutesDocument(TreeDocument):
    """Printed by `pipedeck routes --json`."""

    rules: list[RuleDocument]
    tests: list[NameTestDocument]


def routes_document(report: Report, tests: Iterable[NameTest]) -> RoutesDocument:
    """Build the document of the active profile's rules, and of some names to test."""
    return {
        **tree_document(report),
        "rules": [_rule(rule) for rule in rules(report.catalog, report.serving)],
        "tests": [_test(test) for test in tests],
    }


def _rule(rule: Rule) -> RuleDocument:
    return {
        "kind": rule.kind,
        "pattern": rule.pattern,
        "backend": rule.backend,
        "description": rule.label,
        "live": rule.live,
        **location_document(rule.place.location),
        "catches": list(rule.caught),
        "served": rule.served,
        "missed": list(rule.missed),
        "shadows": [fields_document(ShadowedDocument, item) for item in rule.shadows],
        "loses": list(rule.loses),
        "unreachable": rule.idle_reason or None,
    }


def _test(test: NameTest) -> NameTestDocument:
    return {
        "name": test.name,
        "profile": test.profile,
        "backend": test.backend,
        "match": _match(test.match) if test.match is not None else None,
        "lost": [lost_document(lost) for lost in test.lost],
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
        "declared_off": list(test.disabled),
    }


def _match(match: Match) -> MatchDocument:
    return {
        "method": match.method,
        "pattern": match.pattern,
        "backend": match.backend,
        **location_document(match.place.location),
    }


def lost_document(lost: Lost) -> LostDocument:
    """Build a route that did not win."""
    return {
        "pattern": lost.route.pattern,
        "backend": lost.route.backend,
        "why": lost.reason,
        **location_document(lost.route.place.location),
    }
