"""What an edit changes: handles that go elsewhere, references that die or come alive, prices, problems. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from core import formatting
from core.api import Report
from core.entities import ModelSpec
from core.problems import Problem, Severity
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution
from core.verdict import Verdict

Address = tuple[Kind, str, str]
"""What a reference is, its family and its name: the same before and after an edit."""


@dataclass(frozen=True, slots=True)
class Rerouted:
    """A handle that is served by another backend than before; None stands for no backend."""

    model_type: str
    handle: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Turned:
    """A reference that resolves differently than before; `before` or `after` is None where it does not exist."""

    before: Resolution | None
    after: Resolution | None

    @property
    def shown(self) -> Resolution:
        """The side to name it by: as it is now, else as it was."""
        result = self.after or self.before
        assert result is not None
        return result

    def price_change(self, category: str) -> float | None:
        """The change of the `input` or `output` price in USD per million tokens; None if a price is unknown."""
        before, after = _price(self.before, category), _price(self.after, category)
        return None if before is None or after is None else after - before


def _price(resolution: Resolution | None, category: str) -> float | None:
    spec = resolution.spec if resolution is not None else None
    return spec.costs.get(category) if spec is not None else None


@dataclass(frozen=True)
class Impact:
    """The differences between two reports of one tree."""

    before: Report
    after: Report

    @cached_property
    def rerouted(self) -> tuple[Rerouted, ...]:
        """Handles that another backend serves, or none, or one again; in the order of the models."""
        if self._same_serving:
            return ()
        old, new = self.before.serving.served, self.after.serving.served
        keys = dict.fromkeys((*old, *new))
        return tuple(
            Rerouted(kind, handle, _backend(old.get((kind, handle))), _backend(new.get((kind, handle))))
            for kind, handle in keys
            if _backend(old.get((kind, handle))) != _backend(new.get((kind, handle)))
        )

    @property
    def _same_serving(self) -> bool:
        return self.before.serving is self.after.serving

    @cached_property
    def turned(self) -> tuple[Turned, ...]:
        """Presets, aliases, waterfalls and choices that end otherwise than before, are new, or are gone."""
        if self.before is self.after:
            return ()
        old, new = _addressed(self.before), _addressed(self.after)
        matches = (Turned(old.get(address), new.get(address)) for address in dict.fromkeys((*old, *new)))
        return tuple(turn for turn in matches if _differs(turn))

    def _turned(self, *alive: bool) -> tuple[Turned, ...]:
        """The changed references that are alive, or not, before and after."""
        return tuple(
            turn
            for turn in self.turned
            if turn.before and turn.after and alive == (turn.before.alive, turn.after.alive)
        )

    @cached_property
    def died(self) -> tuple[Turned, ...]:
        """References that were alive and are dead now."""
        return self._turned(True, False)

    @cached_property
    def revived(self) -> tuple[Turned, ...]:
        """References that were dead and are alive now."""
        return self._turned(False, True)

    @cached_property
    def moved(self) -> tuple[Turned, ...]:
        """References that are alive before and after, but resolve to another model, backend or price."""
        return self._turned(True, True)

    @cached_property
    def price_change(self) -> tuple[float, float] | None:
        """The mean change of the price of a million tokens in, and out, in USD.

        Over the presets and choices that end at another price and whose prices are known; None when there is none.
        """
        used = (Kind.PRESET, Kind.CHOICE)
        turns = [turn for turn in self.moved if turn.shown.kind in used] or list(self.moved)
        inward = [change for turn in turns if (change := turn.price_change("input")) is not None]
        outward = [change for turn in turns if (change := turn.price_change("output")) is not None]
        if not any(inward) and not any(outward):
            return None
        return _mean(inward), _mean(outward)

    @cached_property
    def problems_added(self) -> tuple[Problem, ...]:
        """Problems that were not there before, wherever their lines are now."""
        return tuple(_more(self.after.problems, self.before.problems))

    @cached_property
    def problems_removed(self) -> tuple[Problem, ...]:
        """Problems that are gone."""
        return tuple(_more(self.before.problems, self.after.problems))

    @property
    def errors_added(self) -> tuple[Problem, ...]:
        """The added problems that are errors, which need consent before saving."""
        return tuple(problem for problem in self.problems_added if problem.severity is Severity.ERROR)

    @property
    def verdicts(self) -> tuple[Verdict, Verdict]:
        """The verdict before and after."""
        return self.before.verdict[0], self.after.verdict[0]

    @property
    def nothing(self) -> bool:
        """Whether nothing that pipedeck knows of changes."""
        return not (self.rerouted or self.turned or self.problems_added or self.problems_removed)

    def summary(self) -> str:
        """One line: `re-routes 14, kills 2, revives 24, +$0.40/M`."""
        return ", ".join(self._parts()) or "no change to routes or references"

    def _parts(self) -> Iterator[str]:
        counted = (
            ("re-routes", sum(1 for item in self.rerouted if item.before and item.after)),
            ("serves", sum(1 for item in self.rerouted if not item.before)),
            ("drops", sum(1 for item in self.rerouted if not item.after)),
        )
        for word, count in counted:
            if count:
                yield f"{word} {count}"
        for word, turns in (("kills", self.died), ("revives", self.revived)):
            if turns:
                yield f"{word} {len(turns)}"
        added = sum(1 for turn in self.turned if turn.before is None)
        gone = sum(1 for turn in self.turned if turn.after is None)
        for word, count in (("adds", added), ("removes", gone)):
            if count:
                yield f"{word} {formatting.counted(count, 'name')}"
        change = self.price_change
        if change is not None:
            yield f"{formatting.usd_change((change[0] + change[1]) / 2)}/M"
        errors, fixed = len(self.errors_added), len([p for p in self.problems_removed if p.severity is Severity.ERROR])
        if errors:
            yield formatting.counted(errors, "new error")
        if fixed:
            yield formatting.counted(fixed, "fewer error")


def compare(before: Report, after: Report) -> Impact:
    """What the edit between two reports of one tree changes. Worked out when it is asked for."""
    return Impact(before, after)


def _backend(spec: ModelSpec | None) -> str | None:
    return spec.backend if spec is not None else None


def _addressed(report: Report) -> Mapping[Address, Resolution]:
    return {(item.kind, item.family, item.name): item for item in report.resolutions if item.kind is not Kind.MODEL}


def _differs(turn: Turned) -> bool:
    before, after = turn.before, turn.after
    if before is None or after is None:
        return True
    return (
        before.status is not after.status
        or _end(before) != _end(after)
        or (before.spec is not None and after.spec is not None and before.spec.costs != after.spec.costs)
    )


def _end(resolution: Resolution) -> tuple[str, str] | None:
    return (resolution.spec.backend, resolution.spec.handle) if resolution.spec is not None else None


def _mean(changes: list[float]) -> float:
    return math.fsum(changes) / len(changes) if changes else 0.0


def _identity(problem: Problem) -> tuple[object, ...]:
    """The identity of a problem: independent of the location if it is about a reference."""
    place = problem.location if problem.reference is None else None
    return (problem.code, problem.message, problem.fatal, place.file if place else "", place.key if place else "")


def _more(these: tuple[Problem, ...], than: tuple[Problem, ...]) -> Iterator[Problem]:
    left = Counter(_identity(problem) for problem in than)
    for problem in these:
        key = _identity(problem)
        if left[key]:
            left[key] -= 1
        else:
            yield problem
