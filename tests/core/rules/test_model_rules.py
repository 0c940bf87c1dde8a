"""Rules about models: prices, keys without effect, capabilities, unread files."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.problems import Check, Severity
from tests.support.trees import codes, extended, g1, g3_1, inspect, llm, only, place

OPENAI = "backends/openai.toml"
COSTS = "costs = { input = 3.0, output = 15.0 }"


def reported(costs: str, tmp_path: Path, release: str = "0.10.2") -> list[str]:
    """The codes reported of a model with these costs."""
    files = extended(g1() if release == "0.10.2" else g3_1(), OPENAI, llm("odd").replace(COSTS, costs))
    return codes(inspect(tmp_path, files, release=release))


@pytest.mark.parametrize("costs", ["{ input = 0.00015 }", "{ input = 0.0001, output = 0.15 }"])
def test_a_price_per_thousand_is_reported(costs: str, tmp_path: Path) -> None:
    assert reported(f"costs = {costs}", tmp_path) == ["price-per-thousand"]


@pytest.mark.parametrize("costs", ["{}", "{ input = 0 }", "{ input = 0.002 }", "{ input = 0.0, output = 0.0 }"])
def test_a_low_price_alone_is_not_reported(costs: str, tmp_path: Path) -> None:
    assert reported(f"costs = {costs}", tmp_path) == []


def test_a_high_price_in_a_file_of_prices_per_thousand_is_not_reported(tmp_path: Path) -> None:
    files = extended(g1(), OPENAI, llm("odd").replace(COSTS, "costs = { input = 0.0001 }"))
    assert only(inspect(tmp_path, files), "price-per-thousand").subject == "odd"


def test_a_negative_price_loads_up_to_0_17_and_is_reported(tmp_path: Path) -> None:
    files = extended(g1(), OPENAI, llm("odd").replace(COSTS, "costs = { input = -1 }"))
    problem = only(inspect(tmp_path, files), "price-negative")
    assert (problem.severity, problem.check) == (Severity.WARNING, Check.MODELS)
    assert place(problem) is not None


@pytest.mark.parametrize("price", ["nan", "inf", "1e999"])
def test_a_price_that_is_not_finite_is_reported(price: str, tmp_path: Path) -> None:
    assert reported(f"costs.input = {price}", tmp_path) == ["price-not-finite"]
    assert "spec-invalid" in reported(f"costs = {{ input = {price} }}", tmp_path / "new", "0.92.2")


@pytest.mark.parametrize("bits", [14_000, 20_000, 400_000])
def test_huge_numbers_do_not_raise(bits: int, tmp_path: Path) -> None:
    number = hex(1 << bits)
    text = f"\n[odd]\nmax_tokens = {number}\ncosts = {{ input = {number} }}\n"
    report = inspect(tmp_path, extended(g3_1(), OPENAI, text))
    assert not report.boots
    assert report.verdict


def test_enabled_false_on_a_model_is_reported(tmp_path: Path) -> None:
    report = inspect(tmp_path, extended(g3_1(), OPENAI, llm("odd", "enabled = false\n")))
    problem = only(report, "model-enabled-ignored")
    assert place(problem) == (OPENAI, 34, "odd.enabled")


def test_enabled_true_on_a_model_is_not_reported(tmp_path: Path) -> None:
    assert codes(inspect(tmp_path, extended(g3_1(), OPENAI, llm("odd", "enabled = true\n")))) == []


def test_structured_among_the_inputs_is_reported(tmp_path: Path) -> None:
    text = llm("odd").replace('inputs = ["text"]', 'inputs = ["text", "structured"]')
    assert codes(inspect(tmp_path, extended(g3_1(), OPENAI, text))) == ["capability-misplaced"]


def test_structured_among_the_outputs_is_not_reported(tmp_path: Path) -> None:
    assert codes(inspect(tmp_path, extended(g3_1(), OPENAI, llm("odd")))) == []


def test_a_file_without_a_backend_is_reported(tmp_path: Path) -> None:
    report = inspect(tmp_path, {**g3_1(), "backends/spare.toml": llm("odd")})
    problem = only(report, "backend-file-orphan")
    assert problem.fix == "add [spare] to backends.toml, or remove the file"
    assert place(problem) == ("backends/spare.toml", 1, "")


def test_an_override_of_a_backend_file_is_reported_as_never_read(tmp_path: Path) -> None:
    report = inspect(tmp_path, {**g3_1(), "backends/openai_override.toml": ""})
    assert only(report, "backend-file-orphan").fix == "backend files have no override files; edit the file itself"


def test_the_file_of_a_backend_that_is_off_is_not_reported(tmp_path: Path) -> None:
    files = extended(g3_1(), "backends.toml", "\n[spare]\nenabled = false\n") | {"backends/spare.toml": llm("odd")}
    assert codes(inspect(tmp_path, files)) == []
