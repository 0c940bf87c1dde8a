"""Schemas of backends and model specs, by release, and the rules for request headers among their keys."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from functools import cache

from core.dialects.table_schema import (
    Expectation,
    Fault,
    Field,
    TableSchema,
    Validator,
    boolean,
    filled_text,
    integer,
    iterated,
    list_of,
    one_of,
    table,
    table_of,
    text,
)
from core.entities import as_float
from core.releases import FIRST_OF_0_18, Behaviours, Release, parse_release

MODEL_TYPES: tuple[tuple[str, str], ...] = (
    ("llm", "0.10"),
    ("text_extractor", "0.10.2"),
    ("img_gen", "0.11"),
    ("search", "0.19"),
    ("doc_gen", "0.71.0"),
    ("judgment", "0.72"),
)
"""The model types, each with the first release that knows it."""

COST_CATEGORIES = (
    "input",
    "input_cached",
    "input_non_cached",
    "input_joined",
    "input_audio",
    "output",
    "output_audio",
    "output_reasoning",
    "output_accepted_prediction",
    "output_rejected_prediction",
)

STRUCTURE_METHODS = tuple(
    "instructor/" + name
    for name in [
        "json",
        "md_json",
        "json_schema",
        "openai_parallel_tools",
        "openai_tools",
        "openai_structured_outputs",
        "openai_json_o1",
        "openai_responses_tools",
        "openai_responses_tools_with_inbuilt_tools",
        "anthropic_tools",
        "anthropic_reasoning_tools",
        "anthropic_json",
        "mistral_tools",
        "mistral_structured_outputs",
        "vertexai_tools",
        "vertexai_json",
        "vertexai_parallel_tools",
        "genai_tools",
        "genai_structured_outputs",
        "cohere_tools",
        "cohere_json_schema",
        "cerebras_tools",
        "cerebras_json",
        "fireworks_tools",
        "fireworks_json",
        "bedrock_tools",
        "bedrock_json",
        "writer_tools",
        "perplexity_json",
        "openrouter_structured_outputs",
    ]
)

_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_HEADER_VALUE = re.compile(r"([\x21-\x7e]([ \t\x21-\x7e]*[\x21-\x7e])?)?")


@cache
def model_types(release: Release) -> tuple[str, ...]:
    """The model types that a release knows."""
    return tuple(name for name, since in MODEL_TYPES if (first := parse_release(since)) and first <= release)


def _model_type(since: str) -> Validator:
    release = parse_release(since)
    assert release is not None
    return one_of(*model_types(release))


def _number(value: object) -> Expectation:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if is_number else "a number, in USD per million tokens"


def _costs(*, negative: bool, finite: bool) -> Validator:
    def price(value: object) -> Expectation:
        assert isinstance(value, int | float)
        if 0 <= value <= sys.float_info.max:
            return None
        if not negative and value < 0:
            return "a price of 0 or more, in USD per million tokens"
        if isinstance(value, int) and not math.isfinite(as_float(value)):
            return "a number that fits a float"
        if finite and not math.isfinite(as_float(value)):
            return "a finite price, in USD per million tokens"
        return None

    # Pipelex looks at the types of all prices first.
    numbers, prices = table_of(_number, COST_CATEGORIES), table_of(price, COST_CATEGORIES)

    def costs(value: object) -> Expectation:
        if type(value) is dict and value.keys() <= _CATEGORIES and all(map(_is_plain_price, value.values())):
            return None
        return numbers(value) or prices(value)

    return costs


def _is_plain_price(value: object) -> bool:
    """Whether every release accepts a price: fast, for the prices of most models."""
    return (type(value) is float or type(value) is int) and 0 <= value <= sys.float_info.max


_CATEGORIES = frozenset(COST_CATEGORIES)


def thinking_budget_fault(constraints: Mapping[str, object]) -> Expectation:
    """Check the thinking budgets of a model, with its backend's constraints merged in (from 0.77 on)."""
    low, high = (constraints.get(key) for key in ("min_thinking_budget", "max_thinking_budget"))
    for name, bound in (("min_thinking_budget", low), ("max_thinking_budget", high)):
        if bound is not None and (not isinstance(bound, int) or isinstance(bound, bool) or bound < 0):
            return f"a {name} that is one of the integers of 0 or more"
    if isinstance(low, int) and isinstance(high, int) and low > high:
        return "a min_thinking_budget of at most its max_thinking_budget"
    return None


