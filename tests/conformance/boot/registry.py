"""The table of kinds: what each does to the base tree, and for which releases."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from .case import BootCase
from .draft import Draft

Change = Callable[[Draft], None]
NEWEST = 9999


@dataclass(frozen=True)
class Kind:
    """A registered kind. `since` and `until` are the minor numbers of the first and last release it is made for."""

    name: str
    change: Change
    since: int = 0
    until: int = NEWEST


KINDS: dict[str, Kind] = {}


def register(name: str, change: Change, since: int = 0, until: int = NEWEST) -> None:
    """Register a kind under a name of its own."""
    if name in KINDS:
        raise ValueError(f"two kinds are called {name}")
    KINDS[name] = Kind(name, change, since, until)


def kind(*, since: int = 0, until: int = NEWEST) -> Callable[[Change], Change]:
    """Register a function that changes a draft, under its name in words."""

    def keep(change: Change) -> Change:
        register(change.__name__.replace("_", " "), change, since, until)
        return change

    return keep


def swapped(name: str, path: str, old: str, new: str, since: int = 0, until: int = NEWEST) -> None:
    """Register the replacement of one text of the base tree."""
    register(name, lambda draft: draft.swap(path, old, new), since, until)


def added(name: str, path: str, text: str, since: int = 0, until: int = NEWEST) -> None:
    """Register a text appended to a file of the base tree, or a new file."""
    register(name, lambda draft: draft.add(path, text), since, until)


def lines(name: str, path: str, line: str, text: str, since: int = 0, until: int = NEWEST) -> None:
    """Register lines inserted below a line of the base tree."""
    register(name, lambda draft: draft.below(path, line, text), since, until)


def case_of(one: Kind, release: str) -> BootCase | None:
    """The case of a kind for a release; None where the kind is not made for it."""
    draft = Draft(one.name, release)
    if not one.since <= draft.minor <= one.until:
        return None
    one.change(draft)
    return draft.case()


def cases(release: str, containing: str = "") -> list[BootCase]:
    """The cases of a release, in the order their kinds were registered; only those whose name contains a text."""
    from . import kinds  # noqa: F401 - importing registers them

    made = (case_of(one, release) for one in KINDS.values() if containing in one.name)
    # Some kinds change nothing in some releases, and are then one case with another.
    return list({case.digest: case for case in made if case is not None}.values())


def sample(release: str, containing: str = "", most: int | None = None, seed: int = 0) -> list[BootCase]:
    """The cases of a release, or so many of them drawn by a seed, in their order."""
    every = cases(release, containing)
    if most is None or most >= len(every):
        return every
    drawn = random.Random(f"{release} {seed}").sample(range(len(every)), most)
    return [every[number] for number in sorted(drawn)]
