"""Every reference of a new tree is served, for every family of releases and every one or two providers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.api import Report, inspect_tree
from core.references import Kind
from core.resolution import Status
from core.scaffold import ScaffoldPlan
from core.scaffold.templates import INTERNAL, ProviderTemplate, templates
from core.verdict import Verdict
from tests.core.scaffold.scaffold_plans import RELEASES, behaviours, inspect, plan, write_files

PAIRS = 4
"""So many pairs of providers for each release, drawn by its number; all pairs of all releases take minutes."""


def choosable(release: str) -> tuple[ProviderTemplate, ...]:
    return tuple(
        release_number for release_number in templates(behaviours(release).release) if release_number.name != INTERNAL
    )


def combinations(release: str) -> list[tuple[str, ...]]:
    """Every provider of language models alone, all providers, each of the others with some speaker, random pairs."""
    every = choosable(release)
    speakers = [release_number.name for release_number in every if release_number.has_language_models]
    chance = random.Random(release)
    silent = [
        (chance.choice(speakers), release_number.name)
        for release_number in every
        if not release_number.has_language_models
    ]
    pairs = [tuple(chance.sample(speakers, 2)) for _ in range(PAIRS)]
    return [*((name,) for name in speakers), tuple(release_number.name for release_number in every), *silent, *pairs]


READ_AS_LATER = {("0.24.1", "openai")}
"""Trees that look like those of later releases, which refuse models of images without rules."""


@pytest.mark.parametrize("release", RELEASES)
def test_a_new_tree_can_run(release: str, tmp_path: Path) -> None:
    for number, names in enumerate(combinations(release)):
        planned = plan(release, names)
        project = write_files(planned, tmp_path / str(number))
        check(inspect(project, tmp_path / "home", release), planned, names)
        if len(names) == 1 and (release, names[0]) not in READ_AS_LATER:
            # The same holds when the tree is opened without naming the release.
            check(inspect(project, tmp_path / "home", None), planned, names)


def check(report: Report, planned: ScaffoldPlan, names: Sequence[str]) -> None:
    where = f"{planned.behaviours.release} {names}, read as {report.release}"
    assert report.boots, where
    assert report.verdict == (Verdict.OK, "can run"), f"{where}: {[p.message for p in report.problems]}"
    dead = {item.family for item in report.resolutions if item.status is Status.DEAD}
    # What the release insists on and nobody chosen can do is told as a gap; nothing else is dead.
    assert dead <= set(planned.gaps), where
    living = [item for item in report.resolutions if item.family not in planned.gaps]
    assert {item.status for item in living} == {Status.CALLABLE}, where
    assert set(report.catalog.enabled) == {release_number.name for release_number in planned.providers}, where


@pytest.mark.parametrize("release", ["0.16.0", "0.18.6", "0.92.2"])
def test_every_reference_is_served_under_every_profile(release: str, tmp_path: Path) -> None:
    seeing = [
        release_number.name
        for release_number in choosable(release)
        if any("vision" in model.tiers for model in release_number.models)
    ]
    silent = [release_number.name for release_number in choosable(release) if not release_number.has_language_models]
    project = write_files(plan(release, [*seeing, *silent]), tmp_path / "shop")
    profiles = inspect(project, tmp_path / "home", release).catalog.profiles
    assert list(profiles) == ["all_enabled_backends", *(f"all_{name}" for name in seeing)]
    for name in profiles:
        report = inspect_tree(
            str(project), release=release, profile=name, environ={"HOME": str(tmp_path / "home")}, assume_keys=True
        )
        dead = [
            item.reference for item in report.resolutions if item.status is Status.DEAD and item.kind is not Kind.MODEL
        ]
        assert dead == []


@pytest.mark.parametrize("release", RELEASES)
def test_gap_is_a_required_default(release: str, tmp_path: Path) -> None:
    planned = plan(release, ["xai"])
    report = inspect(write_files(planned, tmp_path / "shop"), tmp_path / "home", release)
    dead = [item for item in report.resolutions if item.status is Status.DEAD]
    assert [(item.family, item.name) for item in dead] == [(family, "default") for family in planned.gaps]
    assert [problem.severity.value for problem in report.problems] == ["info"] * len(planned.gaps)


@pytest.mark.parametrize("release", RELEASES)
def test_each_language_provider_has_a_model_in_each_tier(release: str) -> None:
    for release_number in choosable(release):
        if release_number.has_language_models:
            tiers = [tier for model in release_number.models if model.model_type == "llm" for tier in model.tiers]
            assert sorted(set(tiers) - {"vision"}) == ["general", "premium", "small"], release_number.name
            assert len(tiers) == len(set(tiers)), release_number.name
