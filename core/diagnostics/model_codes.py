"""Diagnostics of model specs: shape, handles and prices."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

SPEC_INVALID = Diagnostic(
    "spec-invalid",
    Severity.ERROR,
    Check.MODELS,
    "A model's table misses a required key, has an unknown key, or a value of the wrong type.",
    "The release validates every model of an enabled backend strictly and stops.",
    'max_tokens = "many"',
    "Correct the key or the value; `pipedeck schema` and the message list what is allowed.",
)
SPEC_NOT_A_TABLE = Diagnostic(
    "spec-not-a-table",
    Severity.ERROR,
    Check.MODELS,
    "A top-level entry of a backend file is not a table.",
    "Every table there is a model; the release stops at anything else.",
    'default_sdk = "openai", which is read by 0.10 only',
    "Write a table, or move the setting into `[defaults]`.",
)
KEY_UNQUOTED = Diagnostic(
    "key-unquoted",
    Severity.ERROR,
    Check.MODELS,
    "A name with a dot is written as a key or a header without quotes.",
    "TOML reads the parts as nested tables, so the release finds an unknown key in place of the name.",
    "[gpt-4.1]",
    'Quote the name: `["gpt-4.1"]`.',
)
SEED_MODELS_TABLE = Diagnostic(
    "seed-models-table",
    Severity.ERROR,
    Check.MODELS,
    "A backend file keeps its models under `[models.NAME]`.",
    "No release reads that: it sees one model named `models`, of the wrong shape.",
    "[models.gpt-4o]",
    "Write each `[models.NAME]` as `[NAME]`, and shared fields in `[defaults]`.",
)
HANDLE_DUPLICATE = Diagnostic(
    "handle-duplicate",
    Severity.ERROR,
    Check.MODELS,
    "Two tables of one backend declare the same handle and type.",
    "From 0.78 on the release stops.",
    '[gpt-4o]\n[gpt-4o-eu]\nhandle = "gpt-4o"',
    "Give one of them another handle or another model_type.",
    "either table may be the intended one",
)
HANDLE_UNREACHABLE = Diagnostic(
    "handle-unreachable",
    Severity.ERROR,
    Check.MODELS,
    "No reference can name a model's handle: it is empty, or reads as a preset, alias or waterfall.",
    "From 0.18 on a full start looks up each served model by its handle, and stops.",
    '["$gpt-4o"]',
    "Choose a handle without a leading `$`, `@`, `~` or prefix.",
    "the new handle is your choice",
)
PRICE_PER_THOUSAND = Diagnostic(
    "price-per-thousand",
    Severity.WARNING,
    Check.MODELS,
    "A price looks like USD per thousand tokens.",
    "Every release reads prices as USD per million tokens, so costs are reported 1,000 times too low.",
    "costs = { input = 0.0025, output = 0.01 }",
    "Multiply the price by 1,000.",
)
PRICE_TOO_HIGH = Diagnostic(
    "price-too-high",
    Severity.WARNING,
    Check.MODELS,
    "A price of a language model is above 1,000 USD per million tokens.",
    "No provider charges that: it is probably a price of another unit, and reported costs are too high.",
    "costs = { input = 2500, output = 10000 }",
    "Write the price in USD per million tokens; `pipedeck prices` compares it with published prices.",
    "the meant unit is unknown",
)
PRICE_NEGATIVE = Diagnostic(
    "price-negative",
    Severity.WARNING,
    Check.MODELS,
    "A price is negative.",
    "Reported costs are wrong; from 0.18 on the release refuses it.",
    "costs = { input = -1, output = 10 }",
    "Write the price in USD per million tokens, or omit it if it is unknown.",
    "the real price is unknown here",
)
PRICE_NOT_FINITE = Diagnostic(
    "price-not-finite",
    Severity.WARNING,
    Check.MODELS,
    "A price is `inf` or `nan`.",
    "Reported costs are meaningless; from 0.82 on the release refuses it.",
    "costs = { input = inf, output = 10 }",
    "Write the price in USD per million tokens, or omit it if it is unknown.",
    "the real price is unknown here",
)
MODEL_ENABLED_IGNORED = Diagnostic(
    "model-enabled-ignored",
    Severity.WARNING,
    Check.MODELS,
    "A model has `enabled = false`.",
    "Every release reads and ignores it: the model is still served.",
    "[gpt-4o]\nenabled = false",
    "Remove the model's table to stop serving it.",
    "the key or the whole model may be the one to delete",
)
CAPABILITY_MISPLACED = Diagnostic(
    "capability-misplaced",
    Severity.WARNING,
    Check.MODELS,
    "`structured` is listed among a model's inputs.",
    "It is an output: Pipelex believes that the model cannot return structured objects.",
    'inputs = ["text", "structured"]',
    "Move it to `outputs`.",
)
UNUSED_BY_CLIENT = Diagnostic(
    "unused-by-client",
    Severity.WARNING,
    Check.MODELS,
    "A header of a model, or the endpoint of a backend, is read by the release, but not used by the client of the sdk.",
    "The clients of Anthropic, Mistral, Google and Amazon send no headers of models; those of Mistral, Google, Amazon, "
    "fal, Hugging Face and Linkup call an address of their own.",
    'sdk = "mistral"\nx-team = "research"',
    "Remove it, or use an sdk whose client sends it, such as `openai`.",
    "the sdk may be the wrong one",
)
