"""The rules of a profile as items that can be selected: what the pane of routes and its details show."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog import Catalog
from core.entities import Place
from core.records import dataclass
from core.route_check import Rule, rules
from core.serving import Serving
from tui.selection import ItemRef


@dataclass(frozen=True)
class RouteRule:
    """One rule of the profile that is looked at: what it takes, where it sends it, and how much that is."""

    ref: ItemRef
    rule: Rule
    pattern: str
    backend: str
    what: str
    live: bool
    place: Place
    caught: tuple[str, ...]
    served: int


def route_rules(catalog: Catalog, serving: Serving) -> Iterator[RouteRule]:
    """The rules in the order in which they are tried: routes, the default, the fallback order, the internal backend."""
    for rule in rules(catalog, serving):
        name = rule.pattern if rule.kind in ("route", "optional") else rule.backend
        ref = ItemRef("route", rule.kind, name)
        yield RouteRule(
            ref, rule, rule.pattern, rule.backend, rule.what, rule.live, rule.place, rule.caught, rule.served
        )
