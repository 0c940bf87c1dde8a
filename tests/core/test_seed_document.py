"""The example of the seed document: a dialect of its own, with the faults for which no release loads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import Report
from core.json.validate_document import ValidateDocument
from core.problems import Check, Stage
from core.verdict import checks, load_report
from tests.support.trees import Files, edited, end, inspect, only, place, resolved

SEED: Files = {
    "backends.toml": """
        [pipelex_inference]
        enabled = true
        api_key = "${PIPELEX_INFERENCE_API_KEY}"

        [openai]
        enabled = true
        api_key = "${OPENAI_API_KEY}"

        [anthropic]
        enabled = true
        api_key = "${ANTHROPIC_API_KEY}"

        [azure_openai]
        enabled = true
        endpoint = "${AZURE_API_BASE}"
        api_key = "${AZURE_API_KEY}"
        api_version = "${AZURE_API_VERSION}"
        """,
    "backends/openai.toml": """
        # openai.toml
        [models.gpt-4o-mini]
        model_id = "gpt-4o-mini"
        sdk = "openai"
        inputs = ["text", "images"]
        outputs = ["text", "structured"]
        costs = { input = 0.00015, output = 0.0006 }
        max_tokens = 128000
        max_prompt_images = 100

        [models.gpt-4-turbo]
        model_id = "gpt-4-turbo"
        sdk = "openai"
        inputs = ["text", "images"]
        outputs = ["text", "structured"]
        costs = { input = 0.01, output = 0.03 }
        max_tokens = 128000
        """,
    "routing_profiles.toml": """
        # Which profile to use
        active = "all_pipelex"

        [profiles.all_pipelex]
        description = "Use Pipelex Inference backend for all models"
        default = "pipelex_inference"

        [profiles.mixed]
        description = "Route models to their native providers"
        default = "openai"

        [profiles.mixed.routes]
        "claude-*" = "anthropic"
        "gemini-*" = "vertexai"
        "mistral-*" = "mistral"
        "gpt-*" = "openai"
        """,
    "deck/base_deck.toml": """
        [aliases]
        best-claude = "claude-4.1-opus"
        best-gemini = "gemini-2.5-pro"
        best-mistral = "mistral-large"
        base-gpt = "gpt-5"

        # Aliases can also define fallback chains
        llm_to_engineer = ["claude-4.1-opus", "gemini-2.5-pro"]

        [llm_presets]
        # General purpose presets
        cheap_llm_for_text = { llm_handle = "gpt-4o-mini", temperature = 0.5 }
        cheap_llm_for_object = { llm_handle = "gpt-4o-mini", temperature = 0.5 }

        # Task-specific presets
        llm_for_creative_writing = { llm_handle = "claude-4-sonnet", temperature = 0.9 }
        llm_to_extract = { llm_handle = "claude-4-sonnet", temperature = 0.1 }
        llm_to_reason = { llm_handle = "o4-mini", temperature = 1, max_tokens = "auto" }

        [llm_choice_defaults]
        for_text = "cheap_llm_for_text"
        for_object = "cheap_llm_for_object"
        """,
    "deck/overrides.toml": """
        # Override specific presets
        [llm_presets]
        llm_to_extract = { llm_handle = "gpt-4o-mini", temperature = 0.2 }

        # Add custom aliases
        [aliases]
        my_custom_model = "claude-3-sonnet"
        """,
}


@pytest.fixture
def seed(tmp_path: Path) -> Report:
    """The tree of the document, with all variables assumed set."""
    return inspect(tmp_path, SEED, assume_keys=True)


@pytest.fixture
def mixed(tmp_path: Path) -> Report:
    """The same tree with the document's second profile active."""
    return inspect(tmp_path, SEED, profile="mixed", assume_keys=True)


def test_seed_dialect_with_the_release_of_its_deck(seed: Report) -> None:
    assert seed.catalog.dialect == "seed"
    assert str(seed.release) == "0.10.2"


