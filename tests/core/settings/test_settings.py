"""The settings files in the answer: what a release refuses, translates or acts upon, with place and fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.entities import Layer
from core.files.source import layered, read_source
from core.releases import parse_release
from core.settings.in_force import settings_in_force
from core.verdict import Verdict, checks
from tests.support.trees import Files, consenting_home, extended, inspect, minimal, only, place, with_preset, write_tree

SETTINGS = "../pipelex.toml"
STOP: dict[str, tuple[str, str, str, str]] = {
    "a section of an older release": (
        "0.92.2",
        "[interpreter.feature_config]\nis_reporting_enabled = true\n",
        ".pipelex/pipelex.toml: Pipelex 0.92.2 has no setting `feature_config` in [interpreter]",
        "take out the section `feature_config`, from line 1 on",
    ),
    "an older name beside a fault": (
        "0.92.2",
        "[cogt.model_deck_config]\nis_model_fallback_enabled = 1\n",
        ".pipelex/pipelex.toml: Pipelex 0.92.2 has no section `cogt`",
        "run `pipelex migrate`",
    ),
    "a near name": (
        "0.43.1",
        "[pipelex.scan_config]\nexcluded_dir = ['a']\n",
        ".pipelex/pipelex.toml: Pipelex 0.43.1 has no setting `excluded_dir` in [pipelex.scan_config]",
        "did you mean `excluded_dirs`?",
    ),
    "a number out of bounds": (
        "0.92.2",
        "[inference]\ntransport_max_retries = 11\n",
        ".pipelex/pipelex.toml: `transport_max_retries` is 11, expected an integer of at least 0 and of at most 10",
        "write an integer of at least 0 and of at most 10",
    ),
    "a text in place of a section": (
        "0.43.1",
        "pipelex = 'on'\n",
        ".pipelex/pipelex.toml: `pipelex` is a string, expected a table",
        "write a table",
    ),
    "an incomplete table of its own": (
        "0.92.2",
        "[inference.llm.effort_to_budget_maps.own]\nlow = 1\n",
        ".pipelex/pipelex.toml: [inference.llm.effort_to_budget_maps.own] has no `none`, which Pipelex 0.92.2 requires",
        "add `none`, an integer",
    ),
    "storage without its bucket": (
        "0.92.2",
        "[runtime.storage]\nmethod = 's3'\n",
        '.pipelex/pipelex.toml: `runtime.storage.s3.bucket_name` is "", expected a bucket name',
        "write a bucket name",
    ),
    "a plugin that is required": (
        "0.92.2",
        "[runtime.plugins]\ndisabled = ['openai']\n",
        ".pipelex/pipelex.toml: `runtime.plugins.disabled` names `openai`, without which Pipelex 0.92.2 does not start",
        "take `openai` out of the list",
    ),
}


@pytest.mark.parametrize("name", STOP)
def test_release_stops_at_settings(name: str, tmp_path: Path) -> None:
    release, text, message, fix = STOP[name]
    stop = inspect(tmp_path, {**minimal(release), SETTINGS: text}, release=release).stops_at
    assert stop is not None
    assert (stop.message, stop.fix) == (message, fix)
    assert stop.location is not None
    assert stop.location.file == ".pipelex/pipelex.toml"


def test_older_names_are_read_with_a_warning(tmp_path: Path) -> None:
    text = "[cogt.model_deck_config]\nis_model_fallback_enabled = false\n"
    report = inspect(tmp_path, {**minimal("0.92.2"), SETTINGS: text}, release="0.92.2")
    assert report.boots
    assert only(report, "settings-former").fix == "run `pipelex migrate`"
    assert not report.catalog.settings.waterfalls_fall_back


@pytest.mark.parametrize("release", ["0.10.2", "0.11.0"])
def test_settings_that_are_no_toml_stop_from_0_11_on(release: str, tmp_path: Path) -> None:
    path = "../../pipelex.toml" if release == "0.10.2" else SETTINGS
    report = inspect(tmp_path, {**minimal(release), path: "[broken\n"}, release=release)
    assert report.boots == (release == "0.10.2")


def test_a_release_reads_the_file_of_another_layer(tmp_path: Path) -> None:
    home = write_tree(tmp_path / "home", {SETTINGS: "[run]\nexecution = 'elsewhere'\n"})
    report = inspect(tmp_path / "shop", minimal("0.92.2"), home=home, release="0.92.2")
    assert report.stops_at is not None
    assert place(report.stops_at) == ("~/.pipelex/pipelex.toml", 2, "run.execution")
    fixed: Files = {**minimal("0.92.2"), "../pipelex_override.toml": "[run]\nexecution = 'local'\n"}
    assert inspect(tmp_path / "other", fixed, home=home, release="0.92.2").boots


def test_hosted_runs_are_the_verdict(tmp_path: Path) -> None:
    text = "[run]\nexecution = 'hosted'\n"
    report = inspect(tmp_path, {**minimal("0.92.2"), SETTINGS: text}, release="0.92.2")
    assert report.verdict == (Verdict.WARNINGS, "runs on the hosted Pipelex API: this tree is not used")


def test_models_of_a_disabled_plugin_cannot_be_called(tmp_path: Path) -> None:
    text = "[runtime.plugins]\ndisabled = ['anthropic']\n"
    report = inspect(tmp_path, {**minimal("0.92.2"), SETTINGS: text}, release="0.92.2")
    assert report.boots
    assert only(report, "plugin-disabled").subject == "anthropic"
    assert {item.spec.backend for item in report.failing if item.spec is not None} == {"anthropic"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("telemetry.toml", "[custom_posthog]\nmode = 'identified'\n"),
        ("telemetry_override.toml", "[nothing]\n"),
        ("telemetry.toml", "[custom_posthog]\napi_key = '${vault:KEY}'\n"),
        ("telemetry.toml", "[broken\n"),
    ],
)
def test_telemetry_is_validated_from_0_18_on(name: str, text: str, tmp_path: Path) -> None:
    for release, tree in (("0.18.6", "0.43.1"), ("0.92.2", "0.92.2")):
        report = inspect(tmp_path / release, {**minimal(tree), f"../{name}": text}, release=release)
        assert report.stops_at is not None
        assert report.stops_at.location is not None
        assert report.stops_at.location.file == f".pipelex/{name}"
        assert f".pipelex/{name}" in [source.shown for source in report.catalog.tree.sources]
    assert inspect(tmp_path / "old", {**minimal("0.17.6"), f"../{name}": text}, release="0.17.6").boots


def test_the_gateway_needs_consent_and_its_models_are_unknown(tmp_path: Path) -> None:
    gateway = '\n[pipelex_gateway]\nendpoint = "https://gateway.example/v1"\napi_key = "${OPENAI_API_KEY}"\n'
    files = extended(minimal("0.43.1"), "backends.toml", gateway)
    files = extended(files, "routing_profiles.toml", '"only-*" = "pipelex_gateway"\n')
    files = with_preset(files, "remote", "only-there")
    stop = inspect(tmp_path / "shop", files, release="0.43.1").stops_at
    assert stop is not None
    assert (stop.code, stop.error_type) == ("gateway-terms", "InferenceSetupRequiredError")
    report = inspect(tmp_path / "shop", release="0.43.1", home=consenting_home(tmp_path / "home"))
    assert report.boots
    states = {check.value: state for check, (state, _) in checks(report.problems, report.resolutions).items()}
    assert states["preset_validity"] == "unknown"


@pytest.mark.parametrize(("release", "asked"), [("0.55.0", False), ("0.60.0", True), ("0.72.0", True)])
def test_a_backend_that_names_a_section_of_the_list_needs_consent(release: str, asked: bool, tmp_path: Path) -> None:
    text = '\n[own]\nenabled = true\nmodel_specs_section = "manifold_model_specs"\n'
    files = extended(minimal("0.43.1"), "backends.toml", text)
    files["backends/own.toml"] = files["backends/openai.toml"].replace("gpt-4o-mini", "other")
    stop = inspect(tmp_path / "shop", files, release=release).stops_at
    assert (stop is not None and stop.code == "gateway-terms") is asked


@pytest.mark.parametrize("release", ["0.10.2", "0.18.6", "0.92.2"])
def test_an_edit_of_other_files_keeps_the_settings_read(release: str, tmp_path: Path) -> None:
    path = tmp_path / "pipelex.toml"
    path.write_text("[nothing]\nsecret = 'sk-live'\n", encoding="utf-8")
    number = parse_release(release)
    assert number is not None
    document = layered((read_source(str(path), "pipelex.toml", Layer.PROJECT),))
    [fault] = settings_in_force(document, number, "pipelex").faults
    assert (fault.kind, fault.path) == ("unknown", ("nothing",))
