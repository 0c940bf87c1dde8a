"""Rules about calls: endpoints that a client cannot use, and keys that are missing or are none."""

from __future__ import annotations

from collections.abc import Iterator

from core.problems import Problem, Severity
from core.rules.context import RuleContext, problem


def call_faults(context: RuleContext) -> Iterator[Problem]:
    """What is known before a call, each fault of a backend once; an error where a reference goes to the backend."""
    told: set[tuple[str, str]] = set()
    for (name, _), call in context.resolver.calls.items():
        for fault in call.faults:
            if fault.diagnostic is None or (name, fault.message) in told:
                continue
            told.add((name, fault.message))
            backend = context.catalog.backends[name]
            place = backend.place.at(fault.field) if fault.field in backend.fields else backend.place
            yield problem(
                fault.diagnostic,
                f"backend `{name}`: {fault.message}",
                place,
                severity=None if fault.fatal and name in context.used_backends else Severity.WARNING,
                fix=fault.fix,
                subject=name,
            )


RULES = (call_faults,)