def test_models_are_in_the_models_table(seed: Report) -> None:
    assert [spec.handle for spec in seed.catalog.specs] == ["gpt-4o-mini", "gpt-4-turbo"]
    spec = seed.catalog.specs[0]
    assert (spec.backend, spec.model_id, spec.sdk, spec.max_tokens) == ("openai", "gpt-4o-mini", "openai", 128000)
    assert spec.names("inputs") == ("text", "images")
    assert spec.place.location.key == "models.gpt-4o-mini"


@pytest.mark.parametrize("profile", ["all_pipelex", "mixed"])
def test_gpt_4o_mini_ends_at_openai(profile: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, SEED, profile=profile, assume_keys=True)
    resolution = resolved(report, "gpt-4o-mini")
    assert end(resolution) == "openai/gpt-4o-mini"
    assert resolution.spec is not None
    assert resolution.spec.model_id == "gpt-4o-mini"
    # all_pipelex: the default declares nothing, so 0.10 tries the other backends.
    assert resolution.method == {"all_pipelex": "fallback", "mixed": "pattern"}[profile]


def test_no_release_loads_it_and_there_is_a_fix(seed: Report) -> None:
    problem = only(seed, "seed-models-table")
    assert problem.fatal
    assert problem.error_type == "InferenceBackendLibraryError"
    assert place(problem) == ("backends/openai.toml", 3, "models")
    assert "no Pipelex release loads that" in problem.message
    assert problem.fix is not None
    assert "write each [models.NAME] as [NAME]" in problem.fix


def test_routes_are_read_in_the_order_of_the_file(mixed: Report) -> None:
    profile = mixed.catalog.profile
    assert profile is not None
    assert [(route.pattern, route.backend) for route in profile.routes] == [
        ("claude-*", "anthropic"),
        ("gemini-*", "vertexai"),
        ("mistral-*", "mistral"),
        ("gpt-*", "openai"),
    ]
    assert profile.default == "openai"
    resolution = resolved(mixed, "gpt-4-turbo")
    assert resolution.match is not None
    assert (resolution.match.pattern, resolution.match.place.location.line) == ("gpt-*", 17)


def test_alias_may_be_a_chain(seed: Report) -> None:
    aliases = seed.catalog.families["global"].aliases
    assert aliases["best-claude"].targets == ("claude-4.1-opus",)
    assert aliases["llm_to_engineer"].targets == ("claude-4.1-opus", "gemini-2.5-pro")
    assert list(aliases)[-1] == "my_custom_model"


def test_chain_of_undeclared_models_is_dead(seed: Report) -> None:
    resolution = resolved(seed, "llm_to_engineer")
    assert end(resolution) is None
    assert resolution.unresolved is not None
    assert resolution.unresolved.names == ("claude-4.1-opus", "gemini-2.5-pro")
    assert [hop.name for hop in resolution.hops] == ["llm_to_engineer", "claude-4.1-opus", "gemini-2.5-pro"]


def test_preset_override_wins_key_by_key(seed: Report) -> None:
    preset = seed.catalog.families["llm"].presets["llm_to_extract"]
    assert preset.fields == {"llm_handle": "gpt-4o-mini", "temperature": 0.2}
    assert preset.place.location.file == ".pipelex/inference/deck/overrides.toml"
    assert end(resolved(seed, "llm_to_extract")) == "openai/gpt-4o-mini"


def test_presets_keep_their_place_and_settings(seed: Report) -> None:
    presets = seed.catalog.families["llm"].presets
    assert list(presets) == [
        "cheap_llm_for_text",
        "cheap_llm_for_object",
        "llm_for_creative_writing",
        "llm_to_extract",
        "llm_to_reason",
    ]
    assert presets["llm_to_reason"].fields["max_tokens"] == "auto"


