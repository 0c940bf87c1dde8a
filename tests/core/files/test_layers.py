"""Layers: the project's entries, the home's in their place, override files over both; and who served each value."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import Report
from core.entities import Layer
from core.verdict import load_report
from tests.support.trees import (
    DECK,
    KEYS,
    Files,
    codes,
    edited,
    end,
    g3,
    g3_1,
    inspect,
    minimal,
    only,
    place,
    resolved,
    without,
    write_tree,
)

PARTS = {
    "backends.toml": ("backends.toml",),
    "backends": ("backends/openai.toml", "backends/anthropic.toml"),
    "routing_profiles.toml": ("routing_profiles.toml",),
    "deck": (DECK,),
}


def layers(report: Report) -> dict[str, str]:
    """The layer that served each of the four entries."""
    tree = report.catalog.tree
    return {
        "backends.toml": tree.backends.sources[0].layer.value,
        "backends": tree.specs_layer.value,
        "routing_profiles.toml": tree.routing.sources[0].layer.value,
        "deck": tree.deck.sources[0].layer.value,
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a whole tree."""
    return write_tree(tmp_path / "home", g3_1())


@pytest.mark.parametrize("part", PARTS)
def test_missing_parts_come_from_home(part: str, home: Path, tmp_path: Path) -> None:
    report = inspect(tmp_path / "shop", without(g3_1(), *PARTS[part]), home=home)
    assert report.boots
    assert layers(report) == {name: "home" if name == part else "project" for name in PARTS}


@pytest.mark.parametrize("part", PARTS)
def test_home_is_ignored_up_to_0_17(part: str, tmp_path: Path) -> None:
    home = write_tree(tmp_path / "home", minimal("0.17.6"))
    report = inspect(tmp_path / "shop", without(minimal("0.17.6"), *PARTS[part]), home=home, release="0.17.6")
    assert not report.boots


def test_folder_is_never_merged(home: Path, tmp_path: Path) -> None:
    write_tree(home, {"deck/more.toml": '[llm.presets]\nmore = { model = "gpt-4o-mini", temperature = 0 }\n'})
    report = inspect(tmp_path / "shop", g3_1(), home=home)
    assert [source.shown for source in report.catalog.tree.deck.sources] == [f".pipelex/inference/{DECK}"]
    assert "more" not in report.catalog.families["llm"].presets


def test_an_empty_deck_of_the_project_hides_the_homes(home: Path, tmp_path: Path) -> None:
    project = write_tree(tmp_path / "shop", without(g3_1(), DECK))
    (project / ".pipelex" / "inference" / "deck").mkdir()
    assert only(inspect(project, home=home), "deck-missing").fatal


def test_home_files_are_shown_with_a_tilde(home: Path, tmp_path: Path) -> None:
    report = inspect(tmp_path / "shop", without(g3_1(), "backends.toml"), home=home, environ={})
    problem = next(problem for problem in report.problems if problem.code == "variable-missing")
    assert problem.location is not None
    assert problem.location.file == "~/.pipelex/inference/backends.toml"
    assert problem.location.layer is Layer.HOME


def test_the_load_report_names_the_layers(home: Path, tmp_path: Path) -> None:
    report = inspect(tmp_path / "shop", without(g3_1(), DECK), home=home)
    stages = load_report(report.catalog, report.boot_problems, report.resolutions)
    assert [stage.layers for stage in stages] == [("project",), ("project",), ("project",), ("home",), ()]


OFF = "[anthropic]\nenabled = false\n"


def test_a_project_override_is_merged_over_the_base(tmp_path: Path) -> None:
    files = {**g3_1(), "backends_override.toml": OFF}
    report = inspect(tmp_path / "shop", files)
    assert report.catalog.enabled == ("openai",)
    backend = report.catalog.backends["anthropic"]
    assert backend.text("api_key") == "${ANTHROPIC_API_KEY}"
    where = backend.place.at("enabled").location
    assert (where.file, where.line, where.layer) == (
        ".pipelex/inference/backends_override.toml",
        2,
        Layer.PROJECT_OVERRIDE,
    )
    assert backend.place.at("api_key").location.layer is Layer.PROJECT


def test_the_projects_override_wins_over_the_homes(tmp_path: Path) -> None:
    home = write_tree(tmp_path / "home", {"backends_override.toml": "[anthropic]\nenabled = false\nnote = 'home'\n"})
    files: Files = {**g3_1(), "backends_override.toml": "[anthropic]\nenabled = true\n"}
    report = inspect(tmp_path / "shop", files, home=home)
    backend = report.catalog.backends["anthropic"]
    assert backend.enabled
    assert backend.fields["note"] == "home"
    assert backend.place.at("note").location.layer is Layer.HOME_OVERRIDE
    order = [source.layer for source in report.catalog.tree.backends.sources]
    assert order == [Layer.PROJECT, Layer.HOME_OVERRIDE, Layer.PROJECT_OVERRIDE]


