"""The document of `models`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from core.api import Report
from core.catalogue import Compared, Offer, Row, Tokens, elsewhere
from core.catalogue.offers import Key, OfferStatus, offers
from core.json.shared import (
    LocationDocument,
    PriceDocument,
    TreeDocument,
    location_document,
    price_document,
    tree_document,
)


class OfferDocument(LocationDocument):
    """A model of one backend. `serves`: it is the one used. `cost`: USD of a call with the requested tokens."""

    handle: str
    backend: str
    type: str
    model_id: str
    enabled: bool
    serves: bool
    status: OfferStatus
    key_state: Key
    inputs: list[str]
    outputs: list[str]
    vision: bool
    structured: bool
    max_tokens: int | None
    price: PriceDocument
    cost: float | None


class ModelDocument(TypedDict):
    """A handle with its offers, the first one leads. `elsewhere`: the same model under any name on other backends."""

    handle: str
    family: str
    status: str
    offers: list[OfferDocument]
    elsewhere: list[OfferDocument]


class TokensDocument(TypedDict):
    """The tokens of the call to price."""

    input: int
    output: int


class ComparedDocument(TypedDict):
    """One property of several models. `best` counts from 0 and is null when none is better than all others."""

    property: str
    values: list[str]
    differs: bool
    best: int | None


class ModelsDocument(TreeDocument):
    """Printed by `pipedeck models --json`. `compared` is filled by `--compare`."""

    tokens: TokensDocument | None
    models: list[ModelDocument]
    compared: list[ComparedDocument]


def models_document(
    report: Report, rows: Sequence[Row], tokens: Tokens | None = None, *, same: bool = False
) -> ModelsDocument:
    """Build the document of the catalogue; with `same`, each row holds the same model of other backends too."""
    all_offers = offers(report) if same else ()
    return {
        **tree_document(report),
        "tokens": _tokens(tokens),
        "models": [
            {
                "handle": row.handle,
                "family": row.node.family,
                "status": row.status,
                "offers": [offer_document(offer, tokens) for offer in row.offers],
                "elsewhere": [
                    offer_document(offer, tokens) for offer in (elsewhere(report, row.lead, all_offers) if same else ())
                ],
            }
            for row in rows
        ],
        "compared": [],
    }


def compared_document(
    report: Report, compared: Sequence[Offer], rows: Sequence[Compared], tokens: Tokens | None
) -> ModelsDocument:
    """Build the document of models side by side: the offers, and each property of them."""
    return {
        **tree_document(report),
        "tokens": _tokens(tokens),
        "models": [
            {
                "handle": offer.handle,
                "family": "",
                "status": offer.status,
                "offers": [offer_document(offer, tokens)],
                "elsewhere": [],
            }
            for offer in compared
        ],
        "compared": [
            {"property": row.name, "values": list(row.values), "differs": row.differs, "best": row.best} for row in rows
        ],
    }


def offer_document(offer: Offer, tokens: Tokens | None = None) -> OfferDocument:
    """Build an offer; its `cost` is null without `tokens`, and when a price is unknown."""
    return {
        "handle": offer.handle,
        "backend": offer.backend,
        "type": offer.model_type,
        "model_id": offer.model_id,
        "enabled": offer.on,
        "serves": offer.serves,
        "status": offer.status,
        "key_state": offer.key,
        "inputs": list(offer.inputs),
        "outputs": list(offer.outputs),
        "vision": offer.vision,
        "structured": offer.structured,
        "max_tokens": offer.max_tokens,
        "price": price_document(offer.price),
        "cost": offer.cost(*tokens) if tokens is not None else None,
        **location_document(offer.spec.place.location),
    }


def _tokens(tokens: Tokens | None) -> TokensDocument | None:
    return {"input": tokens[0], "output": tokens[1]} if tokens is not None else None
