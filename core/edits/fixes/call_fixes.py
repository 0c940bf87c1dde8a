"""Fixes of calls: an endpoint or a key as the client needs it."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import Report
from core.edits.fixes.fix_base import Fix, SetInPlace, place_of
from core.problems import Problem


def repaired(report: Report, problem: Problem) -> Iterator[Fix]:
    """A field of a backend that has exactly one right value."""
    source, path = place_of(report, problem) or (None, ())
    if source is None or not path:
        return
    name = str(path[0])
    for (backend, _), call in report.resolver.calls.items():
        for fault in call.faults:
            if backend != name or fault.diagnostic is not problem.diagnostic or fault.repaired is None:
                continue
            if problem.message.endswith(fault.message):
                label = f"set {fault.field} of {name}"
                intent = SetInPlace(source.path, (name, fault.field), fault.repaired, label)
                yield Fix(intent, f'write {fault.field} = "{fault.repaired}"')
