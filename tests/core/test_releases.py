"""The table of behaviours: ordered, complete, and correct at the measured release boundaries."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from core.errors import Condition, error_type
from core.releases import (
    FIRST_RELEASE,
    NEWEST_RELEASE,
    TABLE,
    Behaviour,
    Release,
    behaviours_of,
    parse_release,
)


def release(text: str) -> Release:
    parsed = parse_release(text)
    assert parsed is not None
    return parsed


@pytest.mark.parametrize("behaviour", TABLE, ids=lambda item: item.name)
def test_steps_ascend_from_the_first_release(behaviour: Behaviour) -> None:
    since = [step.since for step in behaviour.steps]
    assert since[0] == release(FIRST_RELEASE)
    assert since == sorted(set(since))
    assert since[-1] <= release(NEWEST_RELEASE)


@pytest.mark.parametrize("behaviour", TABLE, ids=lambda item: item.name)
def test_each_step_changes_the_value_and_has_words(behaviour: Behaviour) -> None:
    values = [step.value for step in behaviour.steps]
    assert all(first != second for first, second in itertools.pairwise(values))
    assert all(step.text for step in behaviour.steps)
    assert behaviour.title


def test_names_are_unique() -> None:
    assert len({item.name for item in TABLE}) == len(TABLE)


RELEASES = st.tuples(st.just(0), st.integers(10, 99), st.integers(0, 9)).map(lambda numbers: Release(*numbers))


@given(RELEASES)
def test_release_has_the_step_in_force_of_each_behaviour(which: Release) -> None:
    steps = behaviours_of(which)
    for behaviour in TABLE:
        step = behaviour.step(which)
        assert getattr(steps, behaviour.name, step.value) == step.value
        newer = [other for other in behaviour.steps if step.since < other.since <= which]
        assert newer == []


@given(RELEASES, RELEASES)
def test_releases_are_ordered_as_numbers(first: Release, second: Release) -> None:
    assert (first < second) == ((first.minor, first.patch) < (second.minor, second.patch))
    assert parse_release(str(first)) == first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.14.3", Release(0, 14, 3)),
        ("v0.14", Release(0, 14, 0)),
        ("0.92.2rc1", Release(0, 92, 2, -1, 1)),
        ("0.18.0b2", Release(0, 18, 0, -2, 2)),
        ("0.18.0-beta.2", Release(0, 18, 0, -2, 2)),
        ("0.92.3.dev4+g1a2b3c", Release(0, 92, 3, -4, 4)),
        ("0.92.2.post1", Release(0, 92, 2, 1, 1)),
        (" 1.0 ", Release(1, 0, 0)),
    ],
)
def test_valid_release_numbers(text: str, expected: Release) -> None:
    assert parse_release(text) == expected


@given(st.lists(st.from_regex(r"0\.(17|18|92)\.[0-3]((a|b|rc|\.post|\.dev)[0-3])?", fullmatch=True), min_size=2))
def test_releases_are_ordered_as_packaging_orders_them(texts: list[str]) -> None:
    assert sorted(texts, key=lambda text: (release(text), text)) == sorted(
        texts, key=lambda text: (Version(text), text)
    )
    assert all(str(parse_release(text)) == str(Version(text)) for text in texts)


def test_a_beta_has_the_behaviours_that_it_brought() -> None:
    first, third, final = (behaviours_of(release(text)) for text in ("0.18.0b2", "0.18.0b3", "0.18.0"))
    assert [item.unknown_model_keys for item in (first, third, final)] == ["any header"] * 3
    assert [item.sigils for item in (first, third, final)] == [False, True, True]
    assert [item.home_layer for item in (first, third, final)] == [False, False, True]


@pytest.mark.parametrize("text", ["", "0", "x", "0.1.2.3", "0.1.2 beta", "-0.1", "0,14"])
def test_invalid_release_numbers(text: str) -> None:
    assert parse_release(text) is None


@given(st.text(max_size=12))
def test_any_text_can_be_parsed(text: str) -> None:
    release = parse_release(text)
    assert release is None or isinstance(release, Release)


@pytest.mark.parametrize(
    ("name", "last", "first"),
    [
        ("deck_layout", "0.10.2", "0.11.0"),
        ("handle_key", "0.11.0", "0.12.0"),
        ("waterfalls", "0.14.3", "0.15.1"),
        ("merged_lists", "0.16.0", "0.17.1"),
        ("sigils", "0.17.6", "0.18.0"),
        ("home_layer", "0.17.6", "0.18.0"),
        ("optional_routes", "0.36.0", "0.37.0"),
        ("unknown_model_keys", "0.45.0", "0.46.0"),
        ("override_files", "0.55.0", "0.56.0"),
        ("empty_backend_refused", "0.72.0", "0.73.0"),
        ("pipelex_home", "0.74.0", "0.74.1"),
        ("descriptive_placeholders", "0.74.1", "0.75.0"),
        ("thinking_budgets", "0.76.0", "0.77.0"),
        ("index", "0.77.0", "0.78.0"),
        ("unrouted_to_internal", "0.78.0", "0.79.0"),
    ],
)
def test_behaviour_changes_between_two_releases(name: str, last: str, first: str) -> None:
    assert getattr(behaviours_of(release(last)), name) != getattr(behaviours_of(release(first)), name)


@pytest.mark.parametrize(
    ("condition", "at", "expected"),
    [
        (Condition.BACKENDS_MISSING, "0.11.0", "InferenceBackendLibraryError"),
        (Condition.BACKENDS_MISSING, "0.12.0", "InferenceBackendLibraryNotFoundError"),
        (Condition.ROUTING_MISSING, "0.55.0", "ModelManagerError"),
        (Condition.ROUTING_MISSING, "0.56.0", "RoutingProfileLibraryNotFoundError"),
        (Condition.VARIABLE_LIST, "0.10.1", "InferenceBackendCredentialsError"),
        (Condition.VARIABLE_LIST, "0.10.2", "InferenceBackendCredentialsError"),
        (Condition.SPEC_VARIABLE_LIST, "0.10.1", "InferenceBackendLibraryError"),
        (Condition.SPEC_VARIABLE_LIST, "0.10.2", "VarFallbackPatternError"),
        (Condition.COST_TEXT, "0.18.0b3", "InferenceBackendLibraryError"),
        (Condition.COST_TEXT, "0.18.0", "TypeError"),
        (Condition.OVERRIDE_UNKNOWN, "0.89.0", "ModelChoiceNotFoundError"),
        (Condition.OVERRIDE_UNKNOWN, "0.90.0", "ModelDeckChoiceUnresolvedError"),
        (Condition.NO_MODELS, "0.72.0", None),
        (Condition.NO_MODELS, "0.73.0", "InferenceBackendLibraryValidationError"),
        (Condition.FORMER_RELEASE, "0.79.0", "FormerReleaseConfigError"),
        (Condition.PRESET_MAX_TOKENS, "0.10.2", "ConfigValidationError"),
        (Condition.PRESET_MAX_TOKENS, "0.81.1", None),
        (Condition.PRESET_MAX_TOKENS, "0.82.0", "ModelDeckValidationError"),
    ],
)
def test_error_class_of_condition(condition: Condition, at: str, expected: str | None) -> None:
    assert error_type(condition, release(at)) == expected
