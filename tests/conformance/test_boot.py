"""A fast part of `--boot`: starts from several folders, an untouched home, each `.env`; one of a hundred kinds."""

from __future__ import annotations

import pytest

from .boot.measure import boot_outcomes
from .boot.registry import cases
from .test_conformance import installed_or_skip

KINDS = (
    "pyproject started in a deep folder",
    "nothing started in the project",
    "nothing started in a folder beside",
    "inner project of package.json",
    "two trees with a marker each",
    "dotenv of the project from a folder",
    "dotenv of a folder",
    "dotenv in latin 1",
    "dotenv NUL in a value",
    "dotenv twice with a use between",
    "home folder a file",
    "home named tilde",
    "override of the home linked to nothing",
    "empty project",
    "settings of ci_test in tests of the start folder from src",
    "vertexai without fields in ci_test",
)
"""Kinds of trees, in each of which some release differs from another or from a plain search upward."""

EVERY = 100
"""Of all kinds of trees one in so many is booted."""

pytestmark = pytest.mark.conformance


@pytest.mark.parametrize("release", ["0.17.6", "0.18.6", "0.92.2"])
def test_a_release_starts_where_pipedeck_says(release: str) -> None:
    installed_or_skip(release)
    chosen = [case for case in cases(release) if case.kind in KINDS]
    assert len(chosen) == len(KINDS)
    outcomes = list(boot_outcomes(release, chosen))
    assert [(item.case.title, str(item.differences[0])) for item in outcomes if item.differences] == []
    assert {item.theirs["status"] for item in outcomes} == {"ok", "error"}


def test_a_selection_of_all_kinds_boots_as_pipedeck_says() -> None:
    release = "0.92.2"
    installed_or_skip(release)
    outcomes = list(boot_outcomes(release, cases(release)[::EVERY]))
    assert [(item.case.title, str(item.differences[0])) for item in outcomes if item.differences] == []
    assert {item.theirs["status"] for item in outcomes} == {"ok", "error"}
    assert len(outcomes) > 20
