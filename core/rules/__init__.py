"""Rules: one small function for each thing that may be wrong with a tree that loads."""

from __future__ import annotations

from core.problems import Problem
from core.rules import backends, calls, deck, installation, models, routing, settings, start
from core.rules.context import Rule, RuleContext

__all__ = ["RULES", "Rule", "RuleContext", "check"]

RULES: tuple[Rule, ...] = (
    *start.RULES,
    *installation.RULES,
    *settings.RULES,
    *backends.RULES,
    *calls.RULES,
    *models.RULES,
    *routing.RULES,
    *deck.RULES,
)


def check(context: RuleContext) -> tuple[Problem, ...]:
    """Every problem that the rules find, in the order of the rules; of a tree with unknown files those of the start."""
    rules = start.RULES if context.catalog.tree.incomplete else RULES
    return tuple(problem for rule in rules for problem in rule(context))
