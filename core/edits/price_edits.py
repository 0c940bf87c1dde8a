"""Edits that take over the prices that published data states."""

from __future__ import annotations

from collections.abc import Iterable

from core.edits.intent import Intent
from core.edits.model_edits import SetPrice
from core.lives.price_check import PriceCheck


def take_prices(checks: Iterable[PriceCheck]) -> tuple[Intent, ...]:
    """The edits that give models the input and output price that most sources state."""
    return tuple(
        SetPrice(
            check.spec.backend,
            check.spec.handle,
            (("input", check.best.input), ("output", check.best.output)),
            check.spec.model_type,
        )
        for check in checks
    )
