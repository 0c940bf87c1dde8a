"""What rules found before an edit: it is taken over where all that a rule looks at is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
        self._found: dict[int, tuple[Resolution, tuple[object, ...], Any]] = {}
        self._pools: dict[object, Pool] = {}
        self.inputs: tuple[object, ...] = ()
        self.problems: tuple[Problem, ...] = ()

    def of(self, resolution: Resolution, what: tuple[object, ...], find: Callable[[Resolution, Any], Found]) -> Found:
        """What is found of a resolution, which depends on nothing but itself and `what`, both told by identity."""
        before = self._before._found.get(id(resolution)) if self._before is not None else None
        if before is not None and all(map(is_, before[1], what)):
            self._found[id(resolution)] = before
            return before[2]  # type: ignore[no-any-return]
        found = find(resolution, what)
        self._found[id(resolution)] = (resolution, what, found)
        return found

    def pool(self, key: object, names: tuple[str, ...]) -> Pool:
        """A pool of these names."""
        before = self._before._pools.get(key) if self._before is not None else None
        pool = self._pools[key] = before if before is not None and before.names == names else Pool(names)
        return pool

    def run(self, rule: Rule, resolver: Resolver, resolutions: tuple[Resolution, ...]) -> None:
        """Run a rule, if it does not have to find what it found before."""
        inputs: Inputs | None = getattr(rule, "inputs", None)
        self.inputs = inputs(resolver) if inputs is not None else ()
        before = self._before
        if before is not None and self.inputs and all(map(is_, self.inputs, before.inputs)):
            self.problems = before.problems
        else:
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
