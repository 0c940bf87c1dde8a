"""Diagnostics of methods: unreadable files, and pipes whose model is dead, or lacks what they need."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

METHOD_UNREADABLE = Diagnostic(
    "method-unreadable",
    Severity.ERROR,
    Check.METHODS,
    "A method file cannot be read, or is no TOML.",
    "Pipelex refuses the method. Its pipes are not counted, and no edit changes the file.",
    'prompt = "a text without an end',
    "Correct the line.",
    "only you know the intended text",
)
METHOD_ENDING = Diagnostic(
    "method-ending",
    Severity.WARNING,
    Check.METHODS,
    "A method file has an ending that the release does not read.",
    "Pipelex reads `.plx` up to 0.17 and `.mthds` from 0.18 on, so the pipes of the file are unknown to it.",
    "shop.plx, for Pipelex 0.92.2",
    "Rename the file.",
    "renaming a file is no edit of its text",
)
PIPE_KEY = Diagnostic(
    "pipe-key",
    Severity.ERROR,
    Check.METHODS,
    "A pipe has a type of another release, or names its model under a key of another one.",
    "Pipelex refuses what it does not know, and with it the method.",
    'llm = "$writing"  # up to 0.11',
    "Write the key of the release: `model` from 0.12 on.",
    "`pipelex` of the release can carry methods over",
)
PIPE_DEAD = Diagnostic(
    "pipe-dead",
    Severity.ERROR,
    Check.METHODS,
    "A pipe asks for a model that no enabled backend serves.",
    "The pipe fails when it is run.",
    '[pipe.describe]\nmodel = "$writting"',
    "Point the pipe, or the name it uses, at a served model.",
)
PIPE_REFUSED = Diagnostic(
    "pipe-refused",
    Severity.ERROR,
    Check.METHODS,
    "The model of a pipe refuses the settings that the pipe calls it with.",
    "Pipelex raises an error before anything is sent. Calls with structured output may refuse more than others.",
    'model = { model = "small", reasoning_effort = "high" }',
    "Change or remove the setting, or name a model that takes it.",
)
PIPE_CAPABILITY = Diagnostic(
    "pipe-capability",
    Severity.ERROR,
    Check.METHODS,
    "The model of a pipe does not read or write what the pipe needs, such as images.",
    "`pipelex validate` does not look at this, so the run fails with `model.capability_unsupported`.",
    '[pipe.describe]\ninputs = { photo = "Image" }\nmodel = "a-model-of-text-only"',
    "Name a model that can, in the pipe or in the preset that it uses.",
)
PIPE_STRUCTURED = Diagnostic(
    "pipe-structured",
    Severity.WARNING,
    Check.METHODS,
    "A pipe asks for structured output, and its model does not list `structured` in its outputs.",
    "Pipelex makes the call all the same; the answer may not fit the structure.",
    'outputs = ["text"]',
    "Name a model with structured output, or add it to `outputs` if the model can.",
    "only the provider knows whether the model can",
)
