"""The changes between two states of a tree, grouped by their causes, and the sentence that sums them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from core.causes import DEAD_KINDS, Cause
from core.compare import OUTCOME_WORDS, Changed, Comparison, Outcome
from core.diagnostics import backend_codes
from core.formatting import counted
from core.problems import Problem
from core.records import dataclass
from core.references import Kind

_FAILING = (Outcome.DIES, Outcome.REFUSED)
_NAME = "name "
"""Prefix of the keys of causes of one dead name each; those of one comparison are one group."""
_NAMED = 3
"""Names that a title lists."""


@dataclass(frozen=True)
class ChangeGroup:
    """Changes with one cause: references with their common outcome, or refused files with one kind of problem.

    `outcome` is None for files. `title` is the cause in words; `fix` is of the first problem.
    """

    title: str
    outcome: Outcome | None
    changes: tuple[Changed, ...] = ()
    files: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    fix: str | None = None

    @property
    def effect(self) -> str:
        """The outcome and the numbers of names: `34 presets, 4 choices die`."""
        if self.outcome is None:
            return f"{counted(len(self.files), 'file is', 'files are')} refused"
        kinds = Counter(item.shown.kind for item in self.changes)
        counts = [counted(kinds[kind], kind.value) for kind in (*DEAD_KINDS, Kind.MODEL) if kinds[kind]]
        return f"{', '.join(counts)} {OUTCOME_WORDS[self.outcome][len(self.changes) > 1]}"


def headline(comparison: Comparison) -> str:
    """The effects on the tree in words, the worst first: `3 names die, 2 files are refused`; empty without any."""
    models, names = comparison.models, [item for item in comparison.changes if item.shown.kind is not Kind.MODEL]
    files = len(refused_files(comparison))
    served = Counter(item.outcome for item in models)
    parts = [
        *_counts(names, _FAILING),
        f"{counted(files, 'file is', 'files are')} refused" if files else "",
        *(
            f"{counted(served[outcome], 'model is', 'models are')} {word}" if served[outcome] else ""
            for outcome, word in ((Outcome.DIES, "no longer served"), (Outcome.REVIVES, "newly served"))
        ),
        *_counts(names, [outcome for outcome in Outcome if outcome not in _FAILING]),
    ]
    return ", ".join(filter(None, parts))


def _counts(changes: Sequence[Changed], outcomes: Iterable[Outcome]) -> Iterator[str]:
    counts = Counter(item.outcome for item in changes)
    for outcome in outcomes:
        if counts[outcome]:
            one, several = OUTCOME_WORDS[outcome]
            yield counted(counts[outcome], f"name {one}", f"names {several}")


def refused_files(comparison: Comparison) -> Mapping[str, tuple[Problem, ...]]:
    """The files at which the second state stops and the first does not, each with its problems.

    Variables that are not set are no fault of a file.
    """
    before = {_identity(problem) for problem in comparison.before.problems if problem.fatal}
    files: dict[str, list[Problem]] = {}
    for problem in comparison.after.problems:
        location = problem.location
        if not problem.fatal or location is None or problem.diagnostic is backend_codes.VARIABLE_MISSING:
            continue
        if _identity(problem) not in before:
            files.setdefault(location.file, []).append(problem)
    return {file: tuple(problems) for file, problems in files.items()}


def _identity(problem: Problem) -> tuple[str, str, int]:
    location = problem.location
    return (problem.code, location.file if location else "", location.line if location else 0)


def change_groups(comparison: Comparison) -> tuple[ChangeGroup, ...]:
    """All changes by cause: what fails, the most first, files that are refused, then the other outcomes."""
    failing = [item for item in comparison.changes if item.outcome in _FAILING]
    groups = [*_failing(comparison, failing)]
    groups.sort(key=lambda group: -_weight(group))
    return (*groups, *_refused(refused_files(comparison)), *_others(comparison))


def _refused(files: Mapping[str, tuple[Problem, ...]]) -> Iterator[ChangeGroup]:
    by_code: dict[str, dict[str, tuple[Problem, ...]]] = {}
    for file, problems in files.items():
        by_code.setdefault(problems[0].code, {})[file] = problems
    for members in sorted(by_code.values(), key=len, reverse=True):
        first = next(iter(members.values()))[0]
        count = sum(map(len, members.values())) - 1
        title = f"{first.message}, and {counted(count, 'more problem')}" if count else first.message
        yield ChangeGroup(title, None, (), members, first.fix)


def _weight(group: ChangeGroup) -> int:
    """Models weigh less than the names that pipes use."""
    return sum(1000 if item.shown.kind is not Kind.MODEL else 1 for item in group.changes)


def _failing(comparison: Comparison, changes: Sequence[Changed]) -> Iterator[ChangeGroup]:
    causes = {reference: cause for cause in comparison.after.causes for reference in cause.references}
    by_title: dict[tuple[str, Outcome], list[Changed]] = {}
    reasons: dict[str, Cause] = {}
    dead_names: dict[str, None] = {}
    for item in changes:
        shown = item.shown
        cause = causes.get((shown.kind.value, shown.family, shown.name))
        if cause is not None and cause.key.startswith(_NAME):
            dead_names[cause.key.removeprefix(_NAME)] = None
            title = _NAME
        elif cause is not None:
            title = cause.title
            reasons[title] = cause
        else:
            title = _without_cause(item)
        by_title.setdefault((title, item.outcome), []).append(item)
    for (title, outcome), members in by_title.items():
        reason = reasons.get(title)
        words = _dead_names(list(dead_names)) if title == _NAME else title
        yield ChangeGroup(words, outcome, tuple(members), fix=reason.fix if reason is not None else None)


def _dead_names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    listed = ", ".join(f"`{name}`" for name in names[:_NAMED])
    return f"no model, alias or waterfall {listed}{more} is served"


def _without_cause(item: Changed) -> str:
    """The reason of a change that no problem of the second state is about."""
    if item.shown.kind is Kind.MODEL:
        return "served by no backend"
    unresolved = item.after.unresolved if item.after is not None else None
    return unresolved.message if unresolved is not None else "other causes"


def _others(comparison: Comparison) -> Iterator[ChangeGroup]:
    """The changes that lose nothing, by outcome, those to another backend by both backends."""
    groups: dict[tuple[Outcome, str], list[Changed]] = {}
    for item in comparison.changes:
        if item.outcome in _FAILING:
            continue
        before, after = (side.spec if side is not None else None for side in (item.before, item.after))
        title = ""
        if item.outcome is Outcome.MOVES and before is not None and after is not None:
            same = before.backend == after.backend
            title = f"at {after.backend}" if same else f"from {before.backend} to {after.backend}"
        groups.setdefault((item.outcome, title), []).append(item)
    order = list(Outcome)
    for (outcome, title), members in sorted(groups.items(), key=lambda group: order.index(group[0][0])):
        yield ChangeGroup(title, outcome, tuple(members))
