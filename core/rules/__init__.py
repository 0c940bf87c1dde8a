"""Rules: one small function per thing that may be wrong with a tree that loads, each yielding problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.problems import Problem
from core.resolution import Resolution, Resolver
from core.rules import backends, deck, models, routing

Rule = Callable[[Resolver, tuple[Resolution, ...]], Iterator[Problem]]

RULES: tuple[Rule, ...] = (*backends.RULES, *models.RULES, *routing.RULES, *deck.RULES)


def check(resolver: Resolver, resolutions: tuple[Resolution, ...]) -> tuple[Problem, ...]:
    """Every problem that the rules find, in the order of the rules."""
    return tuple(problem for rule in RULES for problem in rule(resolver, resolutions))
