"""Comparison of two states of a tree: two profiles, two releases, or the tree without a backend or a key."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from functools import cached_property
from typing import Literal, TypeAlias

from core.api import Report
from core.entities import Place
from core.formatting import counted
from core.prices import Price, price_of
from core.problems import Problem
from core.records import dataclass
from core.references import Kind
from core.release_diff import Difference, compare_releases, resolutions_by_name
from core.resolution import Resolution, Status
from core.routing import FALLBACK, INTERNAL
from core.variables import State
from core.what_if import as_if

ComparisonKind: TypeAlias = Literal["profiles", "backend", "key", "releases", "revisions"]


class Outcome(StrEnum):
    """The change of a reference between two states."""

    DIES = "dies"
    REVIVES = "revives"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    MOVES = "moves"
    KEY = "key"
    PRICE = "price"
    NEW = "new"
    GONE = "gone"


OUTCOME_WORDS: Mapping[Outcome, tuple[str, str]] = {
    Outcome.DIES: ("dies", "die"),
    Outcome.REVIVES: ("comes alive", "come alive"),
    Outcome.REFUSED: ("is refused by its model", "are refused by their model"),
    Outcome.ACCEPTED: ("is no longer refused", "are no longer refused"),
    Outcome.MOVES: ("goes elsewhere", "go elsewhere"),
    Outcome.KEY: ("finds its key in another state", "find their key in another state"),
    Outcome.PRICE: ("changes its price", "change their price"),
    Outcome.NEW: ("is new", "are new"),
    Outcome.GONE: ("is gone", "are gone"),
}
"""The words of an outcome for one reference, and for several."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One reference with another target; a side is None where it does not exist.

    `saved_by`: the waterfall, fallback order or route that keeps it alive although its first target is gone.
    """

    outcome: Outcome
    before: Resolution | None = field(repr=False)
    after: Resolution | None = field(repr=False)
    saved_by: str = ""

    @property
    def shown(self) -> Resolution:
        """The side whose name is shown."""
        resolution = self.after if self.after is not None else self.before
        assert resolution is not None
        return resolution

    @property
    def prices(self) -> tuple[Price, Price]:
        """The price before and after; unknown for a dead reference."""
        return _price(self.before), _price(self.after)

    @property
    def place(self) -> Place | None:
        """The place of the definition."""
        return self.shown.place


@dataclass(frozen=True)
class Comparison:
    """The differences between two states of one tree.

    `kind` says what is compared; `first` and `second` name the two states. `hit`: the
    references whose target is removed; they fail until the backend is turned off, as no release tries the next backend
    by itself. `refuses`: the problem at which the release stops in the second state only. `differences`: those between
    two releases.
    """

    kind: ComparisonKind
    first: str
    second: str
    before: Report = field(repr=False)
    after: Report = field(repr=False)
    removed: tuple[str, ...] = ()
    hit: tuple[Resolution, ...] = ()
    refuses: Problem | None = None
    differences: tuple[Difference, ...] = ()

    @cached_property
    def changes(self) -> tuple[Changed, ...]:
        """Every reference with another target, models included, in tree order."""
        old, new = resolutions_by_name(self.before), resolutions_by_name(self.after)
        changes = []
        for key in dict.fromkeys((*old, *new)):
            before, now = old.get(key), new.get(key)
            outcome = _outcome(before, now)
            if outcome is not None:
                saved = _saved_by(before, now, self.after) if outcome is Outcome.MOVES else ""
                changes.append(Changed(outcome, before, now, saved))
        return tuple(changes)

    @cached_property
    def used(self) -> tuple[Changed, ...]:
        """The changes of presets and choices, which pipes use."""
        return tuple(item for item in self.changes if item.shown.kind in (Kind.PRESET, Kind.CHOICE))

    @cached_property
    def names(self) -> tuple[Changed, ...]:
        """The changes of aliases and waterfalls."""
        return tuple(item for item in self.changes if item.shown.kind in (Kind.ALIAS, Kind.WATERFALL))

    @cached_property
    def models(self) -> tuple[Changed, ...]:
        """The changes of handles: routed elsewhere, dropped or newly served."""
        return tuple(item for item in self.changes if item.shown.kind is Kind.MODEL)

    def count(self, outcome: Outcome, changes: Sequence[Changed] | None = None) -> int:
        """The number of changes with an outcome."""
        return sum(1 for item in (self.changes if changes is None else changes) if item.outcome is outcome)

    @property
    def summary(self) -> str:
        """The changes of presets and choices in one line: `3 die, 2 go elsewhere`."""
        return self.summed(self.used)

    def summed(self, changes: Sequence[Changed]) -> str:
        """The changes of some references in one line."""
        counts = [(self.count(outcome, changes), label) for outcome, label in OUTCOME_WORDS.items()]
        return ", ".join(counted(count, *label) for count, label in counts if count) or "none changes"

    @cached_property
    def price_change(self) -> tuple[float | None, float | None]:
        """The mean change of input and output price in USD per million tokens, of used references with two prices."""
        moved = [item.prices for item in self.used if item.outcome in (Outcome.MOVES, Outcome.PRICE, Outcome.KEY)]
        return _mean([(a.input, b.input) for a, b in moved]), _mean([(a.output, b.output) for a, b in moved])

    @property
    def same(self) -> bool:
        """Whether no reference changes, and the release starts in both states or in neither."""
        return not self.changes and self.before.boots == self.after.boots


def compare_profiles(report: Report, second: str, first: str | None = None) -> Comparison:
    """Compare one profile (by default the active one) with another, each as if it were active."""
    name = first if first is not None else report.catalog.active
    before, after = as_if(report, profile=name), as_if(report, profile=second)
    return Comparison("profiles", name or "none", second, before, after, refuses=_refuses(before, after))


def without_backends(report: Report, names: Iterable[str]) -> Comparison:
    """The references that a provider's outage hits, and the state with its backend off."""
    disabled = tuple(dict.fromkeys(names))
    after = as_if(report, disabled=disabled)
    title = f"without {', '.join(disabled)}"
    return Comparison("backend", "now", title, report, after, disabled, _hit(report, disabled), _refuses(report, after))


