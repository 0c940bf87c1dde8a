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
from tests.support.trees import DECK, MINIMAL, Files, edited, extended, g3_1, inspect, llm, minimal

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


def told(found: Comparison) -> dict[str, tuple[str, str]]:
    return {item.shown.reference: (item.outcome.value, item.saved_by) for item in found.changes}


def test_two_profiles(tmp_path: Path) -> None:
    report = inspect(tmp_path, shop())
    found = compare_profiles(report, "dear")
    assert (found.first, found.second, found.refuses) == ("all", "dear", None)
    assert told(found) == {
        "claude-4-sonnet": ("moves", "route claude-*"),
        "@best-claude": ("moves", "route claude-*"),
        "$writing": ("moves", "route claude-*"),
        "llm/default/for_object": ("moves", "route claude-*"),
    }
    assert found.price_change == (3, -5)
    assert found.summary == "2 go elsewhere"
    (writing, _) = found.used
    assert (writing.prices[0].input, writing.prices[1].input) == (3, 6)
    assert compare_profiles(report, "all").same


def test_two_profiles_of_which_none_is_active(tmp_path: Path) -> None:
    found = compare_profiles(inspect(tmp_path, shop()), "all", "dear")
    assert (found.first, found.price_change) == ("dear", (-3, 5))


def test_a_profile_that_loses_what_it_does_not_serve(tmp_path: Path) -> None:
    files = edited(shop(), "backends/openai.toml", "[claude-4-sonnet]", "[claude-other]")
    found = compare_profiles(inspect(tmp_path, files), "dear")
    assert {item.shown.reference: item.outcome for item in found.used} == {
        "$writing": Outcome.DIES,
        "llm/default/for_object": Outcome.DIES,
    }
    back = compare_profiles(inspect(tmp_path, files), "all", "dear")
    assert {item.outcome for item in back.used} == {Outcome.REVIVES}


def test_a_backend_that_is_down_hits_what_ends_there_and_the_order_saves_it(tmp_path: Path) -> None:
    report = inspect(tmp_path, shop(), profile="other")
    found = without_backends(report, ["openai"])
    hit = {item.reference for item in found.hit}
    assert hit >= {"gpt-4o-mini", "$cheap", "$writing", "reader"}
    assert told(found)["$writing"] == ("moves", "the fallback order")
    assert told(found)["$cheap"] == ("dies", "")
    assert found.removed == ("openai",)
    assert report.catalog.enabled == ("openai", "anthropic")  # nothing of the report itself has changed


def test_a_waterfall_goes_on_to_its_next_entry(tmp_path: Path) -> None:
    files = edited(g3_1(), DECK, '["nobody", "gpt-4o-mini"]', '["nobody", "claude-4-sonnet", "gpt-4o-mini"]')
    report = inspect(tmp_path, files)
    found = without_backends(report, ["anthropic"])
    assert told(found)["~chain"] == ("moves", "waterfall chain")


def test_release_that_does_not_start_is_reported(tmp_path: Path) -> None:
    found = without_backends(inspect(tmp_path, shop()), ["anthropic"])
    assert found.refuses is not None
    assert "anthropic" in found.refuses.message


def test_a_lost_key_stops_the_release_until_its_backends_are_off(tmp_path: Path) -> None:
    report = inspect(tmp_path, shop(), profile="other")
    found = without_keys(report, ["OPENAI_API_KEY"])
    assert found.refuses is not None
    assert found.refuses.message == "backend `openai`: variable `OPENAI_API_KEY` is not set"
    assert found.removed == ("openai",)
    assert found.after.boots == without_backends(report, ["openai"]).after.boots
    assert told(found)["$cheap"] == ("dies", "")
    assert report.catalog.environment.variable("OPENAI_API_KEY").state == "set"


def test_a_key_that_another_one_can_replace_costs_nothing(tmp_path: Path) -> None:
    files = edited(shop(), "backends.toml", "${OPENAI_API_KEY}", "${env:OPENAI_API_KEY|env:ANTHROPIC_API_KEY}")
    found = without_keys(inspect(tmp_path, files), ["OPENAI_API_KEY"])
    assert (found.removed, found.changes, found.refuses) == ((), (), None)


@pytest.mark.parametrize("assume_keys", [False, True])
def test_keys_that_are_assumed_can_be_lost_too(assume_keys: bool, tmp_path: Path) -> None:
    report = inspect(tmp_path, shop(), environ=None if not assume_keys else {}, assume_keys=assume_keys)
    assert without_keys(report, ["OPENAI_API_KEY"]).removed == ("openai",)


def test_two_releases(tmp_path: Path) -> None:
    files = minimal("0.17.6")
    files["routing_profiles.toml"] = files["routing_profiles.toml"].replace('"claude-*" = "anthropic"', "")
    found = across_releases(inspect(tmp_path, files), "0.15.7", "0.16.0")
    assert (found.first, found.second, found.kind) == ("0.15.7", "0.16.0", "releases")
    assert told(found)["writing"] == ("dies", "")
    assert any("default" in item.title for item in (difference.behaviour for difference in found.differences))


def test_every_profile_in_a_line(tmp_path: Path) -> None:
    found = {item.name: item for item in survey(inspect(tmp_path, shop()))}
    assert list(found) == ["all", "other", "dear"]
    assert (found["all"].active, found["all"].dies, found["all"].dead) == (True, 0, 0)
    assert found["all"].used == found["all"].callable == 7


def test_the_stock_tree_without_its_first_backend(stock: StockFactory) -> None:
    report = inspect(stock("0.92.2").root, release="0.92.2", assume_keys=True)
    found = without_backends(report, ["openai"])
    assert len(found.hit) == 69
    assert {item.outcome for item in found.used} == {Outcome.MOVES}
    assert {item.saved_by for item in found.used} == {"the fallback order"}
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
            wanted = data.draw(st.sampled_from(profiles))
            same_answers(as_if(report, profile=wanted), inspect(Path(folder), release=release, profile=wanted))
        lost = data.draw(st.sets(st.sampled_from(["OPENAI_API_KEY", "ANTHROPIC_API_KEY"])))
        left = {name: "x" for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY") if name not in lost}
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
    found = {item.shown.reference: item.outcome for item in of_releases(with_key, without_key, ()).changes}
    assert found["$writing"] is Outcome.KEY


def test_backend_that_is_down_is_replaced_by_the_internal_one(tmp_path: Path) -> None:
    files = extended(g3_1(), "backends.toml", "\n[internal]\nenabled = true\n")
    files = extended(
        files, "backends/internal.toml", '[defaults]\nsdk = "internal"\n\n[reader]\nmodel_type = "text_extractor"\n'
    )
    found = without_backends(inspect(tmp_path, files), ["openai"])
    assert told(found)["reader"] == ("moves", "the internal backend")


def test_behaviours_that_stop_or_start_a_release_are_named(tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal("0.14.3"), release="0.14.3")
    effects = [found.effect for found in across_releases(report, "0.14.3", "0.17.6").differences]
    assert any(effect.startswith("would not start: ") for effect in effects)
    effects = [found.effect for found in across_releases(report, "0.17.6", "0.14.3").differences]
    assert any(effect.startswith("would start") for effect in effects)
