"""Diagnostics of the deck: its shape, dead references, hidden names and presets beyond their model's limits."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

DECK_INVALID = Diagnostic(
    "deck-invalid",
    Severity.ERROR,
    Check.PRESETS,
    "The deck misses a required table or key, has an unknown key, or a value of the wrong type.",
    "The release validates the merged deck strictly and stops.",
    'writing = { model = "gpt-4o", temprature = 0.5 }',
    "Correct the key or the value.",
)
OVERRIDE_UNKNOWN = Diagnostic(
    "override-unknown",
    Severity.ERROR,
    Check.PRESETS,
    "A choice override names something that does not exist.",
    "The release looks up overrides before it starts, and stops.",
    'for_text = "$writting"',
    'Name a preset, or write "disabled".',
)
EMPTY_REFERENCE = Diagnostic(
    "empty-reference",
    Severity.ERROR,
    Check.PRESETS,
    "A preset has an empty reference as its model.",
    "From 0.18 on the release cannot parse it and stops.",
    'model = ""',
    "Name a model or an alias.",
    "the intended model is unknown",
)
PRESET_MODEL_UNKNOWN = Diagnostic(
    "preset-model-unknown",
    Severity.ERROR,
    Check.PRESETS,
    "A preset names a model that does not exist, and `missing_presets_reaction` is `raise`.",
    "With this setting the release stops at the first such preset; otherwise it only logs it.",
    'model = "gpt-5-typo"',
    "Name a served model or an alias.",
    "the dead preset is reported separately, with its own fix",
)


def _dead(kind: str, severity: Severity, check: Check, reason: str, example: str) -> Diagnostic:
    return Diagnostic(
        f"{kind}-dead",
        severity,
        check,
        f"A {kind} resolves to no served model." if kind != "alias" else "An alias resolves to no served model.",
        reason,
        example,
        "Name a served model, or enable a backend that serves it. `pipedeck explain NAME` shows every step.",
    )


def _cycle(kind: str, severity: Severity, check: Check, example: str, no_fix: str = "") -> Diagnostic:
    return Diagnostic(
        f"{kind}-cycle",
        severity,
        check,
        f"The steps from this {kind} form a cycle, or are too many to follow.",
        "Up to 0.77 a use may crash with a recursion error; newer releases resolve it to nothing.",
        example,
        "Point one of the names at a model.",
        no_fix,
    )


_CYCLE = 'a = "b"\nb = "a"'
_FAILS = "Each pipe that uses it fails at run time. The release starts nevertheless."

PRESET_DEAD = _dead("preset", Severity.ERROR, Check.PRESETS, _FAILS, 'writing = { model = "@best-clade" }')
CHOICE_DEAD = _dead("choice", Severity.ERROR, Check.PRESETS, _FAILS, 'for_text = "$writting"')
ALIAS_DEAD = _dead(
    "alias", Severity.WARNING, Check.ALIASES, "Whatever refers to it is dead too.", 'best = "claude-9-typo"'
)
WATERFALL_DEAD = _dead(
    "waterfall", Severity.WARNING, Check.ALIASES, "Whatever refers to it is dead too.", 'cheap = ["gpt-9-typo"]'
)
PRESET_CYCLE = _cycle("preset", Severity.ERROR, Check.PRESETS, f'{_CYCLE}\nwriting = {{ model = "@a" }}')
CHOICE_CYCLE = _cycle("choice", Severity.ERROR, Check.PRESETS, f'{_CYCLE}\nfor_text = "@a"')
ALIAS_CYCLE = _cycle("alias", Severity.WARNING, Check.ALIASES, _CYCLE)
WATERFALL_CYCLE = _cycle(
    "waterfall",
    Severity.WARNING,
    Check.ALIASES,
    'a = ["~b"]\nb = ["~a"]',
    "only you know which entry to take out; one more at the end does not end the cycle",
)

DEAD = {"preset": PRESET_DEAD, "choice": CHOICE_DEAD, "alias": ALIAS_DEAD, "waterfall": WATERFALL_DEAD}
"""The diagnostic of a dead reference, by the reference's kind."""
CYCLE = {"preset": PRESET_CYCLE, "choice": CHOICE_CYCLE, "alias": ALIAS_CYCLE, "waterfall": WATERFALL_CYCLE}
"""The diagnostic of a reference that forms a cycle, by the reference's kind."""

PRESET_WRONG_TYPE = Diagnostic(
    "preset-wrong-type",
    Severity.WARNING,
    Check.PRESETS,
    "A preset or choice resolves to a model of another type, such as text to an image model.",
    "Up to 0.17 no release checks this, so the call itself fails.",
    '[llm.presets]\nwriting = { model = "flux-pro" }',
    "Name a model of the right type.",
)
SETTING_REFUSED = Diagnostic(
    "setting-refused",
    Severity.ERROR,
    Check.PRESETS,
    "A preset or choice ends at a model that refuses its settings, or any call.",
    "Pipelex raises an error before anything is sent: `LLMCapabilityError` for a setting. From 0.77 on"
    " `pipelex validate bundle` says so for the presets that a method uses.",
    'quick = { model = "small", reasoning_effort = "high" }\n# with thinking_mode = "none" in the spec of small',
    "Change or remove the setting, or name a model that takes it.",
)
STATUS_SAYS = frozenset((*DEAD.values(), SETTING_REFUSED))
"""The diagnostics that repeat what the status of a reference says."""
PRESET_MAX_TOKENS = Diagnostic(
    "preset-max-tokens",
    Severity.WARNING,
    Check.PRESETS,
    "A preset asks for more output tokens than its model can return.",
    "No release checks this; the provider refuses the call or cuts the answer.",
    "max_tokens = 200000",
    'Write at most the model\'s limit, or "auto".',
)
PRESET_TEMPERATURE = Diagnostic(
    "preset-temperature",
    Severity.WARNING,
    Check.PRESETS,
    "A preset sets a temperature, but its model always uses another.",
    "The setting has no effect: the model's constraints fix the temperature.",
    "temperature = 0.2, for a model with fixed_temperature = 1",
    "Write the fixed temperature.",
)
ALIAS_HIDDEN = Diagnostic(
    "alias-hidden",
    Severity.WARNING,
    Check.ALIASES,
    "An alias has the name of a served model.",
    "The bare name always means the model, so the alias is not used.",
    '[aliases]\ngpt-4o = "claude-4-sonnet"',
    "Give the alias another name.",
    "the new name is your choice",
)
WATERFALL_HIDDEN = Diagnostic(
    "waterfall-hidden",
    Severity.WARNING,
    Check.ALIASES,
    "A waterfall has the name of an alias.",
    "Up to 0.17 the bare name always means the alias, so the waterfall is not used.",
    '[aliases]\ncheap = "gpt-4o-mini"\n[waterfalls]\ncheap = ["mistral-small"]',
    "Give one of them another name.",
    "the new name is your choice",
)
LIST_CONCATENATED = Diagnostic(
    "list-concatenated",
    Severity.WARNING,
    Check.ALIASES,
    "Two deck files set the same list.",
    "Up to 0.16 the second list is appended to the first, so the entries of the first are still tried first.",
    "cheap = [...] in 1_llm_deck.toml and in x_custom_llm_deck.toml",
    "Edit the list in the first file, or use another name.",
    "appending may be intended",
)