def _valued(*names: str) -> Validator:
    return table_of(lambda _: None, names)


_TARGETS = ("openai", "anthropic", "mistral", "gemini")
PROMPTING_TARGETS = (
    Field("prompting_target", one_of(*_TARGETS), until="0.10"),
    Field("prompting_target", one_of(*_TARGETS, "fal"), since="0.11", until="0.15.3"),
    Field("prompting_target", one_of(*_TARGETS, "fal", "groq"), since="0.15.4", until="0.15.5"),
    Field("prompting_target", one_of(*_TARGETS, "fal"), since="0.15.6", until="0.45"),
)
_LISTED = ("temperature_must_be_multiplied_by_2", "max_tokens_must_be_high_enough")
_RULES = (
    "prompt",
    "num_images",
    "aspect_ratio",
    "inference",
    "safety_checker",
    "background",
    "output_format",
    "specific",
    "input_images",
)

LISTED_CONSTRAINTS = (
    Field("listed_constraints", iterated(one_of(*_LISTED)), since="0.18.0b1", until="0.23", kind="list"),
    Field(
        "listed_constraints",
        iterated(one_of(*_LISTED, "temperature_unsupported")),
        since="0.24",
        until="0.76",
        kind="list",
    ),
    Field(
        "listed_constraints",
        iterated(one_of(*_LISTED, "temperature_unsupported", "thinking_cannot_be_disabled")),
        since="0.77",
        until="0.81",
        kind="list",
    ),
    Field(
        "listed_constraints",
        list_of(one_of(*_LISTED, "temperature_unsupported", "thinking_cannot_be_disabled")),
        since="0.82",
        kind="list",
    ),
)
VALUED_CONSTRAINTS = (
    Field("valued_constraints", _valued("fixed_temperature"), since="0.18.0b1", until="0.76", kind="table"),
    Field(
        "valued_constraints",
        _valued("fixed_temperature", "min_thinking_budget", "max_thinking_budget"),
        since="0.77",
        kind="table",
    ),
)

MODEL = TableSchema(
    "model",
    (
        Field("enabled", boolean),
        Field("handle", filled_text, since="0.78"),
        Field("sdk", text, until="0.10"),
        Field("sdk", text, required=True, since="0.11"),
        Field("variant", text, since="0.18.0b1"),
        *(
            Field("model_type", _model_type(since), since=since, until=until)
            for since, until in (
                ("0.10.2", "0.10"),
                ("0.11", "0.18"),
                ("0.19", "0.70"),
                ("0.71", "0.71"),
                ("0.72", "9999"),
            )
        ),
        Field("model_id", text, required=True, until="0.17"),
        Field("model_id", text, since="0.18.0b1"),
        Field("inputs", list_of(text)),
        Field("outputs", list_of(text)),
        Field("costs", _costs(negative=True, finite=False), required=True, until="0.17", kind="costs"),
        Field("costs", _costs(negative=True, finite=False), since="0.18.0b1", until="0.18.0b3", kind="costs"),
        Field("costs", _costs(negative=False, finite=False), since="0.18", until="0.81", kind="costs"),
        Field("costs", _costs(negative=False, finite=True), since="0.82", kind="costs"),
        Field("structure_method", one_of(*STRUCTURE_METHODS), since="0.15.6"),
        Field("thinking_mode", one_of("none", "manual", "adaptive"), since="0.18.0b3"),
        Field("max_tokens", integer()),
        Field("max_prompt_images", integer()),
        *PROMPTING_TARGETS,
        Field(
            "constraints",
            iterated(
                one_of("temperature_must_be_1", "temperature_must_be_multiplied_by_2", "max_tokens_must_be_high_enough")
            ),
            until="0.17",
            kind="list",
        ),
        *LISTED_CONSTRAINTS,
        *VALUED_CONSTRAINTS,
        Field("rules", table_of(text, (*_RULES, "model_name")), since="0.18.0b1", until="0.24", kind="table"),
        Field(
            "rules",
            table_of(text, (*_RULES, "model_choice", "output_compression", "input_fidelity")),
            since="0.25",
            kind="table",
        ),
        Field("endpoint_path", text, since="0.46"),
    ),
)

