"""The JSON of `pipedeck models`: the catalogue, or models side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.api import Report
from core.catalogue import Compared, Offer, Row, Tokens, elsewhere, past_runs
from core.catalogue.offers import Key, OfferStatus, offers
from core.json.document import Document, optional
from core.json.shared import LocationDocument, PriceDocument, RanDocument, TreeDocument

if TYPE_CHECKING:
    from core.traces.run_index import Ran


class OfferDocument(LocationDocument):
    """A model of one backend. `serves`: it is the one used. `cost`: USD of a call with the requested tokens.

    `ends` (a day, `!` before a past one, `!ended` or `deprecated`) is of published data, `context` too, or else of the
    file, for providers whose `max_tokens` is the context window there.
    """

    def __init__(self, offer: Offer, tokens: Tokens | None = None) -> None:
        """Build an offer; its `cost` is null without `tokens`, and when a price is unknown."""
        self.handle: str = offer.handle
        self.backend: str = offer.backend
        self.type: str = offer.model_type
        self.model_id: str = offer.model_id
        self.enabled: bool = offer.on
        self.serves: bool = offer.serves
        self.status: OfferStatus = offer.status
        self.key_state: Key = offer.key
        self.inputs: list[str] = list(offer.inputs)
        self.outputs: list[str] = list(offer.outputs)
        self.vision: bool = offer.vision
        self.structured: bool = offer.structured
        self.max_tokens: int | None = offer.max_tokens
        self.context: int | None = offer.context
        self.ends: str | None = offer.ends or None
        self.price: PriceDocument = PriceDocument(offer.price)
        self.cost: float | None = offer.cost(*tokens) if tokens is not None else None
        super().__init__(offer.spec.place.location)


class ModelDocument(Document):
    """A handle with its offers, the first one leads. `elsewhere`: the same model under any name on other backends.

    `ran`: its past runs, null where none are known.
    """

    def __init__(
        self,
        offers: Sequence[Offer],
        elsewhere: Sequence[Offer] = (),
        tokens: Tokens | None = None,
        *,
        family: str = "",
        status: str,
        ran: Ran | None = None,
    ) -> None:
        self.handle: str = offers[0].handle
        self.family: str = family
        self.status: str = status
        self.ran: RanDocument | None = optional(RanDocument, ran)
        self.offers: list[OfferDocument] = [OfferDocument(offer, tokens) for offer in offers]
        self.elsewhere: list[OfferDocument] = [OfferDocument(offer, tokens) for offer in elsewhere]


class TokensDocument(Document):
    """The tokens of the call to price; `cached` are among the `input` tokens."""

    def __init__(self, input: int, output: int, cached: int = 0) -> None:
        self.input: int = input
        self.output: int = output
        self.cached: int = cached


class ComparedDocument(Document):
    """One property of several models. `best` counts from 0 and is null when none is better than all others."""

    def __init__(self, row: Compared) -> None:
        self.property: str = row.name
        self.values: list[str] = list(row.values)
        self.differs: bool = row.differs
        self.best: int | None = row.best


class ModelsDocument(TreeDocument):
    """Printed by `pipedeck models --json`. `compared` is filled by `--compare`."""

    def __init__(
        self,
        report: Report,
        tokens: Tokens | None,
        models: list[ModelDocument],
        compared: Sequence[Compared] = (),
    ) -> None:
        super().__init__(report)
        self.tokens: TokensDocument | None = TokensDocument(*tokens) if tokens is not None else None
        self.models: list[ModelDocument] = models
        self.compared: list[ComparedDocument] = [ComparedDocument(row) for row in compared]


def models_document(
    report: Report, rows: Sequence[Row], tokens: Tokens | None = None, *, same: bool = False
) -> ModelsDocument:
    """Build the document of the catalogue; with `same`, each row holds the same model of other backends too."""
    all_offers = offers(report) if same else ()
    models = [
        ModelDocument(
            row.offers,
            elsewhere(report, row.lead, all_offers) if same else (),
            tokens,
            family=row.node.family,
            status=row.status,
            ran=ran,
        )
        for row, ran in zip(rows, past_runs(report, rows), strict=True)
    ]
    return ModelsDocument(report, tokens, models)


def compared_document(
    report: Report, compared: Sequence[Offer], rows: Sequence[Compared], tokens: Tokens | None
) -> ModelsDocument:
    """Build the document of models side by side: the offers, and each property of them."""
    models = [ModelDocument([offer], tokens=tokens, status=offer.status) for offer in compared]
    return ModelsDocument(report, tokens, models, rows)
