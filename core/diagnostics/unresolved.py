"""Unresolved references: each code for which a reference has no target, with its meaning and its fix."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

_NAME_SERVED = "name a served model"
_TYPO = "Usually a typing error, or a name that the kit of another release renamed."


class UnresolvedCode(StrEnum):
    """The code of the reason why a reference has no target, as in JSON documents and `pipedeck help CODE`."""

    meaning: str
    why: str
    example: str
    fix: str
    """The fix as a phrase in lower case, as problems show it."""

    def __new__(cls, code: str, meaning: str, why: str, example: str, fix: str = _NAME_SERVED) -> Self:
        """A code with its texts."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.meaning, member.why, member.example, member.fix = meaning, why, example, fix
        return member

    BACKEND_OFF = (
        "backend-off",
        "Every backend that declares the model is off.",
        "A disabled backend serves nothing.",
        "[anthropic]\nenabled = false",
        "enable one of these backends and route to it, or name a served model",
    )
    MODEL_DROPPED = (
        "model-dropped",
        "An enabled backend declares the model, but the active profile sends it to another.",
        "The routing drops a model that its backend does not declare.",
        '"claude-*" = "openai"',
        "route the model to a backend that declares it, or name a served model",
    )
    MODEL_UNKNOWN = (
        "model-unknown",
        "No backend declares the name, and no alias or waterfall has it.",
        _TYPO,
        'writing = { model = "claude-9-typo" }',
    )
    WRONG_TYPE = (
        "wrong-type",
        "The name is a model, but of another type, such as an image model for text.",
        "Each family of the deck uses models of its own type.",
        '[llm.presets]\nwriting = { model = "flux-pro" }',
        "name a model of the right type",
    )
    ALIAS_UNKNOWN = ("alias-unknown", "The family has no such alias.", _TYPO, 'writing = { model = "@best-clade" }')
    WATERFALL_UNKNOWN = ("waterfall-unknown", "The family has no such waterfall.", _TYPO, 'model = "~cheep"')
    PRESET_UNKNOWN = ("preset-unknown", "The family has no such preset.", _TYPO, "pipedeck resolve '$writting'")
    CHOICE_UNKNOWN = (
        "choice-unknown",
        "A choice names something that does not exist.",
        _TYPO,
        'for_text = "$writting"',
    )
    PRESET_AS_MODEL = (
        "preset-as-model",
        "A preset is named in place of a model.",
        "A preset never stands for a model: only choices and pipes can name presets.",
        'writing = { model = "$reasoning" }',
        "name the preset's model, or an alias",
    )
    EMPTY_REFERENCE = (
        "empty-reference",
        "The reference is empty, or has a sigil without a name.",
        "From 0.18 on an empty reference cannot be parsed.",
        'writing = { model = "@" }',
        "name a model or an alias",
    )
    NAME_UNREACHABLE = (
        "name-unreachable",
        "The name of an alias or a waterfall is empty or ends in blanks.",
        "Blanks around a reference are removed, so no reference has that name.",
        '"best " = "gpt-4o"',
    )
    CYCLE = (
        "cycle",
        "Aliases or waterfalls form a cycle.",
        "Up to 0.77 a use may crash with a recursion error; newer releases resolve it to nothing.",
        'a = "b"\nb = "a"',
        "point one of them at a model",
    )
    TOO_DEEP = (
        "too-deep",
        "Waterfalls nest deeper, or names lead further, than Pipelex can follow.",
        "A use crashes with a recursion error.",
        "a chain of 200 waterfalls",
    )
    FALLBACK_OFF = (
        "fallback-off",
        "The first entry of a waterfall is not served, and `is_model_fallback_enabled` is false.",
        "Without fallback the other entries are not tried.",
        "[inference.model_deck]\nis_model_fallback_enabled = false",
        "set is_model_fallback_enabled = true, or put a served model first",
    )
    WATERFALL_EXHAUSTED = (
        "waterfall-exhausted",
        "No entry of a waterfall is served.",
        "Its entries are tried in order, and each is dead.",
        'cheap = ["gpt-9-typo", "claude-9-typo"]',
    )
    CHAIN_EXHAUSTED = (
        "chain-exhausted",
        "No entry of an alias with a list is served.",
        "Up to 0.14 an alias may be a list, tried in order, and each entry is dead.",
        'best = ["gpt-9-typo", "claude-9-typo"]',
    )


UNKNOWN_NAMES = frozenset(code for code in UnresolvedCode if code.endswith("-unknown"))
"""Nothing has the name: a similar name may be meant."""
EXHAUSTED = frozenset((UnresolvedCode.WATERFALL_EXHAUSTED, UnresolvedCode.CHAIN_EXHAUSTED))
"""No entry of a list is served."""
CYCLES = frozenset((UnresolvedCode.CYCLE, UnresolvedCode.TOO_DEEP))
"""The steps form a cycle, or are too many to follow."""
