"""One thing that releases do differently, with the release of each change."""

from __future__ import annotations

from typing import Any

from core.records import dataclass
from core.releases.number import Release


@dataclass(frozen=True, slots=True)
class Step:
    """From `since` on a behaviour has `value`; `words` says what that means to a person."""

    since: Release
    value: Any
    words: str


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
