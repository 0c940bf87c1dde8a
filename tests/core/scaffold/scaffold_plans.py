"""Scaffold plans for tests, and their writing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.api import Report, inspect_tree
from core.files.store import Committed, state_folder
from core.releases import Behaviours, behaviours_of, parse_release
from core.scaffold import ScaffoldPlan, new_location, plan_tree, write_plan

RELEASES = (
    "0.10.0",
    "0.10.2",
    "0.11.0",
    "0.12.0",
    "0.14.3",
    "0.15.7",
    "0.16.0",
    "0.17.6",
    "0.18.6",
    "0.19.0",
    "0.24.1",
    "0.43.1",
    "0.46.0",
    "0.71.1",
    "0.72.0",
    "0.79.0",
    "0.91.0",
    "0.92.2",
)
"""One of each family of releases, and those around each change of new trees."""


def behaviours(release: str) -> Behaviours:
    """The behaviours of a release by its number."""
    release_number = parse_release(release)
    assert release_number is not None
    return behaviours_of(release_number)


def plan(release: str, names: Sequence[str]) -> ScaffoldPlan:
    """A plan by the number of a release."""
    return plan_tree(behaviours(release), names)


def commit_plan(planned: ScaffoldPlan, project: Path, home: Path) -> Path:
    """Write a plan into a project, which need not exist."""
    environ = {"HOME": str(home)}
    location = new_location(str(project), cwd=str(project.parent), environ=environ)
    result = write_plan(planned, location, state_folder(environ))
    assert isinstance(result, Committed), result.message
    return project


def write_files(planned: ScaffoldPlan, project: Path) -> Path:
    """Write a plan as plain files, without the slow commit."""
    for file in planned.files:
        path = project / ".pipelex" / "inference" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return project


def inspect(project: Path, home: Path, release: str | None) -> Report:
    """The report on a written tree with every key set."""
    return inspect_tree(str(project), release=release, environ={"HOME": str(home)}, assume_keys=True)
