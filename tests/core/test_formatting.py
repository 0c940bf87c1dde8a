"""Numbers for people: amounts, counts, changes, ages. Each row is a value and the text that stands for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.formatting import (
    UNKNOWN,
    age,
    aligned_usd,
    bar,
    block,
    change,
    counted,
    duration,
    enumerated,
    plural_of,
    point_aligned,
    price,
    price_factor,
    tokens,
    usd,
    usd_change,
    usd_range,
    usd_sum,
)

ROWS: list[tuple[Callable[..., str], tuple[object, ...], str]] = [
    (counted, (1, "cause"), "1 cause"),
    (counted, (1200, "alias"), "1,200 aliases"),
    (counted, (1, "name dies", "names die"), "1 name dies"),
    (counted, (2, "name dies", "names die"), "2 names die"),
    (plural_of, ("entry",), "entries"),
    (plural_of, ("key",), "keys"),
    (enumerated, (["a"],), "a"),
    (enumerated, (["a", "b"],), "a and b"),
    (enumerated, (["a", "b", "c"],), "a, b and c"),
    (usd, (None,), UNKNOWN),
    (usd, (3,), "$3"),
    (usd, (0.25,), "$0.25"),
    (usd, (-0.25,), "-$0.25"),
    (usd, (123.456,), "$123.46"),
    (usd, (12345.6,), "$12,346"),
    (usd, (0.0123,), "$0.0123"),
    (usd, (0.000042,), "$0.000042"),
    (usd, (0.0000001,), "<$0.000001"),
    (usd_sum, (3.1049,), "$3.10"),
    (usd_sum, (0.01294,), "$0.0129"),
    (usd_range, (0.7, 0.95), "$0.70 to 0.95"),
    (usd_range, (0.7, 0.7001), "$0.70"),
    (usd_change, (0.4,), "+$0.40"),
    (usd_change, (-1.5,), "-$1.50"),
    (aligned_usd, (None,), UNKNOWN),
    (aligned_usd, (3,), "3       "),
    (aligned_usd, (0.25,), "0.25    "),
    (aligned_usd, (120.4,), "120"),
    (aligned_usd, (0.0000001,), "<0.000001"),
    (tokens, (None,), UNKNOWN),
    (tokens, (800,), "800"),
    (tokens, (64_000,), "64k"),
    (tokens, (1_050_000,), "1.05M"),
    (change, (None, 1), UNKNOWN),
    (change, (1, None), UNKNOWN),
    (change, (2, 2), "same"),
    (change, (0, 2), "was free"),
    (change, (10, 6), "-40%"),
    (change, (4, 5), "+25%"),
    (change, (1, 12), "x12"),
    (price_factor, (None,), ""),
    (price_factor, (float("inf"),), "free"),
    (price_factor, (1.25,), "x1.25"),
    (price_factor, (5000,), "x5e+03"),
    (duration, (0.4321,), "0.43 s"),
    (age, (59,), "just now"),
    (age, (720,), "12 min ago"),
    (age, (3 * 3600 + 60,), "3 h ago"),
    (age, (86_400,), "1 day ago"),
    (age, (12 * 86_400,), "12 days ago"),
    (block, (0,), "▁"),
    (block, (1,), "█"),
    (bar, (0, 10), ""),
    (bar, (0.001, 10), "█"),
    (bar, (0.5, 10), "█████"),
]


@pytest.mark.parametrize(
    ("format_", "arguments", "text"), ROWS, ids=[f"{row[0].__name__}-{number}" for number, row in enumerate(ROWS)]
)
def test_a_value_has_its_text(format_: Callable[..., str], arguments: tuple[object, ...], text: str) -> None:
    assert format_(*arguments) == text


@pytest.mark.parametrize("amount", [0.0, 1.0, 0.5, 0.125, 0.000001, 99.999999, 12.34])
def test_decimal_points_of_aligned_amounts_stand_below_each_other(amount: float) -> None:
    text = aligned_usd(amount).rjust(9)
    assert len(text) == 9
    assert text.find(".") in (-1, 2)
    assert float(text) == amount


@pytest.mark.parametrize(
    ("amount", "whole", "cents"),
    [
        (3, "3.00", "3.00"),
        (0.075, "0.075", "~.07"),
        (0.0375, "0.0375", "~.04"),
        (1.365, "1.365", "~1.36"),
        (0.0003, "0.0003", "<.01"),
        (0.00001, "<0.0001", "<.01"),
        (600, "600", "600"),
        (0, "0.00", "0.00"),
        (None, "?", "?"),
    ],
)
def test_price_of_a_column(amount: float | None, whole: str, cents: str) -> None:
    assert (price(amount), price(amount, cents=True)) == (whole, cents)


def test_points_stand_below_each_other() -> None:
    assert point_aligned(["3.00", "0.0375", "600", "?", ""]) == ["3.00  ", "0.0375", "600     ", "?     ", ""]


def test_a_price_above_a_dollar_keeps_its_decimals() -> None:
    assert [usd(amount) for amount in (1.496, 2.5, 3, 0.0123456)] == ["$1.496", "$2.50", "$3", "$0.0123"]
