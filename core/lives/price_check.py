"""Comparison of the prices in a tree with those of the sources."""

from __future__ import annotations

import math

from core.entities import ModelSpec
from core.lives.index import ListedPrice, ModelLife
from core.prices import Price, price_of
from core.records import dataclass

AGREES = 1.01
"""The largest ratio of prices that agree."""


@dataclass(frozen=True, slots=True)
class PriceCheck:
    """The price of a model in the tree beside those of the sources in force.

    `factor`: the largest ratio of input or output against a source, infinite for free against paid; 1 where at least
    one source agrees. `best`: the price of the most sources, the newest among equals.
    """

    spec: ModelSpec
    price: Price
    listed: tuple[ListedPrice, ...]
    factor: float
    best: ListedPrice

    @property
    def agrees(self) -> bool:
        """Whether at least one source has the same price."""
        return self.factor <= AGREES


def in_force(listed: tuple[ListedPrice, ...], today: str) -> tuple[ListedPrice, ...]:
    """The prices of the sources on a day: of each source the last one that has started."""
    started = sorted((price for price in listed if price.start <= today), key=lambda price: price.start)
    newest = {origin.name: price for price in started for origin in price.origins}
    return tuple(price for price in listed if any(price is one for one in newest.values()))


def price_check(facts: ModelLife, spec: ModelSpec, today: str) -> PriceCheck | None:
    """The check of one model; None without a price on both sides. Only language models are priced by tokens alone."""
    price = price_of(spec)
    if spec.model_type != "llm" or not price.is_known:
        return None
    listed = _whole(facts, today)
    if not listed:
        return None
    factors = [_factor(price, one) for one in listed]
    factor = 1.0 if min(factors) <= AGREES else max(factors)
    return PriceCheck(spec, price, listed, factor, _best(listed))


def best_price(facts: ModelLife, today: str) -> ListedPrice | None:
    """The price in force of the most sources, the newest among equals; None without one for input and output."""
    listed = _whole(facts, today)
    return _best(listed) if listed else None


def _whole(facts: ModelLife, today: str) -> tuple[ListedPrice, ...]:
    """The prices in force that state input and output."""
    return tuple(one for one in in_force(facts.prices, today) if one.input is not None and one.output is not None)


def _best(listed: tuple[ListedPrice, ...]) -> ListedPrice:
    return max(listed, key=lambda one: (len(one.origins), max(origin.day for origin in one.origins)))


def _factor(price: Price, listed: ListedPrice) -> float:
    return max(_ratio(price.input, listed.input), _ratio(price.output, listed.output))


def _ratio(first: float | None, second: float | None) -> float:
    low, high = sorted((first or 0.0, second or 0.0))
    if low == high:
        return 1.0
    return high / low if low > 0 else math.inf
