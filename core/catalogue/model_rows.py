"""Rows of the catalogue: one for each handle, filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from core.api import Report
from core.catalogue.offers import Offer, offers
from core.mentions import Node, spec_node
from core.records import dataclass
from core.resolution import Resolution, Status

Tokens = tuple[int, int]
"""How many tokens go in and come out of a call."""


@dataclass(frozen=True, slots=True)
class Row:
    """One handle of one type with the offers of all backends that are left by the filter; the first one leads.

    The lead is the offer that serves; where none of those left does, the cheapest.
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
        """The offer that stands for the row."""
        return self.offers[0]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which offers are wanted; what is None or False is not asked for.

    `key`: the variables are set here, or none is needed. `served`: it is the offer that is used. `text`: every word of
    it is in the handle, the model id, the backend or the type.
    """

    vision: bool = False
    structured: bool = False
    key: bool = False
    served: bool = False
    model_type: str | None = None
    backend: str | None = None
    text: str = ""

    def takes(self, offer: Offer) -> bool:
        """Whether an offer is wanted."""
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
    told = f"{offer.handle} {offer.model_id} {offer.backend} {offer.model_type}".lower()
    return all(word in told for word in text.lower().split())


def catalogue(report: Report, wanted: Filter | None = None, known: Iterable[Offer] | None = None) -> tuple[Row, ...]:
    """The rows of the catalogue that a filter leaves, in the order of the files.

    `known` are the report's offers, when they are at hand: who filters again and again need not make them anew.
    """
    wanted = wanted or Filter()
    typed = report.serving.typed
    statuses = _statuses(report.resolutions)
    groups: dict[Node, list[Offer]] = {}
    for offer in known if known is not None else offers(report):
        if wanted.takes(offer):
            groups.setdefault(spec_node(report.catalog, offer.spec, typed), []).append(offer)
    return tuple(
        Row(node, statuses.get((node.name, node.family), Status.DEAD), _led(found)) for node, found in groups.items()
    )


def _statuses(resolutions: Iterable[Resolution]) -> Mapping[tuple[str, str], Status]:
    return {(item.name, item.family): item.status for item in resolutions if item.kind.value == "model"}


def _led(found: list[Offer]) -> tuple[Offer, ...]:
    return tuple(sorted(found, key=_leading) if len(found) > 1 else found)


def _leading(offer: Offer) -> tuple[Any, ...]:
    price = offer.price
    total = (price.input or 0) + (price.output or 0) if price.known else float("inf")
    return (not offer.serves, not offer.on and not offer.key.usable, total, not offer.on)


SortValue: TypeAlias = float | str | tuple[str, ...] | None
"""A value that rows are sorted by; None is unknown and comes last."""

_STATUS_ORDER = {"callable": 0, "served": 1, "on": 2, "off": 3}

COLUMNS: Mapping[str, Callable[[Offer, Tokens], SortValue]] = {
    "name": lambda offer, _: offer.handle.lower(),
    "backend": lambda offer, _: offer.backend.lower(),
    "type": lambda offer, _: offer.model_type,
    "inputs": lambda offer, _: offer.inputs,
    "outputs": lambda offer, _: offer.outputs,
    "max": lambda offer, _: -offer.max_tokens if offer.max_tokens is not None else None,
    "in": lambda offer, _: offer.price.input,
    "out": lambda offer, _: offer.price.output,
    "price": lambda offer, tokens: offer.cost(*tokens),
    "status": lambda offer, _: _STATUS_ORDER[offer.status],
}
"""The sort value of an offer by column name. `max` is the output limit in tokens, highest first; `price` the cost of a
call in USD."""


def sort_rows(
    rows: Iterable[Row], column: str, *, reverse: bool = False, tokens: Tokens | None = None
) -> tuple[Row, ...]:
    """Rows sorted by a column of `COLUMNS`, unknown values last in either order; equal rows keep their order.

    `tokens` are the input and output tokens of the call that `price` is the cost of; a million of each by default.
    Raises KeyError for an unknown column.
    """
    value = COLUMNS[column]
    keyed: list[tuple[Any, Row]] = [(value(row.lead, tokens or (1_000_000, 1_000_000)), row) for row in rows]
    sortable = [item for item in keyed if item[0] is not None]
    sortable.sort(key=lambda item: item[0], reverse=reverse)
    return (*(row for _, row in sortable), *(row for key, row in keyed if key is None))
