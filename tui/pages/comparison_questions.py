"""The comparisons to choose from, each with the command of the same result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from core.api import Report
from core.compare import Comparison, across_releases, compare_profiles, without_backends, without_keys
from core.files.git import is_in_repository
from core.records import dataclass
from core.releases import FIRST_RELEASE, NEWEST_RELEASE, TABLE
from core.review import Review, review_change
from core.secret_texts import shown_name
from tui.dialogs.pick import Choice
from tui.pages.exports import quoted
from tui.view_model import ViewModel

EVERY_PROFILE = "profiles"
TWO_PROFILES, TWO_RELEASES = "two profiles", "two releases"
"""The keys of the choices that ask for both sides."""
_GROUPS = {
    "profile": "with profile",
    "without": "without backend",
    "key": "without key",
    "release": "with release",
}
"""The beginning of the labels of questions, by that of their keys."""
_BOTH = "pick one, then the other"


@dataclass(frozen=True)
class Question:
    """A comparison to choose: its key, label and description, and the command with the same result."""

    key: str
    label: str
    description: str
    command: str
    make: Callable[[Report], Comparison | Review]


def profile(name: str, description: str = "", first: str | None = None) -> Question:
    """The comparison of a profile with the active one, or with `first`."""
    names = (first, name) if first is not None else (name,)
    command = f"pipedeck compare {' '.join(map(quoted, names))}"
    label = f"with profile {name}" if first is None else f"profiles {first} {name}"
    key = f"profile:{name}"
    return Question(key, label, description, command, lambda report: compare_profiles(report, name, first))


def down(name: str) -> Question:
    """The comparison with a backend down."""
    command = f"pipedeck compare --without {quoted(name)}"
    key, description = f"without:{name}", "when it is down"
    return Question(
        key, f"without backend {name}", description, command, lambda report: without_backends(report, [name])
    )


def lost(name: str) -> Question:
    """The comparison with a variable lost."""
    shown = shown_name(name)
    command = f"pipedeck compare --without-key {quoted(shown)}"
    key, description = f"key:{name}", "when it is not set"
    return Question(key, f"without key {shown}", description, command, lambda report: without_keys(report, [name]))


def releases(first: str, second: str) -> Question:
    """The comparison of two releases of Pipelex."""
    command = f"pipedeck compare --releases {first} {second}"
    key, label = f"release:{second}", f"with release {second}"
    return Question(
        key, label, "another release of Pipelex", command, lambda report: across_releases(report, first, second)
    )


def upgrade(first: str, second: str) -> Question:
    """The comparison of the release that the files fit with the one that is answered for."""
    key, description = f"since:{first}", "what Pipelex changed for this tree since"
    return replace(releases(first, second), key=key, label=f"since release {first}", description=description)


def since(revision: str, label: str, description: str) -> Question:
    """The comparison with a commit of the project's repository."""
    command = f"pipedeck review {revision}".rstrip()
    return Question(f"since:{revision}", label, description, command, partial(review_change, revision=revision))


def questions(view: ViewModel) -> Iterator[Question]:
    """The comparisons with the current state: commits, profiles, enabled backends, their keys, releases."""
    catalog, detected = view.catalog, view.report.fits
    if detected < view.report.release:
        yield upgrade(str(detected), str(view.report.release))
    if is_in_repository(catalog.tree.paths.project):
        yield since("HEAD", "since the last commit", "the changes that are not committed, edits included")
        yield since("", "since the branch point", "all changes of this branch, edits included")
    yield from (profile(name, item.description) for name, item in catalog.profiles.items() if name != catalog.active)
    yield from map(down, catalog.enabled)
    yield from map(lost, dict.fromkeys(name for backend in catalog.enabled for name in catalog.variables_of(backend)))
    current = str(view.report.release)
    yield from (releases(current, number) for number in changed_releases() if number != current)


def changed_releases() -> Sequence[str]:
    """The releases to compare, the newest first: the newest, those with changes and the first."""
    releases_with_changes = sorted({step.since for behaviour in TABLE for step in behaviour.steps}, reverse=True)
    return tuple(dict.fromkeys((NEWEST_RELEASE, *map(str, releases_with_changes), FIRST_RELEASE)))


def choices(view: ViewModel) -> list[Choice]:
    """The comparisons to pick from."""
    rows = [
        Choice(question.key, question.label, question.description, _GROUPS.get(question.key.partition(":")[0], ""))
        for question in questions(view)
    ]
    commits = [choice for choice in rows if choice.key.startswith("since:")]
    rows = rows[len(commits) :]
    profiles = sum(1 for choice in rows if choice.key.startswith("profile:"))
    releases = len(rows) - sum(1 for choice in rows if choice.key.startswith("release:"))
    two_profiles = [Choice(TWO_PROFILES, "two other profiles", _BOTH)] if profiles > 1 else []
    return [
        Choice(EVERY_PROFILE, "every profile", "a line for each"),
        *commits,
        *rows[:profiles],
        *two_profiles,
        *rows[profiles:releases],
        Choice(TWO_RELEASES, "two other releases", _BOTH),
        *rows[releases:],
    ]
