"""Prices in lists: decimal points below each other in every column and at every width."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.trees import Files, extended, g3_1, llm, write_tree
from tests.tui.app_driver import open_app, request_for

COSTS = {"tiny": (0.0375, 0.15), "small": (0.075, 0.3), "large": (150, 600), "odd": (1.365, 12.5)}


def priced() -> Files:
    """A tree whose models have prices of different lengths."""
    files = g3_1()
    name = next(name for name in files if name.startswith("backends/"))
    for model, (cost_in, cost_out) in COSTS.items():
        costs = f"costs = {{ input = {cost_in}, output = {cost_out} }}"
        text = re.sub(r"costs = .*", costs, llm(model))
        files = extended(files, name, text)
    return files


def points(lines: list[str], column: int) -> set[int]:
    """Where the points of a column of prices are; of a whole number, where one would be."""
    found = set()
    for line in lines:
        numbers = list(re.finditer(r"(?<=\s)[~<]?[\d]*\.?\d+(?=\s|$)", line))
        number = numbers[column]
        start, text = number.start(), number.group()
        found.add(start + text.index(".") if "." in text else number.end())
    return found


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 40)])
async def test_decimal_points_are_below_each_other(size: tuple[int, int], tmp_path: Path) -> None:
    write_tree(tmp_path, priced())
    async with open_app(request_for(tmp_path, tmp_path), size) as app:
        await app.press("2")
        for keys in ((), ("z",)):
            await app.press(*keys)
            rows = [line.partition("│")[0] for line in app.lines if re.match(r"[> ] . (tiny|small|large|odd) ", line)]
            assert len(rows) == len(COSTS)
            narrow = size[0] == 80 and not keys
            # In a narrow list a whole price of three digits takes the room of the point.
            pointed = [row for row in rows if not (narrow and " large " in row)]
            assert len(points(pointed, 0)) == len(points(pointed, 1)) == 1, rows
            if narrow:
                assert max(points(rows, 0)) - min(points(rows, 0)) <= 1, rows


async def test_rounded_prices_say_so(tmp_path: Path) -> None:
    write_tree(tmp_path, priced())
    async with open_app(request_for(tmp_path, tmp_path)) as app:
        await app.press("2")
        assert re.search(r"small +~\.07 +0\.30\b", app.left)
        await app.press("z")
        assert re.search(r"small +0\.075 +0\.30\b", app.text)
