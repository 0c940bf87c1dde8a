"""The impact of an edit: rerouted handles, references that die or revive, price changes, problems."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from core import formatting
from core.api import Report
from core.entities import ModelSpec
from core.problems import Problem, Severity
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution, Status
from core.verdict import Verdict

if TYPE_CHECKING:
    from core.repricing import CostChange

Address = tuple[Kind, str, str]
"""The kind, family and name of a reference: the same before and after an edit."""


@dataclass(frozen=True, slots=True)
class Rerouted:
    """A handle whose serving backend changes; None stands for no backend."""

    model_type: str
    handle: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A reference that resolves differently than before; `before` or `after` is None where it does not exist."""

    before: Resolution | None
    after: Resolution | None

    @property
    def shown(self) -> Resolution:
        """The resolution to display: the new one, or the old one of a removed reference."""
        result = self.after or self.before
        assert result is not None
        return result

    @property
    def detail(self) -> str:
        """The change of a reference that ends at the same model: its status, or the prices; else empty."""
        before, after = self.before, self.after
        if before is None or after is None or _target(before) != _target(after):
            return ""
        if before.status is not after.status:
            return f"{before.status.value} -> {after.status.value}"
        changes = ((self.price_change(category), noun) for category, noun in (("input", "in"), ("output", "out")))
        prices = [f"{formatting.usd_change(price)}/M {noun}" for price, noun in changes if price]
        return ", ".join(prices) or "other prices"

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
        """Handles whose backend changes, in the order of the models."""
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
    def changed(self) -> tuple[StatusChange, ...]:
        """Presets, aliases, waterfalls and choices that resolve differently, are added or are removed."""
        if self.before is self.after:
            return ()
        old, new = _addressed(self.before), _addressed(self.after)
        matches = (StatusChange(old.get(address), new.get(address)) for address in dict.fromkeys((*old, *new)))
        return tuple(change for change in matches if _differs(change))

    def _changed_from(self, *alive: bool) -> tuple[StatusChange, ...]:
        """The changed references that are alive, or not, before and after."""
        return tuple(
            change
            for change in self.changed
            if change.before and change.after and alive == (change.before.alive, change.after.alive)
        )

    @cached_property
    def died(self) -> tuple[StatusChange, ...]:
        """References that were alive and are dead now."""
        return self._changed_from(True, False)

    @cached_property
    def revived(self) -> tuple[StatusChange, ...]:
        """References that were dead and end at a model now that takes their settings."""
        return tuple(change for change in self._changed_from(False, True) if not _is_refused(change.after))

    @cached_property
    def refused(self) -> tuple[StatusChange, ...]:
        """References whose model refuses their settings now, and did not before."""
        return tuple(change for change in self.changed if _is_refused(change.after) and not _is_refused(change.before))

    @cached_property
    def accepted(self) -> tuple[StatusChange, ...]:
        """References whose settings a model takes now, and were refused before."""
        return tuple(
            change for change in self.changed if _is_refused(change.before) and change.after and not change.after.fails
        )

    @cached_property
    def callable(self) -> tuple[StatusChange, ...]:
        """References that can be called now, and were served or unknown before, but not callable."""
        return tuple(change for change in self.moved if _is(change.after, Status.CALLABLE) and _waits(change.before))

    @cached_property
    def uncallable(self) -> tuple[StatusChange, ...]:
        """References that could be called, and are served now, but not callable: a key is missing, or a call fails."""
        return tuple(
            change for change in self.moved if _is(change.before, Status.CALLABLE) and _is(change.after, Status.SERVED)
        )

    @property
    def worsens(self) -> bool:
        """Whether a reference dies, is refused, or can no longer be called."""
        return bool(self.died or self.refused or self.uncallable)

    @cached_property
    def moved(self) -> tuple[StatusChange, ...]:
        """References that are alive before and after, but resolve to another model, backend or price."""
        return self._changed_from(True, True)

    @cached_property
    def price_change(self) -> tuple[float, float] | None:
        """The mean change of the price of a million tokens in, and out, in USD.

        Over the presets and choices that end at another price and whose prices are known; None when there is none.
        """
        used = (Kind.PRESET, Kind.CHOICE)
        changes = [change for change in self.moved if change.shown.kind in used] or list(self.moved)
        inward = [price for change in changes if (price := change.price_change("input")) is not None]
        outward = [price for change in changes if (price := change.price_change("output")) is not None]
        if not any(inward) and not any(outward):
            return None
        return _mean(inward), _mean(outward)

    @cached_property
    def cost_change(self) -> CostChange | None:
        """The cost of the last 30 days after the edit; None without past runs that would be routed differently."""
        if self.before.recent_runs is None or self.before is self.after:
            return None
        from core.repricing import cost_change  # only with traces, after the first screen

        return cost_change(self.before, self.after)

    @cached_property
    def problems_added(self) -> tuple[Problem, ...]:
        """Problems that were not there before, wherever their lines are now."""
        return tuple(_added(self.after.problems, self.before.problems))

    @cached_property
    def problems_removed(self) -> tuple[Problem, ...]:
        """Problems that are gone."""
        return tuple(_added(self.before.problems, self.after.problems))

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
        """Whether there is no impact."""
        return not (self.rerouted or self.changed or self.problems_added or self.problems_removed)

    def summary(self, width: int | None = None) -> str:
        """One line: `2 names die, 4 become callable, 1 new error, 14 models rerouted, +$0.40/M`.

        `width`: the characters in which to list as many effects as fit, with `...` for the others.
        """
        effects = tuple(self._effects())
        if not effects:
            moved = sum(1 for change in self.moved if not change.detail)
            words = f"{formatting.counted(moved, 'name ends', 'names end')} elsewhere" if moved else ""
            return words or "no change to routes or references"
        text = ", ".join(effects)
        count = len(effects)
        while width is not None and len(text) > width and count > 1:
            count -= 1
            text = f"{', '.join(effects[:count])}, ..."
        return text

    def _effects(self) -> Iterator[str]:
        changed = self.changed
        names = (
            (self.died, "dies" if len(self.died) == 1 else "die"),
            (self.revived, self._revive),
            (self.callable, "becomes callable" if len(self.callable) == 1 else "become callable"),
            (self.uncallable, "no longer callable"),
            (self.refused, "refused by the model"),
            (self.accepted, "no longer refused"),
            ([change for change in changed if change.before is None], "added"),
            ([change for change in changed if change.after is None], "removed"),
        )
        yield from _of_noun("name", ((len(changes), effect) for changes, effect in names))
        if self.errors_added:
            yield formatting.counted(len(self.errors_added), "new error")
        fixed = sum(1 for problem in self.problems_removed if problem.severity is Severity.ERROR)
        if fixed:
            yield formatting.counted(fixed, "fewer error")
        before, after = self.before.pipe_tally, self.after.pipe_tally
        if before.able != after.able:
            yield f"{after.able} of {formatting.counted(after.total, 'pipe')} can run, before {before.able}"
        models = (
            (sum(1 for item in self.rerouted if item.before and item.after), "rerouted"),
            (sum(1 for item in self.rerouted if not item.before), "now served"),
            (sum(1 for item in self.rerouted if not item.after), "no longer served"),
        )
        yield from _of_noun("model", models)
        if self.price_change is not None:
            yield f"{formatting.usd_change(sum(self.price_change) / 2)}/M"

    @property
    def _revive(self) -> str:
        """`revive`, with the number of those that are not callable all the same."""
        verb = "revives" if len(self.revived) == 1 else "revive"
        pending = sum(1 for change in self.revived if not _is(change.after, Status.CALLABLE))
        return f"{verb} ({pending} not callable)" if pending else verb


