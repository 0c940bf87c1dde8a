"""The catalogue: every model that a tree declares, as rows to filter, sort and compare, with what a call would cost."""

from __future__ import annotations

from core.catalogue.model_comparison import Compared, compare_offers
from core.catalogue.model_rows import COLUMNS, Filter, Row, Tokens, catalogue, past_runs, sort_rows
from core.catalogue.offers import Key, Offer, elsewhere, key_of, offers, offers_of, plain_model

__all__ = [
    "COLUMNS",
    "Compared",
    "Filter",
    "Key",
    "Offer",
    "Row",
    "Tokens",
    "catalogue",
    "compare_offers",
    "elsewhere",
    "key_of",
    "offers",
    "offers_of",
    "past_runs",
    "plain_model",
    "sort_rows",
]
