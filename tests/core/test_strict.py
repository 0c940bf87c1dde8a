"""The strict interface: errors with the names that Pipelex users know, raised only here."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import Report
from core.errors import NoTreeError, PipedeckError
from core.strict import (
    LLMHandleNotFoundError,
    LLMPresetNotFoundError,
    ModelDeckNotFoundError,
    ModelsManagerError,
    load,
    require,
)
from tests.support.trees import DECK, KEYS, NOWHERE, g2, g3_1, with_preset, without, write_tree

ENVIRON = {**KEYS, "HOME": NOWHERE}


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """A tree that loads, with one dead preset."""
    return load(str(write_tree(tmp_path, with_preset(g3_1(), "odd", "nobody"))), environ=ENVIRON)


@pytest.mark.parametrize(
    "reference", ["$writing", "writing", "@best-claude", "claude-4-sonnet", "llm/default/for_object"]
)
def test_a_reference_gives_the_model_it_ends_at(reference: str, report: Report) -> None:
    assert require(report, reference).model_id == "claude-4-sonnet-id"


@pytest.mark.parametrize("reference", ["nobody", "@nobody", "$odd", "odd"])
def test_unserved_reference_raises(reference: str, report: Report) -> None:
    with pytest.raises(LLMHandleNotFoundError, match="nobody"):
        require(report, reference)


def test_a_preset_that_does_not_exist_raises(report: Report) -> None:
    with pytest.raises(LLMPresetNotFoundError, match="there is no preset `nope`"):
        require(report, "$nope")


def test_no_deck_raises(tmp_path: Path) -> None:
    with pytest.raises(ModelDeckNotFoundError):
        load(str(write_tree(tmp_path, without(g2(), DECK))), release="0.14.3", environ=ENVIRON)


def test_other_load_errors_raise_with_their_location(tmp_path: Path) -> None:
    project = write_tree(tmp_path, g3_1())
    with pytest.raises(ModelsManagerError, match=r"backends\.toml:4: backend `openai`: variable `OPENAI_API_KEY`"):
        load(str(project), environ={"HOME": NOWHERE})


def test_no_tree_raises(tmp_path: Path) -> None:
    with pytest.raises(NoTreeError):
        load(str(tmp_path), environ=ENVIRON)


def test_all_are_errors_of_pipedeck() -> None:
    for error in (ModelDeckNotFoundError, LLMHandleNotFoundError, LLMPresetNotFoundError):
        assert issubclass(error, ModelsManagerError)
        assert issubclass(error, PipedeckError)
