"""Fixes that the pipeline judges: those after which the problem is gone and no other has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.api import Report, update_report
from core.diagnostics import backend_codes, deck_codes, file_codes, model_codes, routing_codes
from core.edits.batch import Batch
from core.edits.edit_session import Applied, apply_intent
from core.edits.fixes.fix_base import Fix
from core.edits.fixes.fix_table import fixes_for
from core.files.view import DISK, Overlay, View
from core.impact import Impact, compare
from core.problems import Problem

_REVEALING = frozenset(
    (
        file_codes.SYNTAX,
        file_codes.FILE_BOM,
        file_codes.TOML_TOO_NEW,
        routing_codes.PROFILE_UNKNOWN,
        backend_codes.BACKEND_NOT_A_TABLE,
        model_codes.SEED_MODELS_TABLE,
    )
)
"""The problems that hide what else is wrong in their file."""
_AWAITED = {backend_codes.SECRET_LITERAL: backend_codes.VARIABLE_MISSING}
"""The problem that a fix leaves for the user, by the diagnostic that it fixes."""


def follows_from_file(problem: Problem) -> bool:
    """Whether a problem is a name or a table that may stand in the unread file of its cause: it needs no own fix."""
    from_file = problem.cause is not None and problem.cause.startswith("file ")
    return from_file and (problem.reference is not None or problem.diagnostic is deck_codes.DECK_INVALID)


def fixes(report: Report, view: View = DISK) -> tuple[Fix, ...]:
    """The best fix of each problem that the tree is better after, each edit once, in the order of the problems.

    Those that let more of a file be read come first, and the others are those of the tree after them. `view` is the
    one that `report` was read from.
    """
    problems = [problem for problem in report.problems if not follows_from_file(problem)]
    revealing = _best(report, view, [problem for problem in problems if problem.diagnostic in _REVEALING])
    if not revealing:
        return _best(report, view, problems)
    first = Batch("", tuple((fix.intent, fix.layer) for fix in revealing))
    applied = apply_intent(report, view, first)
    if not isinstance(applied, Applied):
        return revealing
    overlay = Overlay(view, applied.contents)
    after = update_report(report, overlay, profile=report.catalog.assumed_profile)
    known = {problem.message for problem in report.problems if problem.diagnostic in _REVEALING}
    left = {problem.message for problem in after.problems if problem.diagnostic in _REVEALING}
    return revealing if left >= known else (*revealing, *fixes(after, overlay))


def _best(report: Report, view: View, problems: Iterable[Problem]) -> tuple[Fix, ...]:
    result: dict[object, Fix] = {}
    for problem in problems:
        for fix in better_fixes(report, view, problem):
            result.setdefault((fix.intent, fix.layer), fix)
            break
    return tuple(result.values())


def better_fixes(report: Report, view: View, problem: Problem) -> Iterator[Fix]:
    """The fixes of a problem that the tree is better after, each judged when it is consumed, the best first."""
    for fix in fixes_for(report, problem):
        applied = apply_intent(report, view, fix.intent, fix.layer)
        if isinstance(applied, Applied) and applied.steps:
            after = update_report(report, Overlay(view, applied.contents), profile=report.catalog.assumed_profile)
            if is_better(compare(report, after), problem):
                yield fix


def is_better(impact: Impact, problem: Problem | None) -> bool:
    """Whether an edit removes a problem, adds no error, and lets no reference die, be refused or lose its key.

    Without a problem, as for the fix of a cause, it must let the release start, revive a reference, make one callable,
    or serve a model. A fix that lets more of a file be read may reveal errors.
    """
    awaited = None
    if problem is None:
        if impact.after.boots and not impact.before.boots:
            return True
        served = any(item.after is not None and item.before is None for item in impact.rerouted)
        if not (impact.revived or impact.accepted or impact.callable or served):
            return False
    elif any(_is_same(problem, other) for other in impact.after.problems):
        return False
    elif problem.fatal or problem.diagnostic in _REVEALING:
        return True
    else:
        awaited = _AWAITED.get(problem.diagnostic)
    new = [error for error in impact.errors_added if error.diagnostic is not awaited]
    worsens = impact.died or impact.refused or (impact.uncallable and awaited is None)
    return not (worsens or any(not _was_there(impact.before, error) for error in new))


def _is_same(problem: Problem, other: Problem) -> bool:
    """Whether a problem is another one still, on other lines or in other words for its reference."""
    if problem.diagnostic is not other.diagnostic:
        return False
    if problem.reference is not None:
        return problem.reference == other.reference
    place, other_place = problem.location, other.location
    where = (place.file, place.key) if place is not None else None
    other_where = (other_place.file, other_place.key) if other_place is not None else None
    return (problem.message, problem.subject, where) == (other.message, other.subject, other_where)


def _was_there(before: Report, error: Problem) -> bool:
    """Whether an error was there in other words, on other lines, or as a warning."""
    return any(
        (was.diagnostic is error.diagnostic and (was.message, was.subject) == (error.message, error.subject))
        or (error.reference is not None and was.reference == error.reference)
        for was in before.problems
    )
