"""Descriptions of keys and their known values, one line each: shown beside fields and in lists to pick from."""

from __future__ import annotations

from collections.abc import Mapping

_CONSTRAINTS = "constraints of the model on every request"

FIELDS: Mapping[str, str] = {
    "api_key": "the key, as a variable: ${NAME} keeps the secret out of the file",
    "constraints": _CONSTRAINTS,
    "costs": "USD per million tokens; unknown is not 0",
    "default": "the backend for names that no route matches",
    "depth": "depth of the search",
    "description": "a description for readers",
    "display_name": "the name for display",
    "enabled": "whether the backend is used",
    "endpoint": "the base URL, up to the version: https://.../v1",
    "endpoint_path": "the path after the endpoint of the backend",
    "extra_config": "settings of this provider besides the key",
    "fallback_order": "the backends to try when the default does not have the model",
    "guidance_scale": "how closely a picture follows its prompt",
    "handle": "the name for the deck and routes, if not the table's",
    "image_detail": "detail in which pictures are read",
    "image_min_size": "smallest size of a picture, in pixels; smaller ones are skipped",
    "include_images": "whether results include pictures",
    "include_inline_citations": "whether the text cites its sources",
    "inputs": "supported inputs: text, images, pdf ...",
    "is_moderated": "whether pictures are moderated",
    "listed_constraints": _CONSTRAINTS,
    "max_nb_images": "maximum number of pictures of a document",
    "max_prompt_images": "maximum number of pictures in a prompt",
    "max_results": "maximum number of results",
    "max_tokens": "maximum number of output tokens",
    "model": "the model, alias or waterfall to call",
    "model_id": "the model's name at the provider, if not the handle",
    "model_type": "the kind of work",
    "nb_steps": "number of steps in making a picture",
    "outputs": "supported outputs: text, structured, image, pages ...",
    "prompting_target": "style of the prompts",
    "quality": "quality and cost of a picture",
    "reasoning_budget": "maximum number of reasoning tokens",
    "reasoning_effort": "how long it may reason",
    "safety_tolerance": "tolerance of the safety filter for pictures",
    "sdk": "the library for its API",
    "structure_method": "method for structured output",
    "temperature": "0 is deterministic, 1 is varied",
    "thinking_mode": "how reasoning is requested",
    "valued_constraints": "constraints with a value: fixed_temperature",
    "variant": "API variant of the library",
}

VALUES: Mapping[str, Mapping[str, str]] = {
    "model_type": {
        "llm": "writes text and structures",
        "text_extractor": "reads pages and pictures",
        "img_gen": "makes pictures",
        "search": "searches and answers",
        "doc_gen": "makes documents",
        "judgment": "judges",
    },
    "thinking_mode": {
        "none": "no reasoning",
        "manual": "a budget of tokens",
        "adaptive": "the model decides",
    },
    "reasoning_effort": {
        "none": "no reasoning",
        "minimal": "minimum",
        "low": "quick and cheap",
        "medium": "default",
        "high": "long, for hard questions",
        "xhigh": "longer",
        "max": "maximum",
    },
    "quality": {"low": "quick and cheap", "medium": "default", "high": "slow and expensive"},
    "image_detail": {"low": "few tokens", "high": "every detail, more tokens", "auto": "the provider decides"},
    "depth": {"standard": "one round", "deep": "several rounds"},
    "listed_constraints": {
        "temperature_must_be_multiplied_by_2": "its scale is 0 to 2",
        "max_tokens_must_be_high_enough": "fails with a low limit",
        "temperature_unsupported": "accepts no temperature",
        "thinking_cannot_be_disabled": "always reasons",
    },
    "prompting_target": {
        "openai": "style for GPT",
        "anthropic": "style for Claude",
        "mistral": "style for Mistral",
        "gemini": "style for Gemini",
        "fal": "style for picture models",
    },
}


def value_description(key: str, value: str) -> str:
    """The description of a known value of a key; empty when the value says it."""
    if key == "structure_method":
        library, _, mode = value.partition("/")
        return f"{library}: {mode.replace('_', ' ')}"
    return VALUES.get(key.rpartition(".")[2], {}).get(value, "")
