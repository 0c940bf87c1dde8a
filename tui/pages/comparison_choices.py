"""Comparisons with the current state: profiles, releases, a lost backend or key; each with its command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from core.api import Report
from core.compare import Comparison, across_releases, compare_profiles, without_backends, without_keys
from core.masking import shown_name
from core.records import dataclass
from core.releases import FIRST_RELEASE, NEWEST_RELEASE, TABLE
from tui.dialogs.pick import Choice
from tui.pages.exports import quoted
from tui.view_model import ViewModel

EVERY_PROFILE = "profiles"
TWO_PROFILES, TWO_RELEASES = "two profiles", "two releases"
"""What is picked to be asked for both sides."""
_BOTH = "pick one, then the other"


@dataclass(frozen=True)
class Question:
    """What is to be compared: its `key`, how it is asked for, more about it, the command that answers the same."""

    key: str
    words: str
    about: str
    command: str
    make: Callable[[Report], Comparison]


def profile(name: str, description: str = "", first: str | None = None) -> Question:
    """What another profile changes, against the active one or against `first`."""
    names = (first, name) if first is not None else (name,)
    command = f"pipedeck compare {' '.join(map(quoted, names))}"
    words = f"with profile {name}" if first is None else f"profiles {first} {name}"
    return Question(f"profile:{name}", words, description, command, partial(_profiles, name, first))


def _profiles(name: str, first: str | None, report: Report) -> Comparison:
    return compare_profiles(report, name, first)


def down(name: str) -> Question:
    """What becomes of everything when a backend is down."""
    make = partial(_without, name)
    about = "what if this backend is down"
    return Question(
        f"without:{name}", f"without backend {name}", about, f"pipedeck compare --without {quoted(name)}", make
    )


def _without(name: str, report: Report) -> Comparison:
    return without_backends(report, [name])


def lost(name: str) -> Question:
    """What becomes of everything when a variable is lost."""
    shown = shown_name(name)
    about = "what if this key is lost"
    command = f"pipedeck compare --without-key {quoted(shown)}"
    return Question(f"key:{name}", f"without key {shown}", about, command, partial(_lost, name))


def _lost(name: str, report: Report) -> Comparison:
    return without_keys(report, [name])


def releases(first: str, second: str) -> Question:
    """What two releases of Pipelex make of the tree."""
    command = f"pipedeck compare --releases {first} {second}"
    about = "another release of Pipelex"
    make = partial(_releases, first, second)
    return Question(f"release:{second}", f"with release {second}", about, command, make)


def _releases(first: str, second: str, report: Report) -> Comparison:
    return across_releases(report, first, second)


def questions(view: ViewModel) -> Iterator[Question]:
    """Everything that can be compared with what is now: profiles, backends that are on, their keys, releases."""
    catalog = view.catalog
    for name, found in catalog.profiles.items():
        if name != catalog.active:
            yield profile(name, found.description)
    for name in catalog.enabled:
        yield down(name)
    for name in dict.fromkeys(name for backend in catalog.enabled for name in catalog.variables_of(backend)):
        yield lost(name)
    mine = str(view.report.release)
    for number in turning_releases():
        if number != mine:
            yield releases(mine, number)


def turning_releases() -> Sequence[str]:
    """The newest release, and those in which something changed, the newest first."""
    releases_with_changes = sorted({step.since for behaviour in TABLE for step in behaviour.steps}, reverse=True)
    return tuple(dict.fromkeys((NEWEST_RELEASE, *map(str, releases_with_changes), FIRST_RELEASE)))


def choices(view: ViewModel) -> list[Choice]:
    """What can be compared, to pick from."""
    found = [Choice(EVERY_PROFILE, "every profile", "a line for each")]
    found += [Choice(question.key, question.words, question.about) for question in questions(view)]
    profiles = sum(1 for choice in found if choice.key.startswith("profile:"))
    if profiles > 1:
        found.insert(1 + profiles, Choice(TWO_PROFILES, "two other profiles", _BOTH))
    releases = sum(1 for choice in found if choice.key.startswith("release:"))
    found.insert(len(found) - releases, Choice(TWO_RELEASES, "two other releases", _BOTH))
    return found
