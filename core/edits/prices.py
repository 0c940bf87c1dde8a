"""Edits of prices, which are USD per million tokens in every release."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal

from core.dialects.model_schema import COST_CATEGORIES
from core.edits.edit_session import EditSession
from core.edits.model_tables import ModelTables
from core.edits.models import models_of, put_field
from core.edits.refused import EditRefusedError
from core.entities import ModelSpec
from core.records import dataclass
from core.rules.models import meant_per_thousand
from core.suggest import did_you_mean
from core.toml.edit.text_layout import Path

Prices = tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True)
class SetPrice:
    """Set prices of a model by category (`input`, `output`, `input_cached`...); None takes one out: it is unknown."""

    backend: str
    handle: str
    prices: Prices
    model_type: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"price of {self.handle} at {self.backend}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        tables = models_of(session, self.backend)
        spec = tables.require(self.handle, self.model_type)
        for category, price in self.prices:
            _check(category, price)
        written = spec.fields.get("costs")
        old = written if isinstance(written, Mapping) else {}
        new = {**old}
        for category, price in self.prices:
            if price is None:
                new.pop(category, None)
            elif old.get(category) != price:
                new[category] = _alike(price, old.values())
        if new == old:
            return
        if "costs" not in spec.own and "costs" in spec.fields:
            session.note(f"`costs` of the defaults no longer counts for `{self.handle}`, so all of it is written")
        put_field(tables, spec, "costs", new)


@dataclass(frozen=True, slots=True)
class FixPerThousandPrices:
    """Multiply by 1,000 what was surely meant per thousand tokens, as the seed document writes prices."""

    backend: str | None = None
    handle: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"prices of {self.handle or self.backend or 'all models'} per million tokens"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        found = [
            (spec, keys)
            for spec, keys in meant_per_thousand(session.report.catalog)
            if self.backend in (None, spec.backend) and self.handle in (None, spec.handle)
        ]
        if not found:
            raise EditRefusedError("No price looks like one per thousand tokens.", "Set the price of the model meant.")
        done: set[tuple[str, Path]] = set()
        for spec, categories in found:
            path = ModelTables(session, spec.backend).open()
            for category in categories:
                keys = _place(spec, category)
                if (path, keys) not in done:
                    done.add((path, keys))
                    session.put(path, keys, times_1000(spec.costs[category]))


def times_1000(price: float) -> float:
    """A price times 1,000, as one would write it: 0.00015 gives 0.15, with no rounding of binary fractions."""
    return float(Decimal(repr(price)) * 1000)


def _place(spec: ModelSpec, category: str) -> Path:
    where = spec.origin("costs")
    assert where is not None
    return (*where.path, category)


def _check(category: str, price: float | None) -> None:
    if category not in COST_CATEGORIES:
        raise EditRefusedError(
            f"There is no price `{category}`.",
            did_you_mean(category, COST_CATEGORIES) or f"There are: {', '.join(COST_CATEGORIES)}.",
        )
    if price is not None and not (math.isfinite(price) and price >= 0):
        raise EditRefusedError("A price is a number of 0 or more, in USD per million tokens.", "Give such a number.")


def _alike(price: float, others: Iterable[object]) -> float:
    """A price as the prices beside it are written: with a point, or whole."""
    values = list(others)
    if values and all(isinstance(value, float) for value in values):
        return float(price)
    if values and all(isinstance(value, int) for value in values) and float(price).is_integer():
        return int(price)
    return price