def test_choices_are_presets(seed: Report) -> None:
    for key in ("for_text", "for_object"):
        resolution = resolved(seed, f"llm/default/{key}")
        assert end(resolution) == "openai/gpt-4o-mini"
        assert [hop.kind.value for hop in resolution.hops] == ["choice", "preset", "model"]


def test_its_prices_are_per_thousand(seed: Report) -> None:
    by_subject = {problem.subject: problem for problem in seed.problems if problem.code == "price-per-thousand"}
    assert set(by_subject) == {"gpt-4o-mini", "gpt-4-turbo"}
    assert by_subject["gpt-4o-mini"].fix == "prices are USD per million tokens: write input = 0.15, output = 0.6"
    assert by_subject["gpt-4-turbo"].fix == "prices are USD per million tokens: write input = 10, output = 30"
    assert not by_subject["gpt-4o-mini"].fatal


def test_preset_of_undeclared_model_is_dead(seed: Report) -> None:
    problem = next(p for p in seed.problems if p.code == "preset-dead" and p.subject == "llm_for_creative_writing")
    assert problem.message == "preset `llm_for_creative_writing` is dead: no backend declares `claude-4-sonnet`"
    assert problem.error_type == "LLMHandleNotFoundError"
    assert problem.check is Check.PRESETS


def test_missing_backend_files_are_reported(seed: Report) -> None:
    missed = {problem.subject for problem in seed.problems if problem.code == "backend-file-missing"}
    assert missed == {"pipelex_inference", "anthropic", "azure_openai"}


def test_five_checks(seed: Report) -> None:
    status = {check.value: status for check, (status, _) in checks(seed.problems, seed.resolutions).items()}
    assert status == {
        "backend_connectivity": "ok",
        "model_availability": "fatal",
        "routing_consistency": "ok",
        "preset_validity": "error",
        "alias_resolution": "warning",
    }
    assert set(status) == set(ValidateDocument(seed).checks)


def test_load_report_has_stages_and_the_stop(seed: Report) -> None:
    stages = load_report(seed.catalog, seed.boot_problems, seed.resolutions)
    assert [stage.stage for stage in stages] == [*Stage]
    assert [stage.stage.value for stage in stages] == [
        "backends",
        "model specs",
        "routing profiles",
        "model deck",
        "finalization",
    ]
    assert stages[0].read == "4 backends, 4 on"
    assert stages[1].read == "2 models of 4 backends"
    assert stages[2].read == "2 profiles, active: all_pipelex"
    assert stages[3].read == "5 presets, 6 aliases in 2 files"
    assert [bool(stage.stops) for stage in stages] == [False, True, False, False, False]
    assert stages[0].layers == ("project",)


def test_without_the_variables_the_release_stops_at_the_first(tmp_path: Path) -> None:
    report = inspect(tmp_path, SEED, environ={})
    assert report.stops_at is not None
    assert report.stops_at.error_type == "InferenceBackendCredentialsError"
    assert report.stops_at.subject == "PIPELEX_INFERENCE_API_KEY"
    missing = [problem.subject for problem in report.problems if problem.code == "variable-missing"]
    assert len(missing) == 6


def test_it_loads_once_rewritten(tmp_path: Path) -> None:
    files = edited(SEED, "backends/openai.toml", "[models.", "[")
    empty = 'default_sdk = "x"\n'
    files |= {f"backends/{name}.toml": empty for name in ("pipelex_inference", "anthropic", "azure_openai")}
    report = inspect(tmp_path, files, assume_keys=True)
    assert report.catalog.dialect == "G1"
    assert report.boots
    assert end(resolved(report, "gpt-4o-mini")) == "openai/gpt-4o-mini"


def test_mixed_profile_routes_to_missing_backends(tmp_path: Path) -> None:
    report = inspect(tmp_path, SEED, release="0.17.6", profile="mixed", assume_keys=True)
    lost = [problem.subject for problem in report.problems if problem.code == "route-backend-unknown"]
    assert lost == ["vertexai", "mistral"]
