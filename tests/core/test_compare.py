"""Comparisons of two states of a tree: profiles, releases, without a backend, without a key."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.api import Report
from core.compare import (
    Comparison,
    Outcome,
    across_releases,
    compare_profiles,
    of_releases,
    without_backends,
    without_keys,
)
from core.resolution import Status
from core.what_if import as_if, survey
from tests.core.properties.values import toml_files
from tests.support.stock import StockFactory
from tests.support.trees import DECK, LINKUP_KEY, MINIMAL, Files, edited, extended, g3_1, inspect, llm, minimal

OTHER = """
[profiles.other]
description = "All to one"
default = "openai"
fallback_order = ["openai", "anthropic"]

[profiles.dear]
description = "The same model elsewhere"
default = "openai"

[profiles.dear.routes]
"claude-*" = "openai"
"""


def shop() -> Files:
    """Two backends that both have claude, at different prices."""
    files = extended(g3_1(), "routing_profiles.toml", OTHER)
    dear = llm("claude-4-sonnet").replace("3.0", "6").replace("15.0", "10")
    return extended(files, "backends/openai.toml", dear)


def outcomes(comparison: Comparison) -> dict[str, tuple[str, str]]:
    return {item.shown.reference: (item.outcome.value, item.saved_by) for item in comparison.changes}


def test_two_profiles(tmp_path: Path) -> None:
    report = inspect(tmp_path, shop())
    comparison = compare_profiles(report, "dear")
    assert (comparison.first, comparison.second, comparison.refuses) == ("all", "dear", None)
    assert outcomes(comparison) == {
        "claude-4-sonnet": ("moves", "route claude-*"),
        "@best-claude": ("moves", "route claude-*"),
        "$writing": ("moves", "route claude-*"),
        "llm/default/for_object": ("moves", "route claude-*"),
    }
    assert comparison.price_change == (3, -5)
    assert comparison.summary == "2 go elsewhere"
    (writing, _) = comparison.used
    assert (writing.prices[0].input, writing.prices[1].input) == (3, 6)
    assert compare_profiles(report, "all").same


def test_two_profiles_of_which_none_is_active(tmp_path: Path) -> None:
    comparison = compare_profiles(inspect(tmp_path, shop()), "all", "dear")
    assert (comparison.first, comparison.price_change) == ("dear", (-3, 5))


def test_profile_without_some_models(tmp_path: Path) -> None:
    files = edited(shop(), "backends/openai.toml", "[claude-4-sonnet]", "[claude-other]")
    comparison = compare_profiles(inspect(tmp_path, files), "dear")
    assert {item.shown.reference: item.outcome for item in comparison.used} == {
        "$writing": Outcome.DIES,
        "llm/default/for_object": Outcome.DIES,
    }
    back = compare_profiles(inspect(tmp_path, files), "all", "dear")
    assert {item.outcome for item in back.used} == {Outcome.REVIVES}


def test_outage_affects_targets_unless_a_fallback_serves_them(tmp_path: Path) -> None:
    report = inspect(tmp_path, shop(), profile="other")
    comparison = without_backends(report, ["openai"])
    hit = {item.reference for item in comparison.hit}
    assert hit >= {"gpt-4o-mini", "$cheap", "$writing", "reader"}
    assert outcomes(comparison)["$writing"] == ("moves", "the fallback order")
    assert outcomes(comparison)["$cheap"] == ("dies", "")
    assert comparison.removed == ("openai",)
    assert report.catalog.enabled == ("openai", "anthropic")  # nothing of the report itself has changed


def test_waterfall_uses_its_next_entry(tmp_path: Path) -> None:
    files = edited(g3_1(), DECK, '["nobody", "gpt-4o-mini"]', '["nobody", "claude-4-sonnet", "gpt-4o-mini"]')
    report = inspect(tmp_path, files)
    comparison = without_backends(report, ["anthropic"])
    assert outcomes(comparison)["~chain"] == ("moves", "waterfall chain")


def test_release_that_does_not_start_is_reported(tmp_path: Path) -> None:
    comparison = without_backends(inspect(tmp_path, shop()), ["anthropic"])
    assert comparison.refuses is not None
    assert "anthropic" in comparison.refuses.message


def test_lost_key_stops_the_release_until_its_backends_are_disabled(tmp_path: Path) -> None:
    report = inspect(tmp_path, shop(), profile="other")
    comparison = without_keys(report, ["OPENAI_API_KEY"])
    assert comparison.refuses is not None
    assert comparison.refuses.message == "backend `openai`: variable `OPENAI_API_KEY` is not set"
    assert comparison.removed == ("openai",)
    assert comparison.after.boots == without_backends(report, ["openai"]).after.boots
    assert outcomes(comparison)["$cheap"] == ("dies", "")
    assert report.catalog.environment.variable("OPENAI_API_KEY").state == "set"


def test_lost_key_with_an_alternative_has_no_effect(tmp_path: Path) -> None:
    files = edited(shop(), "backends.toml", "${OPENAI_API_KEY}", "${env:OPENAI_API_KEY|env:ANTHROPIC_API_KEY}")
    comparison = without_keys(inspect(tmp_path, files), ["OPENAI_API_KEY"])
    assert (comparison.removed, comparison.changes, comparison.refuses) == ((), (), None)


@pytest.mark.parametrize("assume_keys", [False, True])
def test_keys_that_are_assumed_can_be_lost_too(assume_keys: bool, tmp_path: Path) -> None:
    report = inspect(tmp_path, shop(), environ=None if not assume_keys else {}, assume_keys=assume_keys)
    assert without_keys(report, ["OPENAI_API_KEY"]).removed == ("openai",)


def test_two_releases(tmp_path: Path) -> None:
    files = minimal("0.17.6")
    files["routing_profiles.toml"] = files["routing_profiles.toml"].replace('"claude-*" = "anthropic"', "")
    comparison = across_releases(inspect(tmp_path, files), "0.15.7", "0.16.0")
    assert (comparison.first, comparison.second, comparison.kind) == ("0.15.7", "0.16.0", "releases")
    assert outcomes(comparison)["writing"] == ("dies", "")
    assert any("default" in item.title for item in (difference.behaviour for difference in comparison.differences))


def test_survey_has_a_row_for_each_profile(tmp_path: Path) -> None:
    by_name = {item.name: item for item in survey(inspect(tmp_path, shop()))}
    assert list(by_name) == ["all", "other", "dear"]
    assert (by_name["all"].active, by_name["all"].dies, by_name["all"].dead) == (True, 0, 0)
    assert by_name["all"].used == by_name["all"].callable == 7


def test_the_stock_tree_without_its_first_backend(stock: StockFactory) -> None:
    report = inspect(stock("0.92.2").root, release="0.92.2", assume_keys=True)
    comparison = without_backends(report, ["openai"])
    assert len(comparison.hit) == 69
    assert {item.outcome for item in comparison.used} == {Outcome.MOVES}
    assert {item.saved_by for item in comparison.used} == {"the fallback order"}
    both = without_backends(report, ["openai", "azure_openai"])
    assert both.count(Outcome.DIES, both.used) >= 24


# ---- laws


def same_answers(one: Report, other: Report) -> None:
    """Assert that two reports are equal in every text."""
    assert one.verdict == other.verdict
    assert [(item.reference, item.status, item.method) for item in one.resolutions] == [
        (item.reference, item.status, item.method) for item in other.resolutions
    ]
    assert [(problem.code, problem.message) for problem in one.problems] == [
        (problem.code, problem.message) for problem in other.problems
    ]


TOGGLED = "backends_override.toml"


@given(
    routing=st.none() | toml_files(),
    backends=st.none() | toml_files(),
    deck=st.none() | toml_files(),
    release=st.sampled_from(list(MINIMAL)),
    data=st.data(),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_what_if_equals_the_edited_files(
    routing: str | None, backends: str | None, deck: str | None, release: str, data: st.DataObject
) -> None:
    files = minimal(release)
    given_ = {"routing_profiles.toml": routing, "backends.toml": backends, "deck/z.toml": deck}
    files |= {name: text for name, text in given_.items() if text is not None}
    with tempfile.TemporaryDirectory() as folder:
        report = inspect(Path(folder), files, release=release)
        profiles = list(report.catalog.profiles)
        if profiles:
            profile = data.draw(st.sampled_from(profiles))
            same_answers(as_if(report, profile=profile), inspect(Path(folder), release=release, profile=profile))
        lost = data.draw(st.sets(st.sampled_from(["OPENAI_API_KEY", "ANTHROPIC_API_KEY"])))
        left = LINKUP_KEY | {name: "x" for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY") if name not in lost}
        # The active profile stays the one that is looked at, which is the same here.
        same_answers(as_if(report, lost=lost), inspect(Path(folder), release=release, environ=left))
        for compared in (without_keys(report, lost), without_backends(report, list(report.catalog.backends)[:1])):
            for item in compared.changes:
                assert item.shown.reference is not None
                assert (item.outcome is Outcome.DIES) == (
                    item.before is not None
                    and item.after is not None
                    and item.before.alive
                    and item.after.status is Status.DEAD
                )


@pytest.mark.parametrize("release", ["0.43.1", "0.92.2"])
@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_turning_a_backend_off_in_memory_is_turning_it_off_in_the_file(release: str, name: str, tmp_path: Path) -> None:
    files = minimal(release)
    report = inspect(tmp_path, files, release=release)
    off = edited(files, "backends.toml", f"[{name}]\nenabled = true", f"[{name}]\nenabled = false")
    same_answers(as_if(report, disabled=[name]), inspect(tmp_path, off, release=release))


def test_missing_key_is_another_outcome_than_another_backend(tmp_path: Path) -> None:
    files = edited(shop(), "backends.toml", 'api_key = "${OPENAI_API_KEY}"\n', "")
    with_key = inspect(tmp_path / "a", files)
    without_key = inspect(tmp_path / "b", files, environ={"OPENAI_API_KEY": "x"})
    comparison = {item.shown.reference: item.outcome for item in of_releases(with_key, without_key, ()).changes}
    assert comparison["$writing"] is Outcome.KEY


def test_backend_that_is_down_is_replaced_by_the_internal_one(tmp_path: Path) -> None:
    files = extended(g3_1(), "backends.toml", "\n[internal]\nenabled = true\n")
    files = extended(
        files, "backends/internal.toml", '[defaults]\nsdk = "internal"\n\n[reader]\nmodel_type = "text_extractor"\n'
    )
    comparison = without_backends(inspect(tmp_path, files), ["openai"])
    assert outcomes(comparison)["reader"] == ("moves", "the internal backend")


def test_behaviours_that_stop_or_start_a_release_are_named(tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal("0.14.3"), release="0.14.3")
    effects = [difference.effect for difference in across_releases(report, "0.14.3", "0.17.6").differences]
    assert any(effect.startswith("would not start: ") for effect in effects)
    effects = [difference.effect for difference in across_releases(report, "0.17.6", "0.14.3").differences]
    assert any(effect.startswith("would start") for effect in effects)
