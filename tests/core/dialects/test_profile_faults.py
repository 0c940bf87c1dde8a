"""Faults in `routing_profiles.toml`, and routes to unknown backends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.dialects.cases import LOADS, MANAGER, PROFILES, RELEASES, ROUTING, Case, replace
from tests.support.trees import Files, codes, edited, extended, inspect, minimal, only, place

Raises = tuple[str | None, str | None, str | None, str | None, str | None]
SHAPE: Raises = (PROFILES, "RoutingProfileValidationError", MANAGER, MANAGER, PROFILES)
UNKNOWN: Raises = (PROFILES, PROFILES, MANAGER, MANAGER, PROFILES)
AWAY: Raises = ("ModelsManagerError", MANAGER, PROFILES, PROFILES, "RoutingProfileDisabledBackendError")
EXACT: Raises = ("ModelsManagerError", MANAGER, MANAGER, MANAGER, MANAGER)
LATER: Raises = (*SHAPE[:2], LOADS, LOADS, LOADS)


def _shape(name: str, old: str, new: str, key: str, raises: Raises = SHAPE) -> Case:
    return Case(name, replace(ROUTING, old, new), "routing-invalid", raises, ROUTING, key)


DESCRIPTION = 'description = "Each to its own"'
CASES = (
    _shape("no description", DESCRIPTION, "", "profiles.all"),
    _shape("a description that is no text", DESCRIPTION, "description = 5", "profiles.all.description"),
    _shape("a default that is no text", 'default = "openai"', "default = 5", "profiles.all.default"),
    _shape("unknown key of a profile", DESCRIPTION, f"{DESCRIPTION}\nextra = 1", "profiles.all.extra"),
    _shape("unknown key at the top", 'active = "all"', 'active = "all"\nextra = 1', "extra"),
    _shape("active that is no text", 'active = "all"', "active = 5", "active"),
    _shape("no active", 'active = "all"', "", "active"),
    _shape("routes that are no table", "[profiles.all.routes]", "[profiles.all.other]", "profiles.all.other"),
    _shape("a route to no text", '"anthropic"', "5", "profiles.all.routes"),
    _shape("fallback_order", DESCRIPTION, f"{DESCRIPTION}\nfallback_order = []", "profiles.all.fallback_order", LATER),
    _shape(
        "optional_routes", DESCRIPTION, f"{DESCRIPTION}\noptional_routes = {{}}", "profiles.all.optional_routes", LATER
    ),
    Case("an unknown profile", replace(ROUTING, '"all"', '"none"'), "profile-unknown", UNKNOWN, ROUTING, "active"),
    Case(
        "an exact route to a backend without the model",
        replace(ROUTING, '"claude-*"', '"gpt-4o-mini"'),
        "route-exact-miss",
        EXACT,
        ROUTING,
        "profiles.all.routes.gpt-4o-mini",
    ),
    Case(
        "a route to an unknown backend",
        replace(ROUTING, '"anthropic"', '"antropic"'),
        "route-backend-unknown",
        AWAY,
        ROUTING,
        'profiles.all.routes."claude-*"',
    ),
    Case(
        "a default to an unknown backend",
        replace(ROUTING, 'default = "openai"', 'default = "openia"'),
        "route-backend-unknown",
        AWAY,
        ROUTING,
        "profiles.all.default",
    ),
    Case(
        "a route to a disabled backend",
        replace("backends.toml", "[anthropic]\nenabled = true", "[anthropic]\nenabled = false"),
        "route-backend-off",
        (LOADS, LOADS, *AWAY[2:]),
        ROUTING,
        'profiles.all.routes."claude-*"',
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("release", RELEASES)
def test_release_accepts_or_refuses(case: Case, release: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, case.change(minimal(release)), release=release)
    stop = report.stops_at
    expected = case.raises[RELEASES.index(release)]
    assert (stop.error_type if stop else None) == expected
    if stop is not None:
        assert stop.code == case.code
        assert stop.location is not None
        assert (stop.location.file, stop.location.key) == (f".pipelex/inference/{case.file}", case.key)
        assert stop.fix


def _both(files: Files, profile: str) -> Files:
    return extended(
        files,
        ROUTING,
        f"""
        [profiles.{profile}]
        description = "Both"
        [profiles.{profile}.routes]
        "o*" = "openai"
        [profiles.{profile}.optional_routes]
        "o*" = "anthropic"
        """,
    )


@pytest.mark.parametrize("release", RELEASES)
def test_pattern_in_routes_and_optional_routes_is_refused_in_any_profile(release: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, _both(minimal(release), "unused"), release=release)
    assert report.stops_at is not None
    assert report.stops_at.error_type == SHAPE[RELEASES.index(release)]
    assert report.stops_at.code == ("routing-invalid" if release in ("0.10.2", "0.14.3") else "route-duplicate")


@pytest.mark.parametrize(("release", "error"), [("0.14.3", PROFILES), ("0.17.6", "KeyError"), ("0.43.1", MANAGER)])
def test_substring_of_profile_name_crashes_from_0_15_to_0_18_3(release: str, error: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, edited(minimal(release), ROUTING, '"all"', '"al"'), release=release)
    assert only(report, "profile-unknown").error_type == error


@pytest.mark.parametrize("release", ["0.10.2", "0.14.3"])
def test_unknown_route_target_is_fatal_up_to_0_14_only_if_matched(release: str, tmp_path: Path) -> None:
    files = edited(minimal(release), ROUTING, '"claude-*" = "anthropic"', '"claude-*" = "anthropic"\n"zzz*" = "nobody"')
    report = inspect(tmp_path, files, release=release)
    assert report.boots


@pytest.mark.parametrize("release", ["0.17.6", "0.92.2"])
def test_unknown_route_target_is_fatal_from_0_15_on(release: str, tmp_path: Path) -> None:
    files = edited(minimal(release), ROUTING, '"claude-*" = "anthropic"', '"claude-*" = "anthropic"\n"zzz*" = "nobody"')
    report = inspect(tmp_path, files, release=release)
    problem = only(report, "route-backend-unknown")
    assert problem.fatal
    assert place(problem) == (ROUTING, 10, 'profiles.all.routes."zzz*"')
    assert "`nobody`, which does not exist" in problem.message


def test_inactive_profiles_may_name_any_backend(tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), ROUTING, '\n[profiles.x]\ndescription = "x"\ndefault = "nobody"\n')
    assert codes(inspect(tmp_path, files)) == []


def test_similar_names_are_suggested(tmp_path: Path) -> None:
    files = edited(minimal("0.92.2"), ROUTING, '"anthropic"', '"antropic"')
    assert only(inspect(tmp_path, files), "route-backend-unknown").fix == "did you mean `anthropic`?"
    other = edited(minimal("0.92.2"), ROUTING, 'active = "all"', 'active = "al"')
    assert only(inspect(tmp_path, other), "profile-unknown").fix == "did you mean `all`?"


def test_inactive_profile_can_be_selected(tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), ROUTING, '\n[profiles.x]\ndescription = "x"\ndefault = "anthropic"\n')
    report = inspect(tmp_path, files, profile="x")
    assert report.catalog.active == "x"
    assert {spec.backend for spec in report.serving.served.values()} == {"anthropic"}
    assert report.boots


def test_selected_profile_that_does_not_exist_is_a_problem(tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal("0.92.2"), profile="nope")
    assert only(report, "profile-unknown").fatal
