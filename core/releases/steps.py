"""Behaviours of releases: the values that one thing has had, each with the release of its change."""

from __future__ import annotations

from typing import Any

from core.records import dataclass
from core.releases.number import Release, parse_release


@dataclass(frozen=True, slots=True)
class Step:
    """A value of a behaviour from release `since` on; `text` describes it in `pipedeck releases`."""

    since: Release
    value: Any
    text: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing that releases do differently, with the release of each change."""

    name: str
    title: str
    steps: tuple[Step, ...]

    def step(self, release: Release) -> Step:
        """The step in force in a release; releases before the first step get the first."""
        current = self.steps[0]
        for step in self.steps[1:]:
            if step.since <= release:
                current = step
        return current


def _at(text: str) -> Release:
    release = parse_release(text)
    assert release is not None, text
    return release


def behaviour(name: str, title: str, *steps: tuple[str, Any, str]) -> Behaviour:
    """A row of the table; a step is a release, a value and its text."""
    return Behaviour(name, title, tuple(Step(_at(since), value, text) for since, value, text in steps))