def without_keys(report: Report, names: Iterable[str]) -> Comparison:
    """The references that lost variables hit: the release may refuse to start until their backends are off.

    `removed`: those backends; `after`: the state with them off; `refuses`: the problem until then.
    """
    lost = tuple(dict.fromkeys(names))
    lacking = as_if(report, lost=lost)
    variables, unset = frozenset(lost), (State.MISSING, State.EMPTY)
    disabled = tuple(
        name
        for name in report.catalog.enabled
        if variables.intersection(report.catalog.variables_of(name)) and lacking.catalog.key_state(name) in unset
    )
    after = as_if(report, disabled=disabled, lost=lost)
    title = f"without {', '.join(lost)}"
    return Comparison("key", "now", title, report, after, disabled, _hit(report, disabled), _refuses(report, lacking))


def across_releases(report: Report, first: str, second: str, *, environ: Mapping[str, str] | None = None) -> Comparison:
    """Compare the tree under two releases. Rereads its files. Raises UnknownReleaseError."""
    catalog = report.catalog
    diff = compare_releases(
        first,
        second,
        catalog.tree.paths.inference,
        profile=catalog.active,
        environ=catalog.environment.shell if environ is None else environ,
        cwd=catalog.tree.paths.start,
        assume_keys=catalog.environment.assume_set,
    )
    return of_releases(diff.first, diff.second, diff.differences)


def of_releases(first: Report, second: Report, differences: tuple[Difference, ...]) -> Comparison:
    """The comparison of two reports of one tree, each for its release."""
    refuses = _refuses(first, second)
    names = str(first.release), str(second.release)
    return Comparison("releases", *names, first, second, refuses=refuses, differences=differences)


def of_revisions(first: str, second: str, before: Report, after: Report) -> Comparison:
    """The comparison of two states of the files, with their names."""
    return Comparison("revisions", first, second, before, after, refuses=_refuses(before, after))


def _refuses(before: Report, after: Report) -> Problem | None:
    return after.stops_at if before.boots else None


def _hit(report: Report, names: Iterable[str]) -> tuple[Resolution, ...]:
    disabled = frozenset(names)
    return tuple(item for item in report.resolutions if item.spec is not None and item.spec.backend in disabled)


def _outcome(before: Resolution | None, now: Resolution | None) -> Outcome | None:
    if before is None or now is None:
        return Outcome.NEW if before is None else Outcome.GONE
    if now.refusal is not None and before.refusal is None:
        return Outcome.REFUSED
    if before.alive != now.alive:
        return Outcome.REVIVES if now.alive else Outcome.DIES
    if before.fails != now.fails:
        return Outcome.ACCEPTED
    if _target(before) != _target(now):
        return Outcome.MOVES
    if before.status is not now.status:
        by_key = {before.status, now.status} <= {Status.CALLABLE, Status.SERVED, Status.UNKNOWN}
        return Outcome.KEY if by_key and now.spec is not None else Outcome.MOVES
    return Outcome.PRICE if _price(before) != _price(now) else None


def _target(resolution: Resolution) -> tuple[str, str, str] | None:
    spec = resolution.spec
    return (spec.backend, spec.handle, spec.model_id) if spec is not None else None


def _price(resolution: Resolution | None) -> Price:
    spec = resolution.spec if resolution is not None else None
    return price_of(spec) if spec is not None else Price()


def _saved_by(before: Resolution | None, now: Resolution | None, after: Report) -> str:
    """The rule that leads a reference to another target."""
    if before is None or now is None or now.spec is None or before.spec is None:
        return ""
    if now.spec.handle != before.spec.handle:
        return _skipping_list(before, now)
    if now.method == INTERNAL:
        return "the internal backend"
    profile = after.catalog.profile
    order = (profile.fallback_order or ()) if profile is not None and after.catalog.behaviours.fallback_order else ()
    if now.method == FALLBACK:
        return "the fallback order" if now.spec.backend in order else "the other backends"
    match = now.match
    if match is None or match.pattern is None:
        return "the fallback order" if match is not None and "fallback_order" in match.place.path else "the default"
    return f"route {match.pattern}"


def _skipping_list(before: Resolution, now: Resolution) -> str:
    """The waterfall, or alias with a list, that skips an entry it used before."""
    passed = {hop.name for hop in before.hops if hop.place is None}
    entry = ""
    for hop in now.hops:
        if hop.kind in (Kind.WATERFALL, Kind.ALIAS):
            entry = f"{hop.kind.value} {hop.name}"
        elif hop.place is None and hop.name not in passed:
            return entry
    return ""


def _mean(pairs: Sequence[tuple[float | None, float | None]]) -> float | None:
    differences = [after - before for before, after in pairs if before is not None and after is not None]
    return math.fsum(differences) / len(differences) if differences else None
