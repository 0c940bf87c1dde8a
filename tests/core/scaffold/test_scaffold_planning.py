"""Scaffold plans: preselected providers, refused plans, contents of the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.candidates import ENDED
from core.files.environment import read_environment
from core.lives.clock import VARIABLE
from core.lives.lives import read_knowledge
from core.releases import NEWEST_RELEASE
from core.scaffold import Offer, ScaffoldError, list_offers, new_location, preselect
from core.toml.toml_reader import read_toml
from tests.core.scaffold.scaffold_plans import RELEASES, behaviours, inspect, plan, write_files

SECRET = "sk-not-to-be-shown"


def offered(tmp_path: Path, release: str = NEWEST_RELEASE, **environ: str) -> tuple[Offer, ...]:
    """The offers in a project of the test with some variables set."""
    variables = {"HOME": str(tmp_path / "home"), **environ}
    place = new_location(str(tmp_path), cwd=str(tmp_path), environ=variables)
    expected = behaviours(release)
    return list_offers(expected.release, read_environment(place, expected, variables))


def test_providers_with_keys_are_preselected(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"MISTRAL_API_KEY={SECRET}\nGROQ_API_KEY=\n")
    release_number = offered(tmp_path, ANTHROPIC_API_KEY=SECRET)
    assert preselect(release_number) == ("anthropic", "mistral")
    sources = {offer.name: offer.variables[0].source for offer in release_number if offer.ready and offer.variables}
    assert sources == {"anthropic": "shell", "mistral": "./.env"}
    assert SECRET not in repr(release_number)


def test_empty_or_placeholder_key_preselects_nothing(tmp_path: Path) -> None:
    release_number = offered(tmp_path, OPENAI_API_KEY="", ANTHROPIC_API_KEY="placeholder-until-set")
    assert preselect(release_number) == ("ollama",)


def test_ollama_is_preselected_without_keys_for_language_models(tmp_path: Path) -> None:
    assert preselect(offered(tmp_path)) == ("ollama",)
    assert preselect(offered(tmp_path, FAL_API_KEY=SECRET)) == ("fal", "ollama")


def test_every_variable_of_a_provider_is_required(tmp_path: Path) -> None:
    some = {"AZURE_API_BASE": "https://x", "AZURE_API_KEY": SECRET}
    assert preselect(offered(tmp_path, **some)) == ("ollama",)
    assert preselect(offered(tmp_path, **some, AZURE_API_VERSION="2025")) == ("azure_openai",)


def test_region_alone_does_not_preselect_bedrock(tmp_path: Path) -> None:
    assert preselect(offered(tmp_path, AWS_REGION="us-east-1")) == ("ollama",)
    assert preselect(offered(tmp_path, AWS_REGION="us-east-1", AWS_PROFILE="work")) == ("bedrock",)


def test_offers_are_those_of_the_release(tmp_path: Path) -> None:
    names = [offer.name for offer in offered(tmp_path, "0.10.2")]
    assert "anthropic" in names
    assert {"google", "fal", "linkup", "internal"}.isdisjoint(names)


@pytest.mark.parametrize(
    ("release", "names", "message"),
    [
        ("0.92.2", ["opnai"], "unknown provider `opnai`: did you mean `openai`"),
        ("0.92.2", ["zz"], "unknown provider `zz`: write one of anthropic, openai"),
        ("0.10.2", ["openai", "linkup"], "`linkup` needs Pipelex 0.19.0 or newer, and the tree is for 0.10.2"),
        ("0.92.2", ["fal"], "fal serves no language models, and a tree needs one; add one, such as ollama"),
        ("0.92.2", ["fal", "linkup"], "fal, linkup serve no language models"),
        ("0.92.2", [], "there is no provider of language models"),
    ],
)
def test_impossible_plan_is_refused_with_a_correction(release: str, names: list[str], message: str) -> None:
    with pytest.raises(ScaffoldError) as caught:
        plan(release, names)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("release", RELEASES)
def test_files_are_ascii_and_narrow(release: str) -> None:
    names = [release_number.name for release_number in plan(release, ["ollama"]).providers]
    for file in plan(release, ["anthropic", "openai", "mistral", *names]).files:
        assert read_toml(file.text.encode()).toml_1_0
        assert file.text.isascii()
        assert file.text.endswith("\n")
        assert not file.text.endswith("\n\n")
        comments = [line for line in file.text.splitlines() if line.startswith("#")]
        assert comments, f"{file.path} says nothing about itself"
        assert max(map(len, comments)) <= 80


def test_internal_backend_is_enabled_if_supported() -> None:
    assert [release_number.name for release_number in plan("0.10.0", ["ollama"]).providers] == ["ollama"]
    assert [release_number.name for release_number in plan("0.10.2", ["ollama"]).providers] == ["ollama", "internal"]
    assert [release_number.name for release_number in plan("0.92.2", ["internal", "ollama"]).providers] == [
        "ollama",
        "internal",
    ]


def test_handle_of_two_providers_is_called_at_both() -> None:
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
def test_files_follow_the_dialect_of_the_release(release: str, path: str, line: str) -> None:
    planned = plan(release, ["openai", "mistral"])
    text = next(file.text for file in planned.files if file.path == path)
    assert line in text.splitlines()


NONE_LIVES = {("openai", "gpt-image-1"), ("openai", "gpt-image-1-mini")}
"""The image models of OpenAI that releases up to 0.24 send the fixed parameters of: each has ended."""


@pytest.mark.parametrize("release", RELEASES)
def test_new_trees_name_living_models(release: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every provider of a release, as of the day of the index."""
    monkeypatch.setenv(VARIABLE, "2026-12-01")
    knowledge, _ = read_knowledge({"HOME": str(tmp_path)})
    names = [offer.name for offer in offered(tmp_path, release)]
    for name in names:
        written = write_files(plan(release, ["mistral", name]), tmp_path / name)
        report = inspect(written, tmp_path, release).with_knowledge(knowledge)
        assert report.lives is not None
        ended = {(spec.backend, spec.handle) for spec in report.catalog.specs if report.lives.rank(spec) == ENDED}
        old = (0, 11) <= (behaviours(release).release.major, behaviours(release).release.minor) < (0, 25)
        assert ended == (NONE_LIVES if name == "openai" and old else set()), name
    assert len(names) > 5
