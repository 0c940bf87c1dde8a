"""A new tree works: for every family of releases, with any provider alone and with any two, nothing in it is dead."""

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
from tests.core.scaffold.planned import RELEASES, asked, behaviours, laid_out, plan

PAIRS = 4
"""So many pairs of providers for each release, drawn by its number; all pairs of all releases take minutes."""


def choosable(release: str) -> tuple[ProviderTemplate, ...]:
    return tuple(found for found in templates(behaviours(release).release) if found.name != INTERNAL)


def combinations(release: str) -> list[tuple[str, ...]]:
    """Every provider of language models alone, all providers, each of the others with some speaker, random pairs."""
    every = choosable(release)
    speakers = [found.name for found in every if found.has_language_models]
    chance = random.Random(release)
    silent = [(chance.choice(speakers), found.name) for found in every if not found.has_language_models]
    pairs = [tuple(chance.sample(speakers, 2)) for _ in range(PAIRS)]
    return [*((name,) for name in speakers), tuple(found.name for found in every), *silent, *pairs]


@pytest.mark.parametrize("release", RELEASES)
def test_a_new_tree_can_run(release: str, tmp_path: Path) -> None:
    for number, names in enumerate(combinations(release)):
        planned = plan(release, names)
        project = laid_out(planned, tmp_path / str(number))
        check(asked(project, tmp_path / "home", release), planned, names)
        if len(names) == 1:
            # As whoever opens it later, without naming the release, is answered.
            check(asked(project, tmp_path / "home", None), planned, names)


def check(report: Report, planned: ScaffoldPlan, names: Sequence[str]) -> None:
    where = f"{planned.behaviours.release} {names}, read as {report.release}"
    assert report.boots, where
    assert report.verdict == (Verdict.OK, "can run"), f"{where}: {[p.message for p in report.problems]}"
    dead = {item.family for item in report.resolutions if item.status is Status.DEAD}
    # What the release insists on and nobody chosen can do is told as a gap; nothing else is dead.
    assert dead <= set(planned.gaps), where
    living = [item for item in report.resolutions if item.family not in planned.gaps]
    assert {item.status for item in living} == {Status.CALLABLE}, where
    assert set(report.catalog.enabled) == {found.name for found in planned.providers}, where


@pytest.mark.parametrize("release", ["0.16.0", "0.18.6", "0.92.2"])
def test_every_profile_of_a_new_tree_keeps_every_reference_alive(release: str, tmp_path: Path) -> None:
    seeing = [found.name for found in choosable(release) if any("vision" in model.tiers for model in found.models)]
    silent = [found.name for found in choosable(release) if not found.has_language_models]
    project = laid_out(plan(release, [*seeing, *silent]), tmp_path / "shop")
    profiles = asked(project, tmp_path / "home", release).catalog.profiles
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
def test_a_gap_is_a_default_that_the_release_insists_on(release: str, tmp_path: Path) -> None:
    planned = plan(release, ["xai"])
    report = asked(laid_out(planned, tmp_path / "shop"), tmp_path / "home", release)
    dead = [item for item in report.resolutions if item.status is Status.DEAD]
    assert [(item.family, item.name) for item in dead] == [(family, "default") for family in planned.gaps]
    assert [problem.severity.value for problem in report.problems] == ["info"] * len(planned.gaps)


@pytest.mark.parametrize("release", RELEASES)
def test_each_speaker_has_a_model_for_each_strength(release: str) -> None:
    for found in choosable(release):
        if found.has_language_models:
            tiers = [tier for model in found.models if model.model_type == "llm" for tier in model.tiers]
            assert sorted(set(tiers) - {"vision"}) == ["general", "premium", "small"], found.name
            assert len(tiers) == len(set(tiers)), found.name
