"""Diagnostics of a tree beside its past: the kit that it was made from, and the traces of its runs."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

KIT_DRIFT = Diagnostic(
    "kit-drift",
    Severity.INFO,
    Check.MODELS,
    "A part of the tree differs from the kit that it was made from, or from a newer one.",
    "`pipedeck drift` lists it, no other command. A part that the newer kit does not have is a warning.",
    "`gpt-4o` is 'behind': the newer kit has another value",
    "Carry the tree to the newer kit with `pipedeck upgrade`; what is yours is kept.",
    "`pipedeck upgrade` carries the whole tree",
)
TRACE_UNPRICED = Diagnostic(
    "trace-unpriced",
    Severity.WARNING,
    Check.MODELS,
    "Past calls have no price in the tree, so the sums of `pipedeck spent` by the file leave them out.",
    "The model has no costs, or the tree does not declare it any more. `pipedeck spent` lists it, no other command.",
    "12 calls of `gpt-4o` of openai have no price in the tree",
    "Write the costs of the model, or read the sums by the prices of the runs.",
    "the price is not known",
)
TRACE_UNREAD = Diagnostic(
    "trace-unread",
    Severity.WARNING,
    Check.MODELS,
    "Traces could not be read, so the sums of `pipedeck spent` leave their calls out.",
    "`pipedeck spent` lists it, no other command.",
    "2 files of traces cannot be read",
    "Make the files readable, or delete them.",
    "which of these is meant is not known",
)
MODEL_RUNS_FAIL = Diagnostic(
    "model-runs-fail",
    Severity.WARNING,
    Check.MODELS,
    "The last run of a pipe that calls a model failed, by the traces.",
    "The next run may fail too. A trace does not prove that the model is the reason.",
    "runs that call `gpt-4o` fail: the last one 2 h ago, 4 errors",
    "Ask the model with `t` in the app or `pipedeck check --model`, or run the pipe again: a good run clears it.",
    "the error text of a run is not read, so the reason is not known",
)
