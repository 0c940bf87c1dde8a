"""The shipped index on stock trees: facts, counts, context windows, choices, and the rows of independent lists."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from core.api import inspect_tree
from core.edits.intent import EditRefused
from core.edits.repoint_edits import proposed
from core.entities import ModelSpec
from core.files.view import Snapshot
from core.lives.clock import VARIABLE
from core.lives.lives import LifeState, Lives, read_knowledge
from tests.support.stock import StockFactory, stock_tree_or_skip

TODAY = "2026-12-01"
ROWS = Path(__file__).resolve().parents[3].parent / "shared" / "data"
"""Lists made of the packages by other programs, beside the checkout."""


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the index that is shipped."""
    monkeypatch.setenv(VARIABLE, TODAY)


FACTS = """
anthropic claude-3-haiku          2026-04-20
xai       grok-3                  -
minimax   minimax-m2              deprecated
mistral   magistral-medium-2509   deprecated
google    nano-banana-2           2026-06-25
portkey   gemini-2.5-flash-lite   2026-10-20
bedrock   claude-4-sonnet         2026-10-14
openai    gpt-4o                  2027-01-14
azure_openai gpt-5.3-codex        2027-08-24
vertexai  gemini-2.5-pro          2026-10-20
mistral   pixtral-12b             deprecated
"""
WRONG = """
bedrock   bedrock-meta-llama-3-3-70b-instruct 20.83
anthropic claude-4-opus                       5
portkey   claude-4.1-opus                     5
openrouter mistralai/mistral-nemo             7.5
bedrock   deepseek-v3.1                       inf
groq      groq/compound                       inf
openrouter meta-llama/llama-3.2-3b-instruct   16.75
"""
FREE_FORM = {"blackboxai", "fal", "linkup", "huggingface", "ollama", "internal"}
"""Backends whose models no source lists."""
COUNTS = {"0.14.3": (33, 8), "0.43.1": (60, 22), "0.92.2": (39, 21)}
"""By release: the models that have ended, and the prices off by 5 or more."""


def shipped(release: str) -> Lives:
    report = inspect_tree(str(stock_tree_or_skip(release)), release=release, environ={})
    knowledge, notes = read_knowledge({"HOME": "/nonexistent"})
    assert knowledge is not None
    assert notes == ()
    lives = report.with_knowledge(knowledge).lives
    assert lives is not None
    return lives


@pytest.mark.stock
def test_facts_about_the_stock_tree() -> None:
    lives = shipped("0.92.2")
    specs = {(spec.backend, spec.handle): spec for spec in lives.catalog.specs}
    for line in FACTS.split("\n")[1:-1]:
        backend, handle, day = line.split()
        end = lives.end(specs[backend, handle])
        assert end is not None, line
        assert (end.day or ("-" if end.state is LifeState.ENDED else end.state.value)) == day, line
    for line in WRONG.split("\n")[1:-1]:
        backend, handle, factor = line.split()
        check = lives.price_check(specs[backend, handle])
        assert check is not None, line
        assert check.factor == pytest.approx(float(factor), rel=0.01), line
    listed = [lives.facts(spec) is not None for spec in lives.catalog.specs if spec.backend not in FREE_FORM]
    assert sum(listed) / len(listed) >= 0.85


@pytest.mark.stock
@pytest.mark.parametrize("release", COUNTS)
def test_counts_of_stock_trees(release: str) -> None:
    lives = shipped(release)
    ended = sum(lives.state(spec) is LifeState.ENDED for spec in lives.catalog.specs)
    wrong = sum(check.factor >= 5 for check in lives.price_checks())
    assert (ended, wrong) == COUNTS[release]


@pytest.mark.stock
def test_context_windows_of_the_stock_tree() -> None:
    lives = shipped("0.92.2")
    windows = {
        (spec.backend, spec.handle): lives.context(spec) for spec in lives.catalog.specs if spec.model_type == "llm"
    }
    contexts = {key: window and window[:2] for key, window in windows.items()}
    assert contexts["anthropic", "claude-5-opus"] == (1_000_000, "litellm of 2026-11-20")
    assert contexts["anthropic", "claude-4.5-sonnet"] == (200_000, "litellm of 2026-11-20")
    assert contexts["mistral", "mistral-large"] == (262_144, "litellm of 2026-11-20")
    assert contexts["mistral", "mistral-codestral-2405"] == (262_144, "the file")
    by_file = {backend for (backend, _), found in contexts.items() if found is not None and found[1] == "the file"}
    assert by_file == {"mistral", "openrouter"}
    # Anthropic's files state the output limit: no context is that of the file.
    specs = [spec for spec in lives.catalog.specs if spec.backend == "anthropic"]
    assert all((lives.context(spec) or (0, ""))[0] > (spec.max_tokens or 0) for spec in specs)


@pytest.mark.stock
@pytest.mark.parametrize(("release", "least"), [("0.92.2", 100), ("0.43.1", 100), ("0.14.3", 30)])
def test_use_proposes_no_ended_model_while_a_living_one_of_the_kind_is_served(
    release: str, least: int, stock: StockFactory
) -> None:
    report = inspect_tree(str(stock(release).tree), release=release, environ={}, assume_keys=True)
    report = report.with_knowledge(read_knowledge({"HOME": "/nonexistent"})[0])
    lives = report.lives
    assert lives is not None
    proposals = 0
    for backend in report.catalog.backends:
        found = proposed(report, Snapshot(), backend)
        for item in found if not isinstance(found, EditRefused) else ():
            if item.best is not None and lives.rank(item.best.spec) == 2:
                living = [one for one in item.candidates if one.fits and lives.rank(one.spec) < 2]
                assert not living, (backend, item.node)
                assert item.best.warnings[0] == lives.text(item.best.spec)
            proposals += item.best is not None
    assert proposals > least


def rows(name: str) -> Iterator[tuple[Mapping[str, str], Lives, ModelSpec]]:
    """The rows of a list about the stock tree of 0.92.2, each with its model."""
    path = ROWS / name
    if not path.is_file():
        pytest.skip("no lists beside the checkout")
    lives = shipped("0.92.2")
    specs = {(spec.backend, spec.handle): spec for spec in lives.catalog.specs}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t"):
        yield row, lives, specs[row["backend"], row["handle"]]


@pytest.mark.stock
def test_every_wrong_price_of_an_independent_list_is_found() -> None:
    count = 0
    for row, lives, spec in rows("price-disagreements.tsv"):
        if float(row["factor"]) >= 5:
            check = lives.price_check(spec)
            assert check is not None, row
            assert check.factor >= 5, row
            count += 1
    assert count == 21


@pytest.mark.stock
def test_every_end_of_an_independent_list_is_found() -> None:
    count = 0
    for row, lives, spec in rows("model-lives.tsv"):
        end = lives.end(spec)
        assert end is not None, row
        assert not row["date"] or end.day == row["date"], row
        assert "removed" not in row.values() or end.state is LifeState.ENDED, row
        count += 1
    assert count == 91