BACKEND = TableSchema(
    "backend",
    (
        Field("enabled", boolean),
        Field("endpoint", text),
        Field("api_key", text),
        Field("extra_config", table),
        Field("model_specs_section", text, since="0.56", until="0.72"),
        *LISTED_CONSTRAINTS,
        *VALUED_CONSTRAINTS,
    ),
    open=True,
)

LITERAL_BACKEND_EXCEPTIONS = frozenset({"endpoint", "api_key", "extra_config"})
LITERAL_MODEL_EXCEPTIONS = frozenset({"model_id", "endpoint_path"})
"""The fields that a call sends: from 0.75 on only they may hold placeholders."""


FLAT_DEFAULTS = {"default_sdk": "sdk", "default_prompting_target": "prompting_target"}
"""The top-level keys of 0.10 that set a field of every model, by key."""
SEED_TABLE = "models"
"""The table of all models in the seed document's dialect."""


def is_seed_dialect(data: Mapping[str, object]) -> bool:
    """Whether a file has its models under `[models.NAME]`, as the seed document shows and no release loads."""
    inner = data.get(SEED_TABLE)
    if not isinstance(inner, dict) or not inner:
        return False
    other_keys = [key for key in data if key not in (SEED_TABLE, "defaults", *FLAT_DEFAULTS)]
    return not other_keys and all(isinstance(table, dict) for table in inner.values())


def known_fields(fields: Mapping[str, object], release: Release) -> dict[str, object]:
    """The fields of a model that a release knows. PDFs are an input from 0.18 on."""
    keys = MODEL.fields_of(release)
    known = {name: value for name, value in fields.items() if name in keys}
    inputs = known.get("inputs")
    if isinstance(inputs, list) and release < FIRST_OF_0_18 and "text" in inputs:
        known["inputs"] = [name for name in inputs if name != "pdf"]
    return known


def header_fault(key: str, value: object, filled: object, behaviours: Behaviours) -> Fault | None:
    """The fault of an unknown key of a model table; None if the key is a valid request header.

    Up to 0.17 there are no headers; 0.18 to 0.45 accept any string; from 0.46 on the key must contain a hyphen and be a
    valid header name, but no hyphenated spelling of a known field, and the value must be one line of printable ASCII,
    once its placeholders are replaced (`filled`).
    """
    known_key = f"a known key ({', '.join(MODEL.fields_of(behaviours.release))})"
    if behaviours.unknown_model_keys == "refused":
        return Fault((key,), value, known_key, "unknown")
    if behaviours.unknown_model_keys == "any header":
        expected = f"{known_key}, or a string as a request header"
        return None if isinstance(value, str) else Fault((key,), value, expected, "unknown")
    if "-" not in key:
        return Fault((key,), value, f"{known_key}, or a header name with a hyphen", "unknown")
    field = key.replace("-", "_")
    if field in MODEL.fields_of(behaviours.release):
        return Fault((key,), value, f"`{field}`, with underscores", "unknown")
    if not _HEADER_NAME.fullmatch(key):
        return Fault((key,), value, "a valid header name", "unknown")
    if not isinstance(filled, str):
        return Fault((key,), value, "a string, as the key is a request header", "unknown")
    if not _HEADER_VALUE.fullmatch(filled):
        return Fault((key,), value, "one line of printable ASCII, as the key is a request header", "unknown")
    return None
