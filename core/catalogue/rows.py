"""Rows of the catalogue: one for each handle, filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

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


COLUMNS: Mapping[str, str] = {
    "name": "the handle",
    "backend": "the backend of the leading offer",
    "type": "the model type",
    "inputs": "what it takes",
    "outputs": "what it gives",
    "context": "the most tokens it gives back, most first",
    "in": "USD per million tokens in",
    "out": "USD per million tokens out",
    "price": "both prices together, or what the call in question costs",
    "status": "callable first, dead last",
}
"""What rows are sorted by."""

_STATUS_ORDER = {"callable": 0, "served": 1, "on": 2, "off": 3}


def sort_rows(
    rows: Iterable[Row], column: str, *, reverse: bool = False, tokens: Tokens | None = None
) -> tuple[Row, ...]:
    """Rows sorted by a column of `COLUMNS`; what is unknown comes last, whichever way round. Equal rows stay in order.

    `tokens` makes `price` the cost of such a call. Raises KeyError for a column that there is not.
    """
    value = _values(column, tokens)
    known = [row for row in rows if value(row.lead) is not None]
    unknown = [row for row in rows if value(row.lead) is None]
    known.sort(key=lambda row: value(row.lead), reverse=reverse)
    return (*known, *unknown)


def _values(column: str, tokens: Tokens | None) -> Callable[[Offer], Any]:
    """What an offer is sorted by; None is unknown."""
    one, other = tokens or (1_000_000, 1_000_000)
    return {
        "name": lambda offer: offer.handle.lower(),
        "backend": lambda offer: offer.backend.lower(),
        "type": lambda offer: offer.model_type,
        "inputs": lambda offer: offer.inputs,
        "outputs": lambda offer: offer.outputs,
        "context": lambda offer: -offer.max_tokens if offer.max_tokens is not None else None,
        "in": lambda offer: offer.price.input,
        "out": lambda offer: offer.price.output,
        "price": lambda offer: offer.cost(one, other),
        "status": lambda offer: _STATUS_ORDER[offer.status],
    }[column]
