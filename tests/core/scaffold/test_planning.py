"""What is planned: which providers suggest themselves, what is refused, and what the files hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.files.tree_reader import read_environment
from core.releases import NEWEST_RELEASE
from core.scaffold import Offer, ScaffoldError, list_offers, new_location, preselect
from core.toml.toml_reader import read_toml
from tests.core.scaffold.planned import RELEASES, behaviours, plan

SECRET = "sk-not-to-be-shown"


def offered(tmp_path: Path, release: str = NEWEST_RELEASE, **environ: str) -> tuple[Offer, ...]:
    """The offers in a project of the test with some variables set."""
    variables = {"HOME": str(tmp_path / "home"), **environ}
    place = new_location(str(tmp_path), cwd=str(tmp_path), environ=variables)
    wanted = behaviours(release)
    return list_offers(wanted.release, read_environment(place, wanted, variables))


def test_providers_whose_keys_are_set_suggest_themselves(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"MISTRAL_API_KEY={SECRET}\nGROQ_API_KEY=\n")
    found = offered(tmp_path, ANTHROPIC_API_KEY=SECRET)
    assert preselect(found) == ("anthropic", "mistral")
    sources = {offer.name: offer.variables[0].source for offer in found if offer.ready and offer.variables}
    assert sources == {"anthropic": "shell", "mistral": "./.env"}
    assert SECRET not in repr(found)


def test_a_key_that_is_empty_or_a_placeholder_suggests_nothing(tmp_path: Path) -> None:
    found = offered(tmp_path, OPENAI_API_KEY="", ANTHROPIC_API_KEY="placeholder-for-later")
    assert preselect(found) == ("ollama",)


def test_ollama_is_suggested_when_no_language_model_has_a_key(tmp_path: Path) -> None:
    assert preselect(offered(tmp_path)) == ("ollama",)
    assert preselect(offered(tmp_path, FAL_API_KEY=SECRET)) == ("fal", "ollama")


def test_every_variable_of_a_provider_is_needed(tmp_path: Path) -> None:
    some = {"AZURE_API_BASE": "https://x", "AZURE_API_KEY": SECRET}
    assert preselect(offered(tmp_path, **some)) == ("ollama",)
    assert preselect(offered(tmp_path, **some, AZURE_API_VERSION="2025")) == ("azure_openai",)


def test_a_region_alone_does_not_suggest_bedrock(tmp_path: Path) -> None:
    assert preselect(offered(tmp_path, AWS_REGION="us-east-1")) == ("ollama",)
    assert preselect(offered(tmp_path, AWS_REGION="us-east-1", AWS_PROFILE="work")) == ("bedrock",)


def test_only_what_a_release_knows_is_offered(tmp_path: Path) -> None:
    names = [offer.name for offer in offered(tmp_path, "0.10.2")]
    assert "anthropic" in names
    assert {"google", "fal", "linkup", "internal"}.isdisjoint(names)


@pytest.mark.parametrize(
    ("release", "names", "message"),
    [
        ("0.92.2", ["opnai"], "unknown provider `opnai`: did you mean `openai`"),
        ("0.92.2", ["zz"], "unknown provider `zz`: write one of anthropic, openai"),
        ("0.10.2", ["openai", "linkup"], "`linkup` needs Pipelex 0.19.0 or later, and the tree is for 0.10.2"),
        ("0.92.2", ["fal"], "fal serves no language models, and a tree needs one; add one, such as ollama"),
        ("0.92.2", ["fal", "linkup"], "fal, linkup serve no language models"),
        ("0.92.2", [], "there is no provider of language models"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_a_way_out(release: str, names: list[str], message: str) -> None:
    with pytest.raises(ScaffoldError) as caught:
        plan(release, names)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("release", RELEASES)
def test_the_files_are_readable_on_any_terminal(release: str) -> None:
    names = [found.name for found in plan(release, ["ollama"]).providers]
    for file in plan(release, ["anthropic", "openai", "mistral", *names]).files:
        assert read_toml(file.text.encode()).toml_1_0
        assert file.text.isascii()
        assert file.text.endswith("\n")
        assert not file.text.endswith("\n\n")
        comments = [line for line in file.text.splitlines() if line.startswith("#")]
        assert comments, f"{file.path} says nothing about itself"
        assert max(map(len, comments)) <= 80


def test_internal_stays_on_where_the_release_has_it() -> None:
    assert [found.name for found in plan("0.10.0", ["ollama"]).providers] == ["ollama"]
    assert [found.name for found in plan("0.10.2", ["ollama"]).providers] == ["ollama", "internal"]
    assert [found.name for found in plan("0.92.2", ["internal", "ollama"]).providers] == ["ollama", "internal"]


def test_two_providers_of_one_model_are_both_asked() -> None:
    planned = plan("0.92.2", ["openai", "azure_openai"])
    deck = next(file.text for file in planned.files if file.path.endswith("llm_deck.toml"))
    assert 'premium = ["gpt-5.6-sol", "gpt-5.6-sol-azure-openai"]' in deck


@pytest.mark.parametrize(
    ("release", "path", "line"),
    [
        ("0.10.2", "deck/base_deck.toml", "[llm_presets]"),
        ("0.10.2", "backends/openai.toml", 'default_sdk = "openai"'),
        ("0.11.0", "deck/base_deck.toml", "[ocr]"),
        ("0.12.0", "deck/base_deck.toml", "[extract]"),
        ("0.14.3", "deck/base_deck.toml", 'small-llm = ["gpt-5.6-luna", "mistral-small"]'),
        ("0.15.7", "deck/base_deck.toml", "[waterfalls]"),
        ("0.17.6", "backends/openai.toml", 'constraints = ["temperature_must_be_1"]'),
        ("0.18.6", "deck/x_custom_llm_deck.toml", "[llm.aliases]"),
        ("0.18.6", "backends/openai.toml", "valued_constraints = { fixed_temperature = 1 }"),
        ("0.19.0", "deck/x_custom_search_deck.toml", 'default_depth = "standard"'),
        ("0.92.2", "deck/x_custom_doc_gen_deck.toml", '"pdf.layout" = "@default-pdf"'),
    ],
)
def test_each_release_gets_the_shape_it_reads(release: str, path: str, line: str) -> None:
    planned = plan(release, ["openai", "mistral"])
    text = next(file.text for file in planned.files if file.path == path)
    assert line in text.splitlines()
