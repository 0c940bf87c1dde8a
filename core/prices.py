"""Prices: USD per million tokens as the files have them, what a call costs, and both in words. Unknown is not zero."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field

from core.entities import ModelSpec
from core.records import dataclass

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """What a model's tokens cost, in USD per million; None is unknown. `others` are prices of other kinds of tokens."""

    input: float | None = None
    output: float | None = None
    others: Mapping[str, float] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether both are known."""
        return self.input is not None and self.output is not None

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """What a call costs in USD; None when a price that it needs is unknown."""
        total = 0.0
        for count, price in ((tokens_in, self.input), (tokens_out, self.output)):
            if count and price is None:
                return None
            total += count * (price or 0.0)
        return total / _MILLION

    @property
    def words(self) -> str:
        """`$3 in / $15 out per M`, or that it is unknown."""
        if self.input is None and self.output is None:
            return "price unknown"
        return f"{dollars(self.input)} in / {dollars(self.output)} out per M"


UNKNOWN = Price()


def price_of(spec: ModelSpec) -> Price:
    """The price of a model. What is negative or no finite number is no price: it counts as unknown."""
    costs = {key: amount for key, amount in spec.costs.items() if math.isfinite(amount) and amount >= 0}
    input_price, output_price = costs.pop("input", None), costs.pop("output", None)
    return Price(input_price, output_price, costs)


def dollars(amount: float | None) -> str:
    """An amount in USD: `$3`, `$0.25`, `$0.000042`; `?` when it is unknown."""
    if amount is None:
        return "?"
    sign = "-" if amount < 0 else ""
    size = abs(amount)
    if size >= 1000:
        return f"{sign}${size:,.0f}"
    if size >= 100 or size == round(size):
        return f"{sign}${size:.0f}" if size == round(size) else f"{sign}${size:.2f}"
    if size >= 0.01 and round(size, 2) == size:
        return f"{sign}${size:.2f}"
    return f"{sign}${size:.3g}" if size >= 0.0001 else f"{sign}${size:.2e}"


def difference(before: float | None, after: float | None) -> str:
    """How one amount differs from another: `-40%`, `+25%`, `x12`, `same`; `?` when one is unknown."""
    if before is None or after is None:
        return "?"
    if before == after:
        return "same"
    if before == 0:
        return "was free"
    ratio = after / before
    if ratio >= 10:
        return f"x{ratio:.0f}"
    return f"{(ratio - 1) * 100:+.0f}%"
