"""The catalogue: filters, order, cost of calls, and the same model on other backends."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api import Report, inspect_tree
from core.catalogue import (
    COLUMNS,
    Filter,
    Key,
    Offer,
    Row,
    catalogue,
    compare_offers,
    elsewhere,
    offers,
    offers_of,
    plain_model,
    sort_rows,
)
from core.formatting import change, usd
from core.prices import Price, price_of
from tests.support.stock import StockFactory
from tests.support.trees import KEYS, Files, extended, g3_1, inspect, llm, minimal

MORE = (
    llm("gpt-eyes", 'x = 1\ninputs = ["text", "images"]\n').replace('inputs = ["text"]\n', "").replace("x = 1\n", "")
    + llm("gpt-free").replace("3.0", "0").replace("15.0", "0")
    + llm("gpt-priceless").replace("costs = { input = 3.0, output = 15.0 }\n", "")
    + llm("gpt-half").replace(", output = 15.0", "")
    + llm("claude-4-sonnet")
)


def shop() -> Files:
    return extended(g3_1(), "backends/openai.toml", MORE)


def names(rows: tuple[Row, ...]) -> list[str]:
    return [row.handle for row in rows]


def offer_of(report: Report, backend: str, handle: str) -> Offer:
    (match,) = [offer for offer in offers(report) if (offer.backend, offer.handle) == (backend, handle)]
    return match


def test_a_row_for_each_handle_led_by_the_offer_that_is_used(tmp_path: Path) -> None:
    rows = {row.handle: row for row in catalogue(inspect(tmp_path, shop()))}
    claude = rows["claude-4-sonnet"]
    assert [(offer.backend, offer.serves, offer.status) for offer in claude.offers] == [
        ("anthropic", True, "callable"),
        ("openai", False, "on"),
    ]
    assert (claude.status.value, claude.node.kind, claude.node.family) == ("callable", "model", "llm")
    assert rows["reader"].node.family == "extract"


@pytest.mark.parametrize(
    ("expected", "left"),
    [
        (Filter(vision=True), ["gpt-eyes"]),
        (Filter(model_type="search"), ["finder"]),
        (Filter(backend="anthropic"), ["claude-4-sonnet"]),
        (Filter(text="claude ANTHROPIC"), ["claude-4-sonnet"]),
        (Filter(text="claude", served=True, structured=True), ["claude-4-sonnet"]),
        (Filter(text="nobody"), []),
    ],
)
def test_filters(expected: Filter, left: list[str], tmp_path: Path) -> None:
    assert names(catalogue(inspect(tmp_path, shop()), expected)) == left


def test_only_backends_whose_variables_are_set_have_a_key(tmp_path: Path) -> None:
    environ = {"OPENAI_API_KEY": "", "ANTHROPIC_API_KEY": "placeholder-x"}
    report = inspect(tmp_path, shop(), environ=environ)
    keys = {offer.backend: offer.key for offer in offers(report)}
    assert keys == {"openai": Key.EMPTY, "anthropic": Key.PLACEHOLDER}
    assert catalogue(report, Filter(key=True)) == ()
    report = inspect(tmp_path, environ={"ANTHROPIC_API_KEY": "x"})
    assert names(catalogue(report, Filter(key=True))) == ["claude-4-sonnet"]


def test_one_of_several_variables_is_enough(tmp_path: Path) -> None:
    files = shop()
    files["backends.toml"] = files["backends.toml"].replace("${OPENAI_API_KEY}", "${env:NOBODY|env:SOMEBODY}")
    report = inspect(tmp_path, files, environ={"SOMEBODY": "x"})
    assert {offer.backend: offer.key for offer in offers(report)} == {"openai": Key.SET, "anthropic": Key.MISSING}
    assert "openai" in report.resolver.ready


def test_unknown_prices_sort_last_in_both_orders(tmp_path: Path) -> None:
    rows = catalogue(inspect(tmp_path, shop()), Filter(model_type="llm", backend="openai"))
    cheap = names(sort_rows(rows, "price"))
    assert (cheap[0], set(cheap[-2:])) == ("gpt-free", {"gpt-priceless", "gpt-half"})
    dear = names(sort_rows(rows, "price", reverse=True))
    assert (dear[-3], set(dear[-2:])) == ("gpt-free", {"gpt-priceless", "gpt-half"})
    # Only what goes in is asked about, so that the price of what comes out is not missed.
    only_in = names(sort_rows(rows, "price", tokens=(1000, 0)))
    assert (only_in[0], only_in[-1]) == ("gpt-free", "gpt-priceless")


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_sorts_and_loses_nothing(column: str, tmp_path: Path) -> None:
    rows = catalogue(inspect(tmp_path, shop()))
    for reverse in (False, True):
        assert sorted(names(sort_rows(rows, column, reverse=reverse))) == sorted(names(rows))


def test_the_cost_of_a_call() -> None:
    price = Price(3.0, 15.0)
    assert price.cost(2000, 500) == pytest.approx(0.0135)
    assert price.cost(0, 0) == 0
    assert Price(3.0, None).cost(2000, 500) is None
    assert Price(3.0, None).cost(2000, 0) == pytest.approx(0.006)
    assert Price().cost(1, 0) is None


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 1e4), st.floats(0, 1e4))
def test_a_cost_is_the_sum_of_its_parts(tokens_in: int, tokens_out: int, inward: float, outward: float) -> None:
    price = Price(inward, outward)
    both, one, other = price.cost(tokens_in, tokens_out), price.cost(tokens_in, 0), price.cost(0, tokens_out)
    assert both is not None
    assert one is not None
    assert other is not None
    assert both == pytest.approx(one + other)


def test_invalid_prices_count_as_unknown(tmp_path: Path) -> None:
    files = extended(g3_1(), "backends/openai.toml", llm("odd").replace("3.0", "nan").replace("15.0", "-1"))
    report = inspect(tmp_path, files)
    assert price_of(offer_of(report, "openai", "odd").spec) == Price(None, None)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (None, "?"),
        (0.0, "$0"),
        (3.0, "$3"),
        (0.25, "$0.25"),
        (2.5, "$2.50"),
        (0.0135, "$0.0135"),
        (0.000042, "$0.000042"),
        (1234.5, "$1,234"),
        (150.75, "$150.75"),
    ],
)
def test_formatted_prices(amount: float | None, shown: str) -> None:
    assert usd(amount) == shown


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (1.0, 2.0, "+100%"),
        (2.0, 1.0, "-50%"),
        (1.0, 50.0, "x50"),
        (0.0, 1.0, "was free"),
        (1.0, 1.0, "same"),
        (None, 1.0, "?"),
    ],
)
def test_formatted_price_differences(before: float | None, after: float | None, shown: str) -> None:
    assert change(before, after) == shown


@pytest.mark.parametrize(
    ("model_id", "plain"),
    [
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("blackboxai/anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("deepseek/deepseek-v3", "deepseek-v3"),
        ("deepseek/deepseek-r1:free", "deepseek-r1"),
        ("qwen3:4b", "qwen3:4b"),
        ("", ""),
    ],
)
def test_model_id_without_provider_affixes(model_id: str, plain: str) -> None:
    assert plain_model(model_id) == plain


def test_the_same_model_elsewhere_by_handle_and_by_id(tmp_path: Path) -> None:
    files = extended(
        shop(), "backends/openai.toml", llm("sonnet-by-openai").replace("sonnet-by-openai-id", "x/claude-4-sonnet-id")
    )
    report = inspect(tmp_path, files)
    others_ = elsewhere(report, offer_of(report, "anthropic", "claude-4-sonnet"))
    assert [(offer.backend, offer.handle) for offer in others_] == [
        ("openai", "claude-4-sonnet"),
        ("openai", "sonnet-by-openai"),
    ]
    assert [offer.backend for offer in offers_of(report, "claude-4-sonnet")] == ["anthropic", "openai"]


def test_models_side_by_side(tmp_path: Path) -> None:
    report = inspect(tmp_path, shop())
    sides = [offer_of(report, "openai", name) for name in ("gpt-4o-mini", "gpt-free", "gpt-priceless")]
    rows = {row.name: row for row in compare_offers(report, sides, (1000, 1000))}
    assert (rows["$ in per M"].values, rows["$ in per M"].best) == (("$3", "$0", "?"), 1)
    assert (rows["max tokens"].differs, rows["max tokens"].best) == (False, None)
    assert rows["call of 1000 in, 1000 out"].values == ("$0.018", "$0", "?")
    assert compare_offers(report, sides[:1])[0].differs is False


@pytest.mark.parametrize("release", ["0.10.2", "0.17.6", "0.43.1", "0.92.2"])
def test_every_declared_model_is_in_the_catalogue(release: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal(release), release=release)
    rows = catalogue(report)
    assert sum(len(row.offers) for row in rows) == len(report.catalog.specs)
    assert {row.lead.status for row in rows} == {"callable"}


def test_cheapest_vision_model_with_a_key(stock: StockFactory) -> None:
    environ = {"HOME": "/nonexistent", "ANTHROPIC_API_KEY": "x"}
    report = inspect_tree(str(stock("0.92.2").root), environ=environ)
    rows = sort_rows(catalogue(report, Filter(vision=True, key=True)), "price")
    assert rows
    lead = rows[0].lead
    assert lead.backend == "anthropic"
    vision = [item for item in offers(report) if item.vision and item.backend == "anthropic" and item.price.is_known]
    assert lead.cost(10**6, 10**6) == min(offer.cost(10**6, 10**6) or math.inf for offer in vision)


def test_keys_of_a_test_are_what_the_environment_says(tmp_path: Path) -> None:
    assert {offer.key for offer in offers(inspect(tmp_path, shop()))} == {Key.SET}
    assert set(KEYS) == {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"}


def test_temperatures_side_by_side(tmp_path: Path) -> None:
    files = g3_1()
    for name, constraint in (
        ("fixed", "valued_constraints = { fixed_temperature = 1 }"),
        ("stubborn", 'listed_constraints = ["temperature_unsupported"]'),
    ):
        files = extended(files, "backends/openai.toml", f"{llm(name)}{constraint}\n")
    report = inspect(tmp_path, files)
    sides = [offer_of(report, "openai", name) for name in ("gpt-4o-mini", "fixed", "stubborn", "painter")]
    (row,) = [row for row in compare_offers(report, sides, (1000, 1000)) if row.name == "temperature"]
    assert row.values[:3] == ("as asked", "always 1", "none accepted")
    assert row.values[3] not in row.values[:3]
