"""Diagnostics of the policy of a team, in pipedeck's own file `.pipelex/pipedeck.toml`."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

POLICY_VIOLATION = Diagnostic(
    "policy-violation",
    Severity.ERROR,
    Check.MODELS,
    "A served model, or a key in a file, is against .pipelex/pipedeck.toml.",
    "Pipelex does not know the policy: every name that ends at the model can be called, and so can the model itself.",
    "the output price of `o3-pro` is $80 per M, max_price_out is $20",
    "Remove the model, route it elsewhere, turn its backend off, or change the policy.",
    "which of these is meant is a decision of the team",
)
POLICY_INVALID = Diagnostic(
    "policy-invalid",
    Severity.ERROR,
    Check.MODELS,
    "The file .pipelex/pipedeck.toml cannot be read, or has a wrong key or value.",
    "A policy that is not understood holds nothing back, so it counts as an error.",
    "unknown key `max_price`: max_price_in or max_price_out",
    "Write the keys as `pipedeck help policy` lists them.",
    "the wanted value is not known",
)
POLICY_IGNORE_OVER = Diagnostic(
    "policy-ignore-over",
    Severity.WARNING,
    Check.MODELS,
    "An `[[ignore]]` of .pipelex/pipedeck.toml has passed its last day.",
    "The problem that it held back counts again.",
    'until = "2026-11-30", and it is 2026-12-01',
    "Solve the problem and delete the entry, or give it a later day.",
    "which of these is meant is a decision of the team",
)
