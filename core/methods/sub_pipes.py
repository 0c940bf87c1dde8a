"""Calls between the pipes of methods: of which ones a step asks for a list, or for one value, whatever they declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

PipeKey = tuple[str, str]
"""A pipe: its domain and code."""


class Asked(StrEnum):
    """The output that a call asks of a pipe."""

    AS_DECLARED = "as declared"
    LIST = "a list"
    ONE = "one value"


class SubPipe(NamedTuple):
    """A call of a pipe by a controller. `name` may have a domain in front.

    `number` is that of `nb_output`, 0 for `multiple_output`, None for none. `batch`: the pipe is called for each item
    of a list, as it declares itself.
    """

    caller: PipeKey
    name: str
    number: int | None = None
    batch: bool = False

    @property
    def callee(self) -> PipeKey:
        """The called pipe: of the named domain, else of the caller's."""
        domain, _, code = self.name.rpartition(".")
        return (domain or self.caller[0], code)

    def asked(self, passed: Asked, *, list_of_one: bool) -> Asked:
        """The output that it asks for, where its caller was asked for `passed`."""
        if self.batch:
            return Asked.AS_DECLARED
        if self.number is None:
            return passed
        return Asked.ONE if self.number == 1 and not list_of_one else Asked.LIST


def sub_pipes(domain: str, code: str, table: object) -> Iterator[SubPipe]:
    """The calls of a pipe, if it is a controller."""
    kind = table.get("type") if isinstance(table, Mapping) else None
    if not isinstance(table, Mapping) or not isinstance(kind, str) or kind not in _CONTROLLERS:
        return
    caller = (domain, code)
    for key in ("steps", "branches", "parallels"):
        steps = table.get(key)
        for step in steps if isinstance(steps, list) else ():
            if isinstance(step, Mapping) and isinstance(step.get("pipe"), str):
                count = step.get("nb_output")
                asked = count if isinstance(count, int) and count > 0 else 0 if step.get("multiple_output") else None
                yield SubPipe(caller, step["pipe"], asked, bool(step.get("batch_over")))
    outcomes = [table.get(key) for key in ("outcomes", "outcome_map", "pipe_map")]
    names = [name for outcome in outcomes if isinstance(outcome, Mapping) for name in outcome.values()]
    names += [table.get(key) for key in ("default_outcome", "default_pipe_code")]
    yield from (SubPipe(caller, name) for name in names if isinstance(name, str))
    if isinstance(branch := table.get("branch_pipe_code"), str):
        yield SubPipe(caller, branch, batch=True)


_CONTROLLERS: Final = ("PipeSequence", "PipeParallel", "PipeCondition", "PipeBatch")


def asked_outputs(calls: Iterable[SubPipe], *, list_of_one: bool) -> Mapping[PipeKey, frozenset[Asked]]:
    """The outputs that calls ask of each pipe, where at least one asks for another output than the declared one.

    A controller passes on what it is asked for. `list_of_one`: a number of one asks for a list.
    """
    by_caller: dict[PipeKey, list[SubPipe]] = {}
    for call in calls:
        by_caller.setdefault(call.caller, []).append(call)
    every = [call for found in by_caller.values() for call in found]
    if all(call.number is None for call in every):
        return {}
    called = {call.callee for call in every}
    pending = [(caller, Asked.AS_DECLARED) for caller in by_caller if caller not in called]
    asked: dict[PipeKey, set[Asked]] = {}
    while pending:
        caller, passed = pending.pop()
        for call in by_caller.get(caller, ()):
            wanted = call.asked(passed, list_of_one=list_of_one)
            if wanted not in asked.setdefault(call.callee, set()):
                asked[call.callee].add(wanted)
                pending.append((call.callee, wanted))
    return {key: frozenset(found) for key, found in asked.items() if found != {Asked.AS_DECLARED}}
