"""The index of the causes and problems of a report, by item: problems behind a cause, problems of an item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from core.causes import Cause
from core.problems import Problem, Severity
from tui.live import LiveResults
from tui.selection import ItemRef

Groups = Mapping[ItemRef, tuple[ItemRef, ...]]


class ProblemIndex:
    """The causes and problems of one report, live results included. Each index is built at its first use."""

    def __init__(self, live_results: LiveResults) -> None:
        self.live_results = live_results
        self._by_subject: Groups | None = None

    @cached_property
    def causes(self) -> Mapping[ItemRef, Cause]:
        """The causes by item."""
        return {ItemRef("cause", "", cause.key): cause for cause in self.live_results.report.causes}

    @cached_property
    def problems(self) -> Mapping[ItemRef, Problem]:
        """The problems by item; the name of an item is the same in every report that has the problem."""
        problems: dict[ItemRef, Problem] = {}
        for problem in self.live_results.report.problems:
            name = f"{problem.code} {problem.location or ''} {problem.message}"
            ref = ItemRef("problem", "", name)
            number = 1
            while ref in problems:
                number += 1
                ref = ItemRef("problem", str(number), name)
            problems[ref] = problem
        return problems

    @cached_property
    def by_cause(self) -> Mapping[str, tuple[ItemRef, ...]]:
        """The problems behind each cause, by the key of the cause; information is left out."""
        groups: dict[str, list[ItemRef]] = {}
        for ref, problem in self.problems.items():
            if problem.severity is not Severity.INFO:
                groups.setdefault(problem.cause or f"{problem.code} {problem.message}", []).append(ref)
        return {key: tuple(refs) for key, refs in groups.items()}

    @cached_property
    def severities(self) -> tuple[int, int]:
        """The number of causes that are errors, and of the other ones."""
        causes = self.live_results.report.causes
        errors = sum(1 for cause in causes if cause.severity is Severity.ERROR)
        return errors, len(causes) - errors

    def by_subject(self, subject_of: Callable[[Problem], ItemRef | None]) -> Groups:
        """The problems about each item. `subject_of` is not stored: a cycle would keep the view model alive."""
        if self._by_subject is None:
            groups: dict[ItemRef, list[ItemRef]] = {}
            for ref, problem in self.problems.items():
                if (subject := subject_of(problem)) is not None:
                    groups.setdefault(subject, []).append(ref)
            self._by_subject = {subject: tuple(refs) for subject, refs in groups.items()}
        return self._by_subject
