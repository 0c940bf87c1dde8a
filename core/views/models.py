"""The JSON document of `models`, and an offer as data."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Report
from core.catalogue import Compared, Offer, Row, Tokens, elsewhere
from core.catalogue.offers import offers
from core.prices import Price
from core.views.parts import Json, place_document


def price_document(price: Price) -> Json:
    """A price in USD per million tokens; null is unknown."""
    return {"input": price.input, "output": price.output, "others": dict(price.others)}


def offer_document(offer: Offer, tokens: Tokens | None = None) -> Json:
    """A model as one backend offers it; `cost` is what a call of so many tokens costs in USD, null when unknown."""
    return {
        "handle": offer.handle,
        "backend": offer.backend,
        "type": offer.model_type,
        "model_id": offer.model_id,
        "on": offer.on,
        "serves": offer.serves,
        "status": offer.status,
        "key_state": offer.key.value,
        "inputs": list(offer.inputs),
        "outputs": list(offer.outputs),
        "vision": offer.vision,
        "structured": offer.structured,
        "max_tokens": offer.max_tokens,
        "price": price_document(offer.price),
        "cost": offer.cost(*tokens) if tokens is not None else None,
        **place_document(offer.spec.place.location),
    }


def models_document(report: Report, rows: Sequence[Row], tokens: Tokens | None = None, *, same: bool = False) -> Json:
    """Everything that `models --json` says. With `same`, each row holds the same model of other backends too."""
    known = offers(report) if same else ()
    return {
        "tree": report.catalog.tree.found.inference,
        "release": str(report.release),
        "profile": report.catalog.active,
        "tokens": {"given": tokens[0], "taken": tokens[1]} if tokens is not None else None,
        "models": [
            {
                "handle": row.handle,
                "family": row.node.family,
                "status": row.status.value,
                "offers": [offer_document(offer, tokens) for offer in row.offers],
                "elsewhere": [offer_document(offer, tokens) for offer in elsewhere(report, row.lead, known)]
                if same
                else [],
            }
            for row in rows
        ],
        "compared": [],
    }


def compared_document(report: Report, found: Sequence[Offer], rows: Sequence[Compared], tokens: Tokens | None) -> Json:
    """What `models --compare --json` says: the offers, and property by property what they have."""
    return {
        "tree": report.catalog.tree.found.inference,
        "release": str(report.release),
        "profile": report.catalog.active,
        "tokens": {"given": tokens[0], "taken": tokens[1]} if tokens is not None else None,
        "models": [
            {
                "handle": offer.handle,
                "family": "",
                "status": offer.status,
                "offers": [offer_document(offer, tokens)],
                "elsewhere": [],
            }
            for offer in found
        ],
        "compared": [
            {"property": row.name, "values": list(row.values), "differs": row.differs, "best": row.best} for row in rows
        ],
    }
