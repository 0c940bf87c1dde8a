"""The JSON of `pipedeck routes`: the routing rules of a profile, and tested names."""

from __future__ import annotations

from collections.abc import Iterable

from core.api import Report
from core.json.document import Document, optional
from core.json.shared import LocationDocument, TreeDocument
from core.route_check import Destination, NameTest, Rule, RuleKind, Shadowed, rules
from core.routing import Lost, Match, RouteMethod


class ShadowedDocument(Document):
    """A handle that a following rule would send to another backend."""

    def __init__(self, item: Shadowed) -> None:
        self.handle: str = item.handle
        self.pattern: str = item.pattern
        self.backend: str = item.backend


class RuleDocument(LocationDocument):
    """A rule of the profile. `served`: how many of the caught handles its backend declares.

    `unreachable`: why it cannot win. `shadows`: handles that a following rule would send elsewhere; `loses`: handles
    that a preceding or exact rule takes.
    """

    def __init__(self, rule: Rule) -> None:
        self.kind: RuleKind = rule.kind
        self.pattern: str = rule.pattern
        self.backend: str = rule.backend
        self.description: str = rule.label
        self.live: bool = rule.live
        super().__init__(rule.place.location)
        self.catches: list[str] = list(rule.caught)
        self.served: int = rule.served
        self.missed: list[str] = list(rule.missed)
        self.shadows: list[ShadowedDocument] = [ShadowedDocument(item) for item in rule.shadows]
        self.loses: list[str] = list(rule.loses)
        self.unreachable: str | None = rule.idle_reason or None


class MatchDocument(LocationDocument):
    """The rule that takes a name; `pattern` is null for the default."""

    def __init__(self, match: Match) -> None:
        self.method: RouteMethod = match.method
        self.pattern: str | None = match.pattern
        self.backend: str = match.backend
        super().__init__(match.place.location)


class LostDocument(LocationDocument):
    """A route that takes the name too, and why it did not win."""

    def __init__(self, lost: Lost) -> None:
        self.pattern: str = lost.route.pattern
        self.backend: str = lost.route.backend
        self.why: str = lost.reason
        super().__init__(lost.route.place.location)


class DestinationDocument(Document):
    """The backend of a name, for models of one type (null: of any); `backend` is null when none serves it."""

    def __init__(self, destination: Destination) -> None:
        self.type: str | None = destination.model_type or None
        self.backend: str | None = destination.backend
        self.method: str | None = destination.method
        self.reason: str | None = destination.reason or None


class NameTestDocument(Document):
    """The backend that a profile sends a name to, declared or not."""

    def __init__(self, test: NameTest) -> None:
        self.name: str = test.name
        self.profile: str = test.profile
        self.backend: str | None = test.backend
        self.match: MatchDocument | None = optional(MatchDocument, test.match)
        self.lost: list[LostDocument] = [LostDocument(lost) for lost in test.lost]
        self.outcomes: list[DestinationDocument] = [DestinationDocument(item) for item in test.destinations]
        self.declared_on: list[str] = list(test.on)
        self.declared_off: list[str] = list(test.disabled)


class RoutesDocument(TreeDocument):
    """Printed by `pipedeck routes --json`."""

    def __init__(self, report: Report, tests: Iterable[NameTest]) -> None:
        super().__init__(report)
        self.rules: list[RuleDocument] = [RuleDocument(rule) for rule in rules(report.catalog, report.serving)]
        self.tests: list[NameTestDocument] = [NameTestDocument(test) for test in tests]
