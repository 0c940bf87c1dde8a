"""The effect of the project's `pipedeck.toml` on a command: ignored problems, and those about the policy itself."""

from __future__ import annotations

from core.api import Report
from core.problems import Problem


def ignored_problems(report: Report) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The problems accepted today, and warnings about ignores that are over."""
    if report.catalog.tree.policy is None:
        return (), ()
    from core.lives.clock import today
    from core.rules.policy import ignored

    return ignored(report.catalog, report.problems, today())


def policy_additions(report: Report) -> tuple[Problem, ...]:
    """Warnings about ignores that are over, and the problem of an index that could not be read."""
    if report.catalog.tree.policy is None:
        return ()
    from core.rules.policy import index_problem

    missing = tuple(index_problem(report.catalog)) if report.knowledge is None else ()
    return (*ignored_problems(report)[1], *missing)


def ignored_lives(report: Report) -> frozenset[str]:
    """The handles of models whose end is accepted today."""
    from core.lives.clock import today
    from core.policy import read_policy

    day, codes = today(), ("model-ended", "model-ends-soon")
    ignores = read_policy(report.catalog.tree.policy)[0].ignores
    subjects = {item.subject for item in ignores if item.code in codes and day <= item.until}
    return frozenset(report.catalog.declared) if "*" in subjects else frozenset(subjects)
