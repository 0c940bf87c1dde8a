"""Prices of models in USD per million tokens, and the cost of a call. Unknown is None, never zero."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field
from typing import Final

from core.entities import ModelSpec
from core.formatting import usd
from core.records import dataclass

_MILLION = 1_000_000
CACHED: Final = "input_cached"
"""The price category of input tokens from the cache of a provider."""


@dataclass(frozen=True, slots=True)
class Price:
    """The prices of a model in USD per million tokens; None is unknown. `other_costs`: prices of other token kinds."""

    input: float | None = None
    output: float | None = None
    other_costs: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether input and output prices are known."""
        return self.input is not None and self.output is not None

    def cost(self, tokens_in: int, tokens_out: int, tokens_cached: int = 0) -> float | None:
        """The cost of a call in USD; None if a required price is unknown. `tokens_cached`: of the input tokens."""
        total = 0.0
        cached = min(tokens_cached, tokens_in)
        for count, price in (
            (tokens_in - cached, self.input),
            (cached, self.other_costs.get(CACHED)),
            (tokens_out, self.output),
        ):
            if count and price is None:
                return None
            total += count * (price or 0.0)
        return total / _MILLION

    @property
    def text(self) -> str:
        """`$3 in / $15 out per M`, or `price unknown`."""
        if self.input is None and self.output is None:
            return "price unknown"
        return f"{usd(self.input)} in / {usd(self.output)} out per M"


UNKNOWN = Price()


def price_of(spec: ModelSpec) -> Price:
    """The price of a model; a negative or non-finite amount counts as unknown."""
    costs = {key: amount for key, amount in spec.costs.items() if math.isfinite(amount) and amount >= 0}
    input_price, output_price = costs.pop("input", None), costs.pop("output", None)
    return Price(input_price, output_price, costs)