def _of_noun(noun: str, effects: Iterable[tuple[int, str]]) -> Iterator[str]:
    """`19 names die`, then `44 become callable`: the noun is said once."""
    for number, (count, effect) in enumerate(each for each in effects if each[0]):
        yield f"{count:,} {effect}" if number else f"{formatting.counted(count, noun)} {effect}"


def compare(before: Report, after: Report) -> Impact:
    """The impact of the edit between two reports of one tree, computed on demand."""
    return Impact(before, after)


def _backend(spec: ModelSpec | None) -> str | None:
    return spec.backend if spec is not None else None


def _addressed(report: Report) -> Mapping[Address, Resolution]:
    return {(item.kind, item.family, item.name): item for item in report.resolutions if item.kind is not Kind.MODEL}


def _differs(change: StatusChange) -> bool:
    before, after = change.before, change.after
    if before is None or after is None:
        return True
    return (
        before.status is not after.status
        or _target(before) != _target(after)
        or (before.spec is not None and after.spec is not None and before.spec.costs != after.spec.costs)
    )


def _is_refused(resolution: Resolution | None) -> bool:
    return resolution is not None and resolution.refusal is not None


def standing(resolution: Resolution) -> str:
    """The suffix of a served reference that cannot be called: `, refused` or `, not callable`."""
    return {Status.REFUSED: ", refused", Status.SERVED: ", not callable"}.get(resolution.status, "")


def _is(resolution: Resolution | None, status: Status) -> bool:
    return resolution is not None and resolution.status is status


def _waits(resolution: Resolution | None) -> bool:
    return _is(resolution, Status.SERVED) or _is(resolution, Status.UNKNOWN)


def _target(resolution: Resolution) -> tuple[str, str] | None:
    return (resolution.spec.backend, resolution.spec.handle) if resolution.spec is not None else None


def _mean(changes: list[float]) -> float:
    return math.fsum(changes) / len(changes) if changes else 0.0


def _identity(problem: Problem) -> tuple[object, ...]:
    """The identity of a problem: independent of the location if it is about a reference."""
    location = problem.location if problem.reference is None else None
    position = (location.file, location.key) if location else ("", "")
    return (problem.code, problem.message, problem.fatal, *position)


def _added(problems: tuple[Problem, ...], previous: tuple[Problem, ...]) -> Iterator[Problem]:
    left = Counter(_identity(problem) for problem in previous)
    for problem in problems:
        key = _identity(problem)
        if left[key]:
            left[key] -= 1
        else:
            yield problem
