"""What rules found before an edit: it is taken over where all that a rule looks at is the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from operator import is_
from typing import Any, TypeVar

from core.problems import Problem
from core.resolution import Resolution, Resolver
from core.suggest import did_you_mean

Found = TypeVar("Found")
Inputs = Callable[[Resolver], tuple[object, ...]]


class Pool:
    """Names to suggest, with what was suggested from them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._told: dict[str, str] = {}

    def did_you_mean(self, name: str) -> str:
        """See `core.suggest`."""
        told = self._told.get(name)
        if told is None:
            told = self._told[name] = did_you_mean(name, self.names)
        return told


class Kept:
    """What one run of one rule found, with what it was found from, for the next run."""

    def __init__(self, before: Kept | None = None) -> None:
        self._before = before
        self._found: dict[Hashable, tuple[tuple[object, ...], Any]] = {}
        self.inputs: tuple[object, ...] = ()
        self.problems: tuple[Problem, ...] = ()

    def found(self, key: Hashable, what: tuple[object, ...], find: Callable[..., Found]) -> Found:
        """What is found of `what`, all that it depends on; as it was found before if that is the same by identity.

        `key` tells it from whatever else the rule keeps.
        """
        found = self._before._found.get(key) if self._before is not None else None
        if found is None or len(found[0]) != len(what) or not all(map(is_, found[0], what)):
            found = (what, find(*what))
        self._found[key] = found
        return found[1]

    def run(self, rule: Rule, resolver: Resolver, resolutions: tuple[Resolution, ...]) -> None:
        """Run a rule, if it does not have to find what it found before."""
        inputs: Inputs | None = getattr(rule, "inputs", None)
        self.inputs = inputs(resolver) if inputs is not None else ()
        before, self._before = self._before, None
        if before is not None and self.inputs and all(map(is_, self.inputs, before.inputs)):
            self.problems, self._found = before.problems, before._found
            return
        self._before = before
        self.problems = tuple(rule(resolver, resolutions, self))
        self._before = None


Rule = Callable[[Resolver, tuple[Resolution, ...], Kept], Iterator[Problem]]


def looks_at(inputs: Inputs) -> Callable[[Rule], Rule]:
    """A rule that depends on nothing but these values, which are told by identity."""

    def mark(rule: Rule) -> Rule:
        rule.inputs = inputs  # type: ignore[attr-defined]
        return rule

    return mark


def of_the_deck(resolver: Resolver, resolutions: tuple[Resolution, ...]) -> Iterable[Resolution]:
    """The references that stand in the deck, which come behind the models."""
    return resolutions[len(resolver.models()) :]
