"""Diagnostics of published data: models that have ended or are about to, and prices."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

MODEL_ENDED = Diagnostic(
    "model-ended",
    Severity.WARNING,
    Check.MODELS,
    "Names of the deck end at a model that has ended, by published data.",
    "Calls may fail, or be answered by another model at other prices. Only a live check proves which.",
    "`gpt-4-0613` ended on 2026-10-23, says litellm of 2026-11-20",
    "Point the names at a living model; `pipedeck check` asks the provider, whose list wins.",
)
MODEL_ENDS_SOON = Diagnostic(
    "model-ends-soon",
    Severity.WARNING,
    Check.MODELS,
    "Names of the deck end at a model that ends within 45 days, by published data.",
    "Calls work today and may fail after that day.",
    "`gpt-4o` ends on 2027-01-14, says litellm of 2026-11-20",
    "Point the names at a living model before that day.",
)
PRICE_DIFFERS = Diagnostic(
    "price-differs",
    Severity.WARNING,
    Check.MODELS,
    "The price of a model in the tree agrees with no published source.",
    "Pipelex reports costs by the price of the tree. `pipedeck prices` lists it, no other command.",
    "`m` costs `$0.40 / $2` in the file, $1.50 / $7.50 by litellm",
    "Take the published price over with `pipedeck prices --take`, or keep the price of your own contract.",
    "`pipedeck prices --take MODEL` writes it",
)
