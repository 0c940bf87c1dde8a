"""The table of mutations: their names, whether each is meant to stop the load, and the releases it makes sense for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .scenario import Scenario

Change = Callable[[Scenario], str]
NEWEST = 9999


@dataclass(frozen=True)
class Mutation:
    """A registered change. `since` and `until` are the minor numbers of the first and last release it is used for."""

    name: str
    change: Change
    breaks: bool
    since: int
    until: int


MUTATIONS: dict[str, Mutation] = {}


def mutation(*, breaks: bool = False, since: int = 0, until: int = NEWEST) -> Callable[[Change], Change]:
    """Register a function that changes a scenario and says in a few words what it did."""

    def register(change: Change) -> Change:
        name = change.__name__
        if name in MUTATIONS:
            raise ValueError(f"two mutations are called {name}")
        MUTATIONS[name] = Mutation(name, change, breaks, since, until)
        return change

    return register


def applicable(minor: int) -> list[Mutation]:
    """The mutations for a release, in the order they were registered."""
    return [one for one in MUTATIONS.values() if one.since <= minor <= one.until]
