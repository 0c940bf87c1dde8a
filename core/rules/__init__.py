"""Rules: one small function per thing that may be wrong with a tree that loads, each yielding problems."""

from __future__ import annotations

from collections.abc import Sequence

from core.problems import Problem
from core.resolution import Resolution, Resolver
from core.rules import backends, deck, models, routing
from core.rules.kept import Kept, Rule

RULES: tuple[Rule, ...] = (*backends.RULES, *models.RULES, *routing.RULES, *deck.RULES)


def check(
    resolver: Resolver, resolutions: tuple[Resolution, ...], before: Sequence[Kept] = ()
) -> tuple[tuple[Problem, ...], tuple[Kept, ...]]:
    """Every problem that the rules find, in the order of the rules, and what is to be kept for the next time.

    `before` is what was kept of the same tree before an edit.
    """
    kept = tuple(map(Kept, before)) or tuple(Kept() for _ in RULES)
    for rule, one in zip(RULES, kept, strict=True):
        one.run(rule, resolver, resolutions)
    return tuple(problem for one in kept for problem in one.problems), kept
