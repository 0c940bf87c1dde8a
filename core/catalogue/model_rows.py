"""Rows of the catalogue: one for each handle, filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from core.api import Report
from core.catalogue.offers import Offer, offers
from core.mentions import Node, spec_node
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution, Status

if TYPE_CHECKING:
    from core.traces.run_index import Ran

Tokens: TypeAlias = tuple[int, int] | tuple[int, int, int]
"""The input and output tokens of a call, and how many of the input come from the cache of the provider."""


@dataclass(frozen=True, slots=True)
class Row:
    """One handle of one type with the offers that match the filter.

    The first offer is the serving one, else the cheapest.
    """

    node: Node
    status: Status
    offers: tuple[Offer, ...]

    @property
    def handle(self) -> str:
        """The handle."""
        return self.node.name

    @property
    def lead(self) -> Offer:
        """The first offer, shown for the row."""
        return self.offers[0]


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on offers; None and False are no condition.

    `key`: the variables are set, or none is needed. `served`: the offer is in use. `text`: all its words are in the
    handle, model id, backend or type.
    """

    vision: bool = False
    structured: bool = False
    key: bool = False
    served: bool = False
    model_type: str | None = None
    backend: str | None = None
    text: str = ""

    def matches(self, offer: Offer) -> bool:
        """Whether an offer meets all conditions."""
        return (
            (offer.vision or not self.vision)
            and (offer.structured or not self.structured)
            and (offer.key.usable or not self.key)
            and (offer.serves or not self.served)
            and self.model_type in (None, offer.model_type)
            and self.backend in (None, offer.backend)
            and (not self.text or _has_words(offer, self.text))
        )


def _has_words(offer: Offer, text: str) -> bool:
    searched = f"{offer.handle} {offer.model_id} {offer.backend} {offer.model_type}".lower()
    return all(word in searched for word in text.lower().split())


def catalogue(
    report: Report, filter_: Filter | None = None, known_offers: Iterable[Offer] | None = None
) -> tuple[Row, ...]:
    """The rows of the catalogue that match a filter, in file order.

    `known_offers`: the report's offers, to save a second pass.
    """
    filter_ = filter_ or Filter()
    typed = report.serving.typed
    statuses = _statuses(report.resolutions)
    groups: dict[Node, list[Offer]] = {}
    for offer in known_offers if known_offers is not None else offers(report):
        if filter_.matches(offer):
            groups.setdefault(spec_node(report.catalog, offer.spec, typed), []).append(offer)
    return tuple(
        Row(node, statuses.get((node.name, node.family), Status.DEAD), _lead_first(group))
        for node, group in groups.items()
    )


def past_runs(report: Report, rows: Iterable[Row]) -> tuple[Ran | None, ...]:
    """The past runs of each row's handle, where it can be called; None without any."""
    runs = report.runs
    if runs is None:
        return tuple(None for _ in rows)
    named = {(item.name, item.family): item for item in report.resolutions if item.kind is Kind.MODEL}
    found = (named.get((row.node.name, row.node.family)) for row in rows)
    return tuple(runs.own(item) if item is not None else None for item in found)


def _statuses(resolutions: Iterable[Resolution]) -> Mapping[tuple[str, str], Status]:
    return {(item.name, item.family): item.status for item in resolutions if item.kind is Kind.MODEL}


def _lead_first(group: list[Offer]) -> tuple[Offer, ...]:
    return tuple(sorted(group, key=_lead_order) if len(group) > 1 else group)


def _lead_order(offer: Offer) -> tuple[Any, ...]:
    price = offer.price
    total = (price.input or 0) + (price.output or 0) if price.is_known else float("inf")
    return (not offer.serves, offer.has_ended, not offer.on and not offer.key.usable, total, not offer.on)


SortValue: TypeAlias = float | str | tuple[str, ...] | None
"""A value that rows are sorted by; None is unknown and comes last."""

_STATUS_ORDER = {"callable": 0, "unknown": 1, "served": 2, "refused": 3, "on": 4, "off": 5}

COLUMNS: Mapping[str, Callable[[Offer, Tokens], SortValue]] = {
    "name": lambda offer, _: offer.handle.lower(),
    "backend": lambda offer, _: offer.backend.lower(),
    "type": lambda offer, _: offer.model_type,
    "inputs": lambda offer, _: offer.inputs,
    "outputs": lambda offer, _: offer.outputs,
    "max": lambda offer, _: -offer.max_tokens if offer.max_tokens is not None else None,
    "context": lambda offer, _: -offer.context if offer.context is not None else None,
    "in": lambda offer, _: offer.price.input,
    "out": lambda offer, _: offer.price.output,
    "price": lambda offer, tokens: offer.cost(*tokens),
    "ends": lambda offer, _: offer.ends.lstrip("!") or None,
    "status": lambda offer, _: _STATUS_ORDER[offer.status],
}
"""The sort value of an offer by column name. `max` is the `max_tokens` of the file, `context` the context window,
highest first; `price` the cost of a call in USD."""


_PRICED = ("in", "out", "price")


def sort_rows(
    rows: Iterable[Row], column: str, *, reverse: bool = False, tokens: Tokens | None = None
) -> tuple[Row, ...]:
    """Rows sorted by a column of `COLUMNS`, unknown values last in either order; equal rows keep their order.

    By prices, models that have ended come after the others.

    `tokens` are the input and output tokens of the call that `price` is the cost of; a million of each by default.
    Raises KeyError for an unknown column.
    """
    value = COLUMNS[column]
    keyed: list[tuple[Any, Row]] = [(value(row.lead, tokens or (1_000_000, 1_000_000)), row) for row in rows]
    sortable = [item for item in keyed if item[0] is not None]
    sortable.sort(key=lambda item: item[0], reverse=reverse)
    if column in _PRICED:
        sortable.sort(key=lambda item: item[1].lead.has_ended)
    return (*(row for _, row in sortable), *(row for key, row in keyed if key is None))