def test_a_home_override_wins_over_a_project_base(tmp_path: Path) -> None:
    home = write_tree(tmp_path / "home", {"backends_override.toml": OFF})
    assert inspect(tmp_path / "shop", g3_1(), home=home).catalog.enabled == ("openai",)


def test_routing_has_override_files_too(tmp_path: Path) -> None:
    override = '[profiles.all.routes]\n"claude-*" = "openai"\n"new-*" = "openai"\n'
    report = inspect(tmp_path / "shop", {**g3_1(), "routing_profiles_override.toml": override})
    profile = report.catalog.profile
    assert profile is not None
    assert [(route.pattern, route.backend) for route in profile.routes] == [("claude-*", "openai"), ("new-*", "openai")]
    assert profile.description == "Each to its own"


def test_backends_of_an_override_come_last(tmp_path: Path) -> None:
    files = {**g3_1(), "backends_override.toml": "[aaa]\nenabled = false\n[openai]\nnote = 1\n"}
    assert list(inspect(tmp_path / "shop", files).catalog.backends) == ["openai", "anthropic", "aaa"]


@pytest.mark.parametrize(("release", "read"), [("0.55.0", False), ("0.56.0", True)])
def test_override_files_are_read_from_0_56_on(release: str, read: bool, tmp_path: Path) -> None:
    report = inspect(tmp_path / "shop", {**g3(), "backends_override.toml": OFF}, release=release)
    assert report.catalog.backends["anthropic"].enabled != read
    assert ("override-ignored" in codes(report)) != read


def test_broken_override_has_the_class_of_its_base(tmp_path: Path) -> None:
    report = inspect(tmp_path / "shop", {**g3_1(), "backends_override.toml": "[x\n"})
    problem = only(report, "syntax")
    assert (problem.error_type, place(problem)) == (
        "InferenceBackendLibraryValidationError",
        ("backends_override.toml", 1, ""),
    )
    assert set(report.catalog.backends) == {"openai", "anthropic"}


def test_an_override_needs_a_base(tmp_path: Path) -> None:
    files = {**without(g3_1(), "backends.toml"), "backends_override.toml": "[openai]\n"}
    home = write_tree(tmp_path / "home", {"../.env": ""})
    assert only(inspect(tmp_path / "shop", files, release="0.78.0", home=home), "backends-missing").fatal
    # From 0.79 on the start fills a home without a `backends.toml`, which is then the base.
    assert codes(inspect(tmp_path / "shop", files, home=home)) == ["first-start-unknown"]


def test_the_settings_of_the_project_win_over_the_homes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    settings = "[inference.model_deck]\nis_model_fallback_enabled = {}\nmissing_presets_reaction = 'none'\n"
    write_tree(home, {"../pipelex.toml": settings.format("false")})
    files: Files = {**g3_1(), "../pipelex.toml": "[inference.model_deck]\nis_model_fallback_enabled = true\n"}
    report = inspect(tmp_path / "shop", files, home=home)
    assert report.catalog.settings.waterfalls_fall_back
    assert report.catalog.settings.missing_presets == "none"


def test_a_setting_of_a_wrong_type_is_refused(tmp_path: Path) -> None:
    files: Files = {**g3_1(), "../pipelex.toml": "[inference.model_deck]\nis_model_fallback_enabled = 'no'\n"}
    report = inspect(tmp_path / "shop", files)
    assert only(report, "settings-invalid").fatal


def test_pipelex_home_serves_from_0_74_1_on(tmp_path: Path) -> None:
    elsewhere = write_tree(tmp_path / "elsewhere", g3()) / ".pipelex"
    environ = {**KEYS, "PIPELEX_HOME": str(elsewhere)}
    files = without(g3(), DECK)
    assert inspect(tmp_path / "a", files, release="0.74.1", environ=environ).boots
    home = write_tree(tmp_path / "home", {"../.env": ""})
    old = inspect(tmp_path / "b", files, release="0.74.0", home=home, environ=environ)
    assert old.stops_at is not None
    assert old.stops_at.code == "deck-missing"


def test_everything_may_come_from_home(home: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    report = inspect(tmp_path / "empty", home=home)
    assert report.boots
    assert set(layers(report).values()) == {"home"}
    assert end(resolved(report, "writing")) == "anthropic/claude-4-sonnet"


def test_a_home_that_is_the_project_is_one_layer(tmp_path: Path) -> None:
    files: Files = {**g3_1(), "backends_override.toml": OFF}
    home = write_tree(tmp_path / "home", files)
    report = inspect(home / ".pipelex", home=home)
    assert [source.layer for source in report.catalog.tree.backends.sources] == [Layer.PROJECT, Layer.PROJECT_OVERRIDE]


def test_file_edit_is_seen_by_the_next_read(tmp_path: Path) -> None:
    assert inspect(tmp_path, g3_1()).catalog.enabled == ("openai", "anthropic")
    changed = edited(g3_1(), "backends.toml", "[anthropic]\nenabled = true", "[anthropic]\nenabled = false")
    assert inspect(tmp_path, changed).catalog.enabled == ("openai",)
