"""Rules about calls: endpoints that a client cannot use, and missing or invalid keys."""

from __future__ import annotations

from collections.abc import Iterator

from core.calls import CallFault
from core.diagnostics import backend_codes
from core.diagnostics.diagnostic import Diagnostic
from core.problems import Problem, Severity
from core.rules.context import RuleContext, mistyped, problem


def call_faults(context: RuleContext) -> Iterator[Problem]:
    """Faults of calls, each once for a backend; errors where a reference ends at the backend.

    The lack of a key that is there under a misspelled name is one fault, of that name.
    """
    found: dict[tuple[str, Diagnostic, str], CallFault] = {}
    for (name, _), call in context.resolver.calls.items():
        for fault in call.faults:
            if fault.diagnostic is None:
                continue
            # Several clients of one backend may lack the same key: the most serious fault is reported.
            about = fault.field if fault.diagnostic is backend_codes.KEY_MISSING else fault.message
            before = found.setdefault((name, fault.diagnostic, about), fault)
            if fault.fatal and not before.fatal:
                found[name, fault.diagnostic, about] = fault
    for (name, diagnostic, _), fault in found.items():
        backend = context.catalog.backends[name]
        if fault.field in mistyped(backend).values():
            continue  # reported as the misspelled key
        yield problem(
            diagnostic,
            f"backend `{name}`: {fault.message}",
            backend.place.at(fault.field) if fault.field in backend.fields else backend.place,
            severity=None if fault.fatal and name in context.used_backends else Severity.WARNING,
            fix=fault.fix,
            subject=name,
        )


RULES = (call_faults,)
